"""A draft that was left is there again when AssetLink is opened with the same assets."""

import pytest
from django.utils import timezone

from linking.models import Selection
from linking.selection.arrangement import group_id
from linking.selection.fetching import fetch_selection
from linking.selection.making import make
from setup.models import Member
from setup.security.actors import Actor
from tests.linking.visits import ask_and_answer, enter, text_of
from tests.scenes import asset, product


@pytest.fixture
def place(scene):
    pictures = [asset(f"p{at}", "a", at, metadata={"sequence": at}) for at in range(3)]
    return scene([product("a")], [*pictures, asset("other", "b", 9)], stores=2)


@pytest.fixture
def draft(client, place):
    """With an asset that is excluded, another at the top, an alt text, and settings of its own."""
    found = place.select("p0", "p1", "p2", stores=place.stores[:1], order_field="metadata:sequence")
    enter(client, place.member, found)
    for do, fields in [("exclude", {"a": 1}), ("top", {"a": 2, "g": group_id("a")}), ("view", {"value": "regular"})]:
        data = {"do": do, "version": Selection.objects.get(pk=found.pk).version, **fields}
        assert client.post(f"/selections/{found.key}/arrange/", data).status_code == 200
    found.assets.filter(place=0).update(alt="A chair", alt_source="typed")
    Selection.objects.filter(pk=found.pk).update(link_mode="prepend")
    return found


def opened(place, draft, member: Member | None = None, without: int = 0) -> Selection:
    ids = list(draft.assets.values_list("asset_id", flat=True))[without:]
    found = make(Actor(member or place.member), ids)
    fetch_selection(found.pk)
    return Selection.objects.get(pk=found.pk)


def test_the_same_assets_come_as_they_were_left(client, place, draft):
    again = opened(place, draft)
    assert again.pk != draft.pk
    assert (again.link_mode, again.view, again.order_field) == ("prepend", "regular", "metadata:sequence")
    assert [row.excluded for row in again.assets.all()] == [False, True, False]
    assert again.assets.get(place=0).alt == "A chair"
    assert list(again.stores.all()) == place.stores[:1]
    page = client.get(f"/selections/{again.key}/")
    assert "as you left them" in text_of(page)
    shown = page.content.decode()
    assert shown.index('data-a="2"') < shown.index('data-a="0"') < shown.index('data-a="1"')


def test_an_order_as_selected_stays_as_selected(place, draft):
    Selection.objects.filter(pk=draft.pk).update(order_field="")
    assert opened(place, draft).order_field == ""


def test_other_assets_begin_again(place, draft):
    assert opened(place, draft, without=1).link_mode != "prepend"


def test_somebody_else_begins_again(place, draft):
    other = Member.objects.create(environment=place.environment, external_id="u2", name="Bo", roles=[])
    assert opened(place, draft, other).link_mode != "prepend"


def test_what_was_linked_is_done_and_a_new_launch_begins_again(place, draft):
    ask_and_answer(draft)
    place.run(Selection.objects.get(pk=draft.pk))
    assert not opened(place, draft).assets.filter(excluded=True).exists()


def test_a_draft_of_long_ago_is_not_taken_up(place, draft):
    Selection.objects.filter(pk=draft.pk).update(created=timezone.now() - timezone.timedelta(days=8))
    assert not opened(place, draft).assets.filter(excluded=True).exists()
