"""A new selection begins by the environment's defaults, and offers the settings of last time."""

import pytest
from django.utils import timezone

from linking.matching.answering import match_store
from linking.models import Selection, StoreMatch, Sync
from linking.selection.making import make
from setup.models import Environment, Member
from setup.security.actors import Actor
from tests.linking.visits import enter, open_page, text_of
from tests.scenes import asset, product


@pytest.fixture
def place(scene):
    known = {"metadata": {"sequence": 1}, "context": {"code": "a"}}
    return scene([product("a"), product("b")], [asset("front", "a", **known), asset("side", "b", 1)], stores=2)


def launched(place, member: Member | None = None) -> Selection:
    """A new selection of the same assets, fetched as a worker would."""
    from linking.selection.fetching import fetch_selection

    ids = [found.asset_id for found in place.world.environments[0].assets.values()]
    made = make(Actor(member or place.member), ids)
    fetch_selection(made.pk)
    return Selection.objects.get(pk=made.pk)


def used(place, **chosen) -> Sync:
    """A run with these settings."""
    selection = place.select(**chosen)
    selection.stores.set(chosen.get("stores", place.stores))
    return place.run(selection, dry_run=True)


def answer(client, selection: Selection, do: str, **more):
    data = {"version": selection.version, "do": do} | more
    return client.post(f"/selections/{selection.key}/last-time/", data)


def test_without_a_run_there_is_nothing_to_offer(client, place):
    assert "last run" not in open_page(client, place, launched(place))


def test_a_new_selection_begins_by_the_environments_defaults(place):
    Environment.objects.update(default_cloudinary_field="tags", default_link_mode="prepend", default_fold=True)
    member = Member.objects.select_related("environment").get()
    found = launched(place, member)
    assert (found.cloudinary_field, found.link_mode, found.fold) == ("tags", "prepend", True)


def test_the_settings_of_last_time_are_offered_and_taken_when_one_says_so(client, place):
    used(place, cloudinary_field="display_name", pattern="^(a)", link_mode="prepend", stores=place.stores[:1])
    found = launched(place)
    page = open_page(client, place, found)
    assert "Your last run Prepend · Display name = SKU" in page
    assert "Display name = SKU · more options" in page
    assert (found.cloudinary_field, found.link_mode) == ("metadata:sku", "append")
    after = answer(client, found, "use")
    assert after.status_code == 200
    assert "last run" not in text_of(after)
    kept = Selection.objects.get(pk=found.pk)
    assert (kept.cloudinary_field, kept.pattern, kept.link_mode) == ("display_name", "^(a)", "prepend")
    assert list(kept.stores.all()) == place.stores[:1]
    assert StoreMatch.objects.filter(selection=kept, keying=str(kept.keying)).count() == 2
    for match in StoreMatch.objects.filter(selection=kept):
        match_store(match.pk)


def test_an_offer_that_was_declined_does_not_come_back(client, place):
    used(place, link_mode="prepend")
    found = launched(place)
    enter(client, place.member, found)
    assert "last run" not in text_of(answer(client, found, "dismiss"))
    assert "last run" not in open_page(client, place, found)
    assert Selection.objects.get(pk=found.pk).link_mode == "append"


@pytest.mark.parametrize(("mode", "word"), [("reset", "Reset"), ("mirror", "Mirror")])
@pytest.mark.cases(1)
def test_a_mode_that_takes_media_away_is_never_taken_over(client, place, mode, word):
    used(place, link_mode=mode, shopify_field="title")
    found = launched(place)
    assert f"without the mode {word}" in open_page(client, place, found)
    answer(client, found, "use")
    kept = Selection.objects.get(pk=found.pk)
    assert (kept.link_mode, kept.shopify_field) == ("append", "title")


@pytest.mark.parametrize(("allowed", "taken"), [(["small"], "small"), ([], "")])
@pytest.mark.cases(1)
def test_a_rendition_is_taken_over_as_long_as_it_is_allowed(client, place, allowed, taken):
    place.world.environments[0].transformations["small"] = "c_limit,w_20"
    Environment.objects.update(allowed_transformations=["small"])
    place.environment.refresh_from_db()
    used(place, transformation="small", link_mode="prepend")
    Environment.objects.update(allowed_transformations=allowed)
    found = launched(place)
    enter(client, place.member, found)
    answer(client, found, "use")
    kept = Selection.objects.get(pk=found.pk)
    assert (kept.link_mode, kept.transformation) == ("prepend", taken)


def test_ones_own_last_time_comes_before_what_others_wrote(client, place):
    used(place, link_mode="prepend")
    other = Member.objects.create(environment=place.environment, external_id="u2", name="Grace")
    assert "last run" not in text_of(client_page(client, other, launched(place, other)))  # Ada only tried it out
    Sync.objects.update(dry_run=False)
    assert "Ada’s last run" in text_of(client_page(client, other, launched(place, other)))
    Sync.objects.create(
        environment=place.environment,
        member=other,
        token="t",
        cloudinary_field="tags",
        shopify_field="tag",
        link_mode="append",
        created=timezone.now(),
    )
    assert "Your last run Tags = tag" in text_of(client_page(client, other, launched(place, other)))


def client_page(client, member: Member, selection: Selection):
    return enter(client, member, selection).get(f"/selections/{selection.key}/")


def test_nothing_of_another_environment_is_offered(place):
    used(place, link_mode="prepend")
    elsewhere = Environment.objects.create(
        cloud_name="other", api_key="k", api_secret="s", launch_issuer="i", launch_secret="s"
    )
    stranger = Member.objects.create(environment=elsewhere, external_id="u1")
    assert make(Actor(stranger), []).offer == {}


def test_a_field_that_the_assets_do_not_have_is_not_taken_over(client, place):
    used(place, cloudinary_field="context:code", pattern="^(x)", link_mode="prepend")
    found = launched(place)
    found.offered_fields = [field for field in found.offered_fields if field["code"] != "context:code"]
    found.save()
    enter(client, place.member, found)
    answer(client, found, "use")
    kept = Selection.objects.get(pk=found.pk)
    assert (kept.cloudinary_field, kept.pattern, kept.link_mode) == ("metadata:sku", "", "prepend")


def test_an_offer_of_what_is_in_force_already_is_not_made(client, place):
    found = launched(place)
    mine = {"order_field": found.order_field, "stores": []}
    used(place, **mine)
    again = launched(place)
    page = open_page(client, place, again)
    assert "last run" not in page
