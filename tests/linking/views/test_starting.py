"""Buttons that start a run, drawn before something changed: nothing is started, and why is said."""

import re

import pytest

from linking.models import Sync
from linking.selection.locking import edit
from setup.models import Store
from tests.linking.visits import ask_and_answer, enter, text_of
from tests.scenes import asset, product


def test_a_button_that_was_drawn_before_the_last_edit_starts_nothing_and_says_so(client, scene):
    place = scene([product("a")], [asset("a1", "a")])
    chosen = place.select()
    place.run(chosen, dry_run=True)
    enter(client, place.member)
    before = Sync.objects.count()
    with edit(chosen, chosen.version) as row:
        row.view = "regular"
    answer = client.post(f"/selections/{chosen.key}/syncs/", {"token": "t", "version": chosen.version}, follow=True)
    assert "so nothing was started" in text_of(answer)
    assert Sync.objects.count() == before
    client.post(f"/selections/{chosen.key}/syncs/", {"token": "t", "version": chosen.version + 1})
    assert Sync.objects.count() == before + 1


@pytest.mark.parametrize(
    ("drawn", "pressed", "said"),
    [
        (["connected", "connected"], ["connected", "disconnected"], "South can no longer be used"),
        (["connected", "connected"], ["paused", "broken"], "North and South can no longer be used"),
        (["connected", "paused"], ["connected", "connected"], "South can be used again"),
    ],
)
def test_a_button_that_was_drawn_for_other_stores_starts_nothing_and_says_so(client, scene, drawn, pressed, said):
    place = scene([product("a")], [asset("a1", "a")], stores=2)
    chosen = place.select()
    ask_and_answer(chosen)
    are(place, drawn)
    enter(client, place.member)
    page = client.get(f"/selections/{chosen.key}/").content.decode()
    meant = re.search(r'name="to" value="([\d ]*)"', page)[1]
    known = {"token": "t", "version": chosen.version, "to": meant, "dry_run": 1}
    are(place, pressed)
    answer = client.post(f"/selections/{chosen.key}/syncs/", known, follow=True)
    assert f"{said}, so nothing was started. Look at the stores and press again." in text_of(answer)
    assert not Sync.objects.exists()
    are(place, drawn)
    client.post(f"/selections/{chosen.key}/syncs/", known)
    assert Sync.objects.get().parts.count() == drawn.count("connected")


def are(place, statuses: list[str]) -> None:
    for store, status in zip(place.stores, statuses, strict=True):
        Store.objects.filter(pk=store.pk).update(status=status)


def test_a_button_that_nothing_is_left_for_says_so(client, scene):
    place = scene([], [asset("a1", "a")])
    chosen = place.select()
    ask_and_answer(chosen)
    enter(client, place.member)
    answer = client.post(f"/selections/{chosen.key}/syncs/", {"token": "t"}, follow=True)
    assert "There is nothing left to do, so nothing was started." in text_of(answer)
