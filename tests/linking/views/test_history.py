"""History: every run, newest first; filters, text, rows as one scrolls; and Run again."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from linking.models import ChangeRow, GroupArrangement, Selection, StoreSync, Sync
from linking.models.pictures import of_parts
from linking.pages.run.pictures import pictures_of
from linking.selection.fetching import fetch_selection
from setup.models import Environment, Member
from tests import pressing
from tests.linking.visits import enter, text_of
from tests.scenes import asset, part_of, product


@pytest.fixture
def place(scene):
    shelf = [product("A-1", title="Oak chair"), product("B-2", title="Elm table")]
    return scene(shelf, [asset("front", "A-1", 1), asset("side", "B-2", 2), asset("stray", "zz", 3)], stores=2)


@pytest.fixture
def found(client):
    """found(place, q="x"): the pks of the runs that are shown, in order."""

    def visit(place, **asked) -> list[int]:
        answer = enter(client, place.member).get("/syncs/", asked)
        assert answer.status_code == 200
        return [int(pk) for pk in re.findall(r'id="run-(\d+)"', answer.content.decode())]

    return visit


def plain(place, **known) -> Sync:
    """A run as a row, without anything done."""
    token = str(Sync.objects.count())
    return Sync.objects.create(
        **{"environment": place.environment, "member": place.member, "token": token, "link_mode": "append"} | known
    )


def test_a_row_tells_who_when_where_what_came_of_it_and_what_it_cost(client, place):
    sync = place.run(place.select())
    text = text_of(enter(client, place.member).get("/syncs/"))
    points = sum(part.points for part in sync.parts.all())
    for reported in ("Append", "Ada", "North", "South", "Added 3 pictures.", f"{points} points"):
        assert reported in text, reported
    assert re.search(r"\d\.\d s", text)


def test_what_came_of_a_run_is_kept_with_it_and_agrees_with_its_lines(place):
    sync = place.run(place.select())
    for part in sync.parts.all():
        outcomes = list(part.changes.values_list("outcome", flat=True))
        assert part.outcome_counts == {name: outcomes.count(name) for name in set(outcomes)}
        assert not part.troubled
        sums = pictures_of(sync)[part.pk].sums
        assert of_parts([part]) == {part.pk: (sums, {"done": part.products.count()})}
        part.pictures = None  # of an older release
        assert of_parts([part]) == {part.pk: (sums, {"done": part.products.count()})}


@pytest.mark.full
def test_a_plan_of_which_no_line_is_left_says_so(client, place):
    """An undo of galleries that somebody changed since: all of them are left alone."""
    sync = place.run(place.select())
    for file in (file for shop in place.world.shops.values() for file in shop.files.values()):
        file.alt = "By hand"
    place.finish(pressing.undo(sync, place.member, "u"))
    newest = text_of(enter(client, place.member).get("/syncs/")).partition("Dry run Undo")[2].partition("Dry run")[0]
    assert "This plan changes nothing." in newest
    assert "Added 3 pictures." in newest.partition("changes nothing")[2], "the run that it undoes has its numbers"


def test_a_run_at_work_is_counted_as_it_stands(client, place):
    sync = place.run(place.select("front", stores=place.stores[:1]))
    part_of(sync).changes.update(outcome="pending")
    sync.parts.update(state="applying", finished=None)
    text = text_of(enter(client, place.member).get("/syncs/"))
    assert "0 of 1 picture" in text
    assert "Added 1" not in text


@pytest.mark.parametrize("text", ["A-1", "a-1", "oak", "Oak ch", "product-a", "front", "FRONT"])
@pytest.mark.cases(1)
def test_runs_are_found_by_how_a_key_a_product_or_an_asset_begins(place, found, text):
    chair, table = place.run(place.select("front")), place.run(place.select("side"))
    assert found(place, q=text) == [chair.pk]
    assert found(place) == [table.pk, chair.pk]


def test_runs_are_found_by_an_assets_id(place, found):
    sync = place.run(place.select("front"))
    place.run(place.select("side"))
    assert found(place, q=ChangeRow.objects.filter(name="front").first().asset_id) == [sync.pk]


@pytest.mark.full
def test_a_percent_sign_or_an_underscore_is_a_character_like_others(place, found):
    place.run(place.select("front"))
    assert found(place, q="%") == found(place, q="_ront") == found(place, q="A_1") == []


def test_runs_are_filtered_by_kind_and_outcome(place, found):
    place.world.faults.add(
        service="shopify", kind="media_fails", match="side", code="IMAGE_PROCESSING_FAILURE", times=99
    )
    good = place.run(place.select("front"))
    bad = place.run(place.select("side"))
    shown = place.run(place.select("front"), dry_run=True)
    back = place.undo(good)
    assert found(place, kind="link") == [bad.pk, good.pk]
    assert found(place, kind="dry") == [shown.pk]
    assert found(place, kind="undo") == [back.pk]
    assert found(place, outcome="problems") == [bad.pk]
    assert found(place, outcome="planned") == [shown.pk]
    assert found(place, outcome="done") == [back.pk, good.pk]
    StoreSync.objects.filter(sync=good).update(state="aborted")
    assert found(place, outcome="aborted") == [good.pk]


def test_runs_are_filtered_by_store_person_and_dates(place, found):
    north = place.run(place.select("front", stores=place.stores[:1]))
    south = place.run(place.select("front", stores=place.stores[1:]))
    other = Member.objects.create(environment=place.environment, external_id="u2", name="Bea")
    hers = plain(place, member=other)
    assert found(place, store=place.stores[0].pk) == [north.pk]
    assert found(place, person=other.pk) == [hers.pk]
    assert found(place, store=place.stores[1].pk, person=place.member.pk, q="oak") == [south.pk]
    Sync.objects.filter(pk=north.pk).update(created=timezone.now() - timedelta(days=3))
    day = (timezone.now() - timedelta(days=3)).date()
    assert found(place, since=day, until=day) == [north.pk]
    assert found(place, since=day + timedelta(days=1)) == [hers.pk, south.pk]


def test_a_date_that_is_none_is_said_and_the_rest_of_the_filter_holds(client, place, found):
    sync = plain(place)
    answer = enter(client, place.member).get("/syncs/", {"since": "yesterday"})
    assert "“yesterday” is not a date" in text_of(answer)
    assert found(place, since="yesterday") == [sync.pk]


def test_nothing_that_fits_is_said(client, place):
    text = text_of(enter(client, place.member).get("/syncs/"))
    assert "No runs yet." in text
    plain(place)
    assert "No runs found." in text_of(client.get("/syncs/?q=nothing"))


def test_what_too_many_lines_begin_with_wants_more_text(client, place, monkeypatch):
    monkeypatch.setattr("linking.pages.text_search.MANY", 1)
    place.run(place.select("front"))
    place.run(place.select("front"))
    text = text_of(enter(client, place.member).get("/syncs/?q=fro"))
    assert "Too many runs match “fro”. Type more of it." in text


def test_older_runs_follow_where_the_shown_ones_end_and_none_twice(client, place):
    made = [plain(place).pk for _ in range(65)]
    enter(client, place.member)
    seen, address = [], "/syncs/?kind=link"
    for _ in range(3):
        html = client.get(address, headers={"HX-Request": "true"}).content.decode()
        seen += [int(pk) for pk in re.findall(r'id="run-(\d+)"', html)]
        plain(place)  # a run that begins meanwhile moves nothing
        address = next(iter(re.findall(r'hx-get="([^"]*before[^"]*)"', html)), "").replace("&amp;", "&")
    assert seen == made[::-1]
    assert address == ""


def test_runs_of_another_environment_are_not_found(client, place, found):
    place.run(place.select("front"))
    known = {"api_key": "k", "api_secret": "s", "launch_issuer": "i", "launch_secret": "s"}
    other = Environment.objects.create(cloud_name="other", **known)
    eve = Member.objects.create(environment=other, external_id="e", name="Eve")
    for query in ("", "?q=front", f"?store={place.stores[0].pk}", f"?person={place.member.pk}"):
        assert 'id="run-' not in enter(client, eve).get(f"/syncs/{query}").content.decode()


def test_the_page_asks_the_database_a_few_times_only(client, place, django_assert_max_num_queries):
    for at in range(4):
        place.run(place.select("front"), dry_run=at % 2 == 0)
    plain(place)
    enter(client, place.member).get("/syncs/")
    with django_assert_max_num_queries(12):
        client.get("/syncs/")
    with django_assert_max_num_queries(12):
        client.get("/syncs/?q=oak&outcome=done&kind=link")
    before = Sync.objects.order_by("-pk").first().pk
    with django_assert_max_num_queries(12):
        client.get(f"/syncs/?before={before}", headers={"HX-Request": "true"})


# Run again


def run_again(client, place, sync) -> Selection:
    answer = enter(client, place.member).post(f"/syncs/{sync.key}/again/")
    selection = Selection.objects.first()
    assert answer["Location"].startswith(f"/selections/{selection.key}/")
    fetch_selection(selection.pk)
    selection.refresh_from_db()
    return selection


def test_run_again_makes_a_selection_of_the_same_assets_stores_and_settings(client, place):
    known = {"link_mode": "position", "position": 2, "alt_policy": "fill", "order_field": "", "fold": True}
    first = place.select("side", "front", stores=place.stores[1:], **known)
    sync = place.run(first)
    again = run_again(client, place, sync)
    assert again.pk != first.pk
    assert [row.asset.name for row in again.assets.all()] == ["side", "front"]
    assert list(again.stores.all()) == place.stores[1:]
    for name, value in {**known, "cloudinary_field": first.cloudinary_field, "shopify_field": "sku"}.items():
        assert getattr(again, name) == value, name
    assert client.session["selection"] == str(again.key)
    assert "arranged as they were then" in text_of(client.get(f"/selections/{again.key}/"))


def test_the_arrangement_comes_along_as_it_was_when_the_run_began(client, scene):
    place = scene([product("a")], [asset("one", "a", 1), asset("two", "a", 2), asset("three", "a", 3)])
    first = place.select()
    ids = {row.asset.name: row.asset_id for row in first.assets.all()}
    first.assets.filter(asset_id=ids["two"]).update(excluded=True)
    first.assets.filter(asset_id=ids["one"]).update(alt="A chair")
    order = [ids["three"], ids["two"], ids["one"]]
    GroupArrangement.objects.create(selection=first, keying=str(first.keying), key="a", order=order)
    sync = place.run(first)
    first.assets.update(excluded=False, alt=None)
    again = run_again(client, place, sync)
    rows = {row.asset.name: row for row in again.assets.all()}
    assert [name for name, row in rows.items() if row.excluded] == ["two"]
    assert rows["one"].alt == "A chair"
    assert again.arrangements.get().order == order


@pytest.mark.full
def test_what_nobody_ordered_by_hand_is_not_said_to_be_but_in_runs_that_did_not_keep_that(client, scene):
    place = scene([product("a")], [asset("one", "a", 1), asset("two", "a", 2)])
    sync = place.run(place.select(order_field="metadata:sequence"))
    assert run_again(client, place, sync).arrangements.get().order == []
    sync.arrangement["groups"] = [group[:4] for group in sync.arrangement["groups"]]
    sync.save(update_fields=["arrangement"])
    assert len(run_again(client, place, sync).arrangements.get().order) == 2


@pytest.mark.full
def test_a_link_mode_that_takes_media_away_is_not_preselected(client, place):
    sync = place.run(place.select("front", link_mode="reset"))
    again = run_again(client, place, sync)
    assert again.link_mode == "append"
    assert "Reset removes pictures from galleries" in str(again.last_change["text"])


@pytest.mark.full
def test_a_run_that_outlived_its_selection_can_be_run_again(client, place):
    first = place.select("front", "side", "stray")
    sync = place.run(first)
    ids = set(first.assets.values_list("asset_id", flat=True))
    first.delete()
    again = run_again(client, place, sync)
    assert {row.asset_id for row in again.assets.all()} == ids


def test_an_undo_cannot_be_run_again_and_says_so(client, place):
    back = place.undo(place.run(place.select("front")))
    answer = enter(client, place.member).post(f"/syncs/{back.key}/again/", follow=True)
    assert "You can run again only what links or uploads assets." in text_of(answer)
    assert 'id="again"' not in answer.content.decode()


def test_a_run_of_another_environment_cannot_be_run_again(client, place):
    sync = place.run(place.select("front"))
    known = {"api_key": "k", "api_secret": "s", "launch_issuer": "i", "launch_secret": "s"}
    other = Environment.objects.create(cloud_name="other", **known)
    eve = Member.objects.create(environment=other, external_id="e", name="Eve")
    count = Selection.objects.count()
    assert enter(client, eve).post(f"/syncs/{sync.key}/again/").status_code == 404
    assert Selection.objects.count() == count
