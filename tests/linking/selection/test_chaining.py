"""What was selected at once and is more than one page takes: parts with whole groups, and the same settings."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linking.jobs import fetch
from linking.models import GroupArrangement, Preset, Selection, SelectionChain
from linking.selection import chaining, making
from linking.selection.arrangement import group_id
from setup.security.actors import Actor
from tests.linking.chained import launched, names_of, parts_of
from tests.linking.visits import enter, text_of
from tests.scenes import asset, product

SKUS = "abcdef"


@pytest.fixture
def place(scene, settings):
    """Of each of six SKUs three assets, one after the other; two colours in turn; and two without any."""
    settings.SELECTION_MAX_ASSETS = 7
    pictures = [
        asset(f"p{at:02}", SKUS[at % 6], at, metadata={"sequence": at}, context={"look": f"l{at % 2}"}, tags=["all"])
        for at in range(18)
    ]
    return scene(
        [product(sku) for sku in SKUS], [*pictures, asset("p18", tags=["all"]), asset("p19", tags=["all"])], stores=2
    )


def keys_of(part: Selection) -> set[str]:
    return {key for row in part.assets.all() for key in part.keying.keys(row.asset)}


def change(client, part: Selection, **fields):
    part.refresh_from_db()
    known = {name: getattr(part, name) for name in ("cloudinary_field", "order_field", "link_mode", "alt_policy")}
    known |= {"shopify_kind": "sku", "position": 1, "variant_reach": "color", "version": part.version}
    known["stores"] = [store.pk for store in part.stores.all()]
    return client.post(f"/selections/{part.key}/settings/", known | fields, headers={"HX-Request": "true"})


def test_a_launch_of_few_assets_is_a_selection_as_ever(place, settings):
    settings.SELECTION_MAX_ASSETS = 20
    first = launched(place)
    assert (first.chain, first.part, SelectionChain.objects.count()) == (None, 0, 0)


def test_more_become_parts_that_are_split_between_groups(place):
    first = launched(place)
    parts = list(first.whole())
    assert [part.part for part in parts] == [1, 2, 3]
    assert all(part.fetched and part.assets.count() <= 7 for part in parts)
    assert sorted(name for part in parts for name in names_of(part)) == [f"p{at:02}" for at in range(20)]
    shared = [keys_of(part) for part in parts]
    assert shared == [{"a", "b"}, {"c", "d"}, {"e", "f"}]


def test_parts_are_added_where_groups_do_not_fill_the_first_ones(place, settings):
    settings.SELECTION_MAX_ASSETS = 5  # 20 assets are four pieces, and six groups of three are no less than six parts
    first = launched(place)
    parts = list(first.whole())
    assert [part.part for part in parts] == [1, 2, 3, 4, 5, 6]
    assert sorted(name for part in parts for name in names_of(part)) == [f"p{at:02}" for at in range(20)]
    assert all(part.fetched and list(part.stores.all()) == place.stores for part in parts)
    assert len({part.order_field for part in parts}) == 1


def test_nothing_is_shown_before_all_parts_are_read(client, place):
    ids = [one.asset_id for one in place.world.environments[0].assets.values()]
    first = making.make(Actor(place.member), ids)
    one, two, three = first.whole()
    fetch(one.pk)
    fetch(three.pk)
    enter(client, place.member, first)
    assert "13 of 20 read" in client.get(f"/selections/{first.key}/").content.decode()
    fetch(two.pk)
    assert all(part.fetched for part in first.whole())
    assert 'id="board"' in client.get(f"/selections/{first.key}/").content.decode()


def test_two_parts_that_are_read_at_once_are_split_by_the_later_one(place, monkeypatch):
    ids = [one.asset_id for one in place.world.environments[0].assets.values()]
    one, two, three = making.make(Actor(place.member), ids).whole()
    fetch(one.pk)
    fetch(two.pk)
    answers, real = iter([False]), chaining._others_are_read
    monkeypatch.setattr(chaining, "_others_are_read", lambda selection: next(answers, None) is None and real(selection))
    fetch(three.pk)
    assert [len(names_of(part)) <= 7 and part.fetched for part in one.whole()] == [True] * 3


def test_all_parts_offer_the_same_fields_each_with_its_own_numbers(place):
    parts = list(launched(place).whole())
    offered = [{one["code"]: one["filled"] for one in part.offered_fields} for part in parts]
    assert offered[0].keys() == offered[1].keys() == offered[2].keys()
    assert sum(one["metadata:sku"] for one in offered) == 18
    assert [one["public_id"] for one in offered] == [part.assets.count() for part in parts]


def test_a_setting_and_a_store_of_one_part_are_those_of_all(client, place):
    first, second, third = launched(place).whole()
    enter(client, place.member, second)
    assert change(client, second, link_mode="prepend", stores=[place.stores[0].pk]).status_code == 200
    for part in (first, second, third):
        part.refresh_from_db()
        assert part.link_mode == "prepend"
        assert list(part.stores.all()) == place.stores[:1]
    assert change(client, first, order_field="").status_code == 200
    assert [part.order_field for part in first.whole()] == ["", "", ""]


def test_an_edit_in_another_part_of_what_has_changed_since_is_shown_again(client, place):
    first, second, _third = launched(place).whole()
    enter(client, place.member, first)
    old = second.version
    change(client, first, link_mode="prepend")
    answer = client.post(f"/selections/{second.key}/arrange/", {"do": "exclude", "a": 3, "version": old})
    assert answer.status_code == 409
    assert not second.assets.filter(excluded=True).exists()


def test_the_split_follows_the_field_and_what_was_decided_moves_along(client, place):
    first, second, third = launched(place).whole()
    before = parts_of(first)
    enter(client, place.member, third)
    for part in (first, second, third):
        part.assets.filter(asset_id=part.assets.last().asset_id).update(
            excluded=True, alt="A chair", alt_source="typed"
        )
        key = sorted(keys_of(part))[0]
        GroupArrangement.objects.create(
            selection=part, keying=str(part.keying), key=key, excluded=True, picks={"1": ["x"]}, order=["y"]
        )
    decided = {name for part in (first, second, third) for name in names_of(part)[-1:]}
    answer = change(client, third, cloudinary_field="context:look")
    assert answer.status_code == 200
    now = list(third.whole())
    assert [keys_of(part) for part in now] in ([{"l0"}, {"l1"}], [{"l0"}, {"l1"}, set()])
    assert sum(part.assets.count() for part in now) == 20
    out = {row.asset.name for part in now for row in part.assets.filter(excluded=True, alt="A chair")}
    assert out == decided
    third.refresh_from_db()
    assert third.part, "the part that somebody looks at has assets"
    assert not third.arrangements.filter(keying=str(third.keying)).exists()
    assert change(client, third, cloudinary_field="metadata:sku").status_code == 200
    assert sorted(parts_of(third)) == sorted(before)
    for part in third.whole():
        found = part.arrangements.get()
        assert (found.key, found.excluded, found.picks, found.order) == (
            sorted(keys_of(part))[0],
            True,
            {"1": ["x"]},
            ["y"],
        )


def doubled(place, first: Selection) -> tuple[Selection, Selection]:
    """An asset of the second part came back, with a key of the first part: that is a group in both, decided in both. The older
    row is that of the first part."""
    one, two, _three = first.whole()
    key = sorted(keys_of(one))[0]
    moved = two.assets.first()
    moved.details = {**moved.details, "metadata": {**moved.details["metadata"], "sku": key}}
    moved.save()
    own = one.assets.first().asset_id
    known = {"keying": str(one.keying), "key": key}
    GroupArrangement.objects.create(
        selection=one, order=[own], picks={"1": ["x"]}, by_hand={"3": {"out": ["z"]}}, **known
    )
    GroupArrangement.objects.create(
        selection=two, order=[moved.asset_id, own], picks={"1": ["y"], "2": ["y"], "3": ["y"]}, excluded=True, **known
    )
    Selection.objects.filter(chain=one.chain_id).update(version=3)
    return Selection.objects.get(pk=one.pk), Selection.objects.get(pk=two.pk)


def test_what_was_decided_for_a_group_in_two_parts_becomes_one_decision(client, place):
    one, two = doubled(place, launched(place))
    enter(client, place.member, one)
    own, moved = one.assets.first().asset_id, two.assets.first().asset_id
    for field in ("context:look", "metadata:sku"):
        assert change(client, one, cloudinary_field=field).status_code == 200
    found = GroupArrangement.objects.get(selection__chain=one.chain_id)
    home = next(part for part in one.whole() if found.key in keys_of(part))
    assert (found.selection_id, found.excluded, set(found.order)) == (home.pk, True, {own, moved})
    assert (found.picks.keys(), found.by_hand) in (
        ({"1", "2"}, {"3": {"out": ["z"]}}),  # where the first row was at home
        ({"1", "2", "3"}, {"3": {"out": ["z"]}}),
    )


def test_the_same_assets_selected_again_take_over_what_was_decided_twice(place):
    one, two = doubled(place, launched(place))
    again = launched(place)
    assert again.pk != one.pk
    found = GroupArrangement.objects.get(selection__chain=again.chain_id)
    own, moved = one.assets.first().asset_id, two.assets.first().asset_id
    assert (found.excluded, found.order) == (True, [moved, own])
    assert found.picks == {"1": ["y"], "2": ["y"], "3": ["y"]}, "the newer row chose there"


def test_decisions_move_with_as_many_statements_however_many_they_are(place):
    first, second, third = launched(place).whole()
    chain, counts = first.chain, []
    for decided in (2, 40):
        homes = {f"k{at}": third.pk for at in range(decided)}
        known = {"selection": second, "keying": str(first.keying)}
        GroupArrangement.objects.bulk_create(GroupArrangement(key=key, **known) for key in homes)
        with CaptureQueriesContext(connection) as seen:
            chaining._move_decisions(chain, first.keying, homes)
        counts.append(len(seen))
        assert third.arrangements.count() == decided
        third.arrangements.all().delete()
    assert counts[0] == counts[1]


def test_an_edit_of_another_part_is_newer_than_what_a_preset_did_here(client, place):
    first, second, _third = launched(place).whole()
    enter(client, place.member, second)
    preset = Preset.objects.create(environment=place.environment, name="Launch", settings={"link_mode": "prepend"})
    use = {"do": "use", "preset": preset.pk, "version": second.version}
    assert client.post(f"/selections/{second.key}/presets/", use).status_code == 200
    assert change(client, first, link_mode="mirror").status_code == 200
    second.refresh_from_db()
    assert second.last_change == {}, "no Undo is offered"
    client.post(f"/selections/{second.key}/presets/", {"do": "undo", "version": second.version})
    assert {part.link_mode for part in first.whole()} == {"mirror"}


def test_another_ordering_field_asks_before_it_discards_a_manual_order_of_any_part(client, place):
    first, _second, third = launched(place).whole()
    enter(client, place.member, first)
    number, group = third.assets.first().place, group_id(third.keying.same(sorted(keys_of(third))[0]))
    moved = {"do": "down", "g": group, "a": number, "version": third.version}
    assert client.post(f"/selections/{third.key}/arrange/", moved).status_code == 200
    was = third.arrangements.get().order
    answer = change(client, first, order_field="public_id")
    assert "1 group has a manual order" in text_of(answer)
    change(client, first, order_asked="public_id", discard_order="on")
    assert [part.order_field for part in first.whole()] == ["public_id"] * 3
    assert third.arrangements.get().order == []
    seen = Selection.objects.get(pk=third.pk).version
    first.refresh_from_db()
    back = client.post(f"/selections/{first.key}/arrange/", {"do": "undo", "version": first.version})
    assert back.status_code == 200
    assert third.arrangements.get().order == was
    assert Selection.objects.get(pk=third.pk).version > seen, "who looks at that part sees an older state"


def test_a_part_that_is_not_needed_leads_to_the_first(client, place):
    first, second, third = launched(place).whole()
    enter(client, place.member, first)
    change(client, first, cloudinary_field="tags")
    assert [part.pk for part in first.whole()] == [first.pk]
    assert first.assets.count() == 20, "a group is never split, however large"
    for part in (second, third):
        assert client.get(f"/selections/{part.key}/").url == f"/selections/{first.key}/"
        assert client.get(f"/selections/{part.key}/upload").url == f"/selections/{first.key}/upload"


def test_the_same_assets_go_on_as_they_were_left(client, place):
    first = launched(place)
    last = list(first.whole())[-1]
    enter(client, place.member, last)
    name = names_of(last)[0]
    data = {"do": "exclude", "a": last.assets.first().place, "version": last.version}
    assert client.post(f"/selections/{last.key}/arrange/", data).status_code == 200
    again = launched(place)
    out = {row.asset.name for part in again.whole() for row in part.assets.filter(excluded=True)}
    assert (again.pk != first.pk, out) == (True, {name})


def test_another_member_does_not_see_a_part(client, place):
    from setup.models import Member

    first = launched(place)
    other = Member.objects.create(environment=place.environment, external_id="u2", name="Bo", roles=[])
    enter(client, other, first)
    for part in first.whole():
        assert client.get(f"/selections/{part.key}/").status_code == 404
