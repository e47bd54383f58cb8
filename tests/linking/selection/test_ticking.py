"""Which stores are ticked: in a new selection, when one is connected meanwhile, and all that match at once."""

import pytest

from linking.models import Selection, StoreMatch
from linking.selection.making import make
from linking.selection.ticking import ticked_at_first
from setup.models import Store
from setup.security.actors import Actor
from tests.linking.visits import ask_and_answer, enter, text_of
from tests.scenes import asset, product


@pytest.mark.parametrize(
    ("connected", "last", "ticked"),
    [([1], [], {1}), ([1], [2], {1}), ([1, 2], [], set()), ([1, 2, 3], [2, 4], {2}), ([], [1], set())],
)
def test_the_only_store_is_ticked_and_of_several_those_of_last_time(connected, last, ticked):
    assert ticked_at_first(connected, last) == ticked


@pytest.fixture
def place(scene):
    """Three stores with the same products."""
    return scene([product("a")], [asset(f"view-{at}", "a", at) for at in range(4)], stores=3)


def launched(place) -> Selection:
    """Fetched as a worker would; of other assets each time, so that none is a draft that goes on."""
    from linking.selection.fetching import fetch_selection

    ids = [found.asset_id for found in place.world.environments[0].assets.values()]
    made = make(Actor(place.member), ids[: 1 + Selection.objects.count()])
    fetch_selection(made.pk)
    return Selection.objects.get(pk=made.pk)


def ticked(selection: Selection) -> list[Store]:
    return list(selection.stores.order_by("pk"))


def press(client, place, selection: Selection, do: str):
    enter(client, place.member, selection)
    version = Selection.objects.values_list("version", flat=True).get(pk=selection.pk)
    return client.post(f"/selections/{selection.key}/ticks/", {"do": do, "version": version})


def test_the_last_choice_is_ticked_again_as_long_as_its_stores_are_connected(client, place):
    first, second, third = place.stores
    place.run(place.select("view-0", stores=[first, third]), dry_run=True)
    assert ticked(launched(place)) == [first, third]
    edited = launched(place)
    edited.stores.set([second, third])
    Selection.objects.filter(pk=edited.pk).update(version=1)
    assert ticked(launched(place)) == [second, third]
    Store.objects.filter(pk=second.pk).update(status=Store.Status.BROKEN)
    assert ticked(launched(place)) == [third]


def test_a_store_that_is_connected_meanwhile_is_ticked_if_it_is_the_only_one_and_only_once(client, place):
    """Who looks changes nothing: the page sees that there is a store to ask, and posts."""
    only, *others = place.stores
    Store.objects.update(status=Store.Status.DISCONNECTED)
    selection = launched(place)
    enter(client, place.member, selection)
    page, polled = f"/selections/{selection.key}/", f"/selections/{selection.key}/stores/"
    assert "No store is connected" in text_of(client.get(page))
    Store.objects.filter(pk=only.pk).update(status=Store.Status.CONNECTED)
    for address in (polled, page):
        assert f'hx-post="{polled}?' in client.get(address).content.decode()
        assert (ticked(selection), StoreMatch.objects.exists()) == ([], False)
    client.post(polled)
    assert ticked(selection) == [only]
    assert StoreMatch.objects.filter(selection=selection, store=only).exists()
    assert f'hx-get="{polled}?' in client.get(page).content.decode(), "from then on it looks"
    selection.stores.clear()
    client.post(polled)
    assert ticked(selection) == []
    Store.objects.filter(pk__in=[one.pk for one in others]).update(status=Store.Status.CONNECTED)
    client.post(polled)
    assert ticked(selection) == []


def test_all_that_match_are_ticked_by_one_edit_and_taken_back_by_one(client, place):
    first, second, third = place.stores
    selection = launched(place)
    selection.stores.set([third])
    ask_and_answer(selection)
    StoreMatch.objects.filter(store=second).update(matched=0)
    StoreMatch.objects.filter(store=third).update(matched=0)
    answer = press(client, place, selection, "tick-all")
    assert "1 store ticked." in text_of(answer)
    assert 'id="groups"' in answer.content.decode()  # another column of every group
    assert ticked(selection) == [first, third]
    assert Selection.objects.get(pk=selection.pk).version == selection.version + 1
    assert "Every store that matches is already ticked." in press(client, place, selection, "tick-all")["HX-Trigger"]
    Selection.objects.filter(pk=selection.pk).update(last_change={"was": {"stores": [third.pk]}, "text": "x"})
    assert "Undone." in press(client, place, selection, "undo")["HX-Trigger"]
    assert ticked(selection) == [third]


def test_nothing_is_ticked_on_a_state_that_is_not_there_any_more_nor_taken_back_of_another_edit(client, place):
    selection = launched(place)
    ask_and_answer(selection)
    enter(client, place.member, selection)
    address = f"/selections/{selection.key}/ticks/"
    assert client.post(address, {"do": "tick-all", "version": selection.version + 1}).status_code == 409
    assert client.post(address, {"do": "tick", "version": selection.version}).status_code == 400
    assert "nothing left to undo" in press(client, place, selection, "undo")["HX-Trigger"]
    assert ticked(selection) == []
