"""Every fragment that a page asks for: what it renders, and when it says that there is nothing new."""

import re

import pytest

from linking.models import ProductSync, StoreMatch, StoreSync
from setup.models import Store
from setup.reasons import said
from tests.linking.visits import ask_and_answer, enter, open_page, text_of
from tests.scenes import asset, part_of, product


def one_by_one(total: int) -> list:
    return [asset(f"n{at}", f"k{at:03}", at) for at in range(total)]


def test_groups_come_page_by_page_and_the_last_page_has_the_rest(client, scene):
    place = scene([product("k000")], [*one_by_one(30), asset("stray", None, 99)])
    chosen = place.select()
    ask_and_answer(chosen)
    first = open_page(client, place, chosen, "groups/")
    after = re.search(r"groups/\?after=(\w+)", client.get(f"/selections/{chosen.key}/groups/").content.decode())[1]
    second = open_page(client, place, chosen, f"groups/?after={after}")
    assert ("k017" in first, "k018" in first, "Assets without a SKU" in first) == (True, False, False)
    assert ("k017" in second, "k029" in second, "Assets without a SKU" in second) == (False, True, True)


def test_the_actions_follow_when_a_store_has_answered(client, scene):
    place = scene([product("a")], [asset("a1", "a")])
    chosen = place.select()
    waiting = open_page(client, place, chosen, "actions/")
    assert ("North: looking for products" in waiting, "Link 0" in waiting) == (True, False)
    ask_and_answer(chosen)
    assert "Link 1 asset in 1 group to 1 product" in open_page(client, place, chosen, "actions/")
    answer = client.get(f"/selections/{chosen.key}/actions/").content.decode()
    assert re.search(r'<div id="filter-states"[^>]* hx-swap-oob="true">', answer)
    assert "1 of 1 SKU matched" in answer
    assert re.search(r'<div id="heads"[^>]* hx-swap-oob="true">', answer)
    assert re.search(r'<span id="part-stores-text"[^>]* hx-swap-oob="true">.*North</span>', answer)


def asked_once(client, chosen) -> str:
    """Where the page looks for answers, once its first look has asked the stores."""
    first = re.search(r'hx-post="([^"]*/stores/[^"]*)"', client.get(f"/selections/{chosen.key}/").content.decode())[1]
    answer = client.post(first.replace("&amp;", "&")).content.decode()
    return re.search(r'hx-get="([^"]*/stores/[^"]*)"', answer)[1].replace("&amp;", "&")


def test_the_stores_answer_204_until_something_has_changed(client, scene):
    place = scene([product("a")], [asset("a1", "a")])
    chosen = place.select()
    enter(client, place.member, chosen)
    poll = asked_once(client, chosen)
    assert client.get(poll).status_code == 204
    ask_and_answer(chosen)
    answer = client.get(poll)
    assert answer.status_code == 200
    assert "matches-changed" in answer["HX-Trigger"]
    assert "1 of 1 SKU matched" in text_of(answer)
    assert "every 1s" not in answer.content.decode()  # every store has answered: polling ends


def test_a_store_that_is_read_whole_tells_how_far_it_is_and_why(client, scene):
    place = scene([product("a")], [asset("a1", "a")])
    chosen = place.select()
    enter(client, place.member, chosen)
    poll = asked_once(client, chosen)
    StoreMatch.objects.update(
        state="running", doing=said("Reading the catalog: 40 objects"), note=said("Its field cannot be searched.")
    )
    answer = client.get(poll)
    assert "Reading the catalog: 40 objects" in text_of(answer)
    assert "Its field cannot be searched." in text_of(answer)
    assert "HX-Trigger" not in answer  # nothing has been answered: the groups stay as they are
    assert 'id="late" hx-swap-oob' in answer.content.decode()


def test_the_bar_follows_when_the_first_store_is_connected_while_it_is_open(client, scene):
    place = scene([product("a")], [asset("a1", "a")])
    chosen = place.select(stores=[])
    Store.objects.update(status=Store.Status.DISCONNECTED)
    enter(client, place.member, chosen)
    page = client.get(f"/selections/{chosen.key}/").content.decode()
    assert 'id="late" hidden' in page, "what says how far a store is has its place before there is any"
    Store.objects.update(status=Store.Status.CONNECTED)
    poll = re.search(r'hx-get="([^"]*/stores/[^"]*)"', page)[1].replace("&amp;", "&")
    seen = client.get(poll).content.decode()
    answer = client.post(re.search(r'hx-post="([^"]*/stores/[^"]*)"', seen)[1].replace("&amp;", "&"))
    assert ("matches-changed" in answer["HX-Trigger"], 'id="late"' in answer.content.decode()) == (True, False)
    assert "Stores: North" in text_of(client.get(f"/selections/{chosen.key}/actions/"))


@pytest.mark.parametrize(("page", "form"), [("", "/syncs/"), ("upload", "/upload/syncs/")])
def test_while_assets_are_read_their_number_is_shown_and_then_the_page_follows(client, scene, page, form):
    place = scene([product("a")], [asset("a1", "a"), asset("a2", "a", 1)])
    chosen = place.select()
    type(chosen).objects.filter(pk=chosen.pk).update(state="running")
    chosen.assets.filter(place=1).update(details={})
    enter(client, place.member, chosen)
    poll = re.search(r'hx-get="([^"]*)"', client.get(f"/selections/{chosen.key}/{page}").content.decode())[1]
    assert "1 of 2 read" in text_of(answer := client.get(poll))
    assert f'hx-get="{poll}"' in answer.content.decode()
    type(chosen).objects.filter(pk=chosen.pk).update(state="done")
    board = client.get(poll).content.decode()
    assert '<div id="board"' in board
    assert f'action="/selections/{chosen.key}{form}"' in board


def test_assets_that_could_not_be_read_say_why_and_are_not_polled_for(client, scene):
    place = scene([product("a")], [asset("a1", "a")])
    chosen = place.select()
    type(chosen).objects.filter(pk=chosen.pk).update(state="failed", problem=said("Cloudinary refuses the key."))
    enter(client, place.member, chosen)
    page = client.get(f"/selections/{chosen.key}/")
    assert "Cloudinary refuses the key." in text_of(page)
    assert 'hx-trigger="every' not in page.content.decode()


def test_refresh_asks_every_store_again_and_shows_what_is_known_until_then(client, scene):
    place = scene([product("a")], [asset("a1", "a")])
    chosen = place.select()
    ask_and_answer(chosen)
    enter(client, place.member, chosen)
    page = text_of(client.post(f"/selections/{chosen.key}/refresh/"))
    assert "1 of 1 SKU matched" in page
    assert "Asking again" in page
    assert "Link 1 asset in 1 group to 1 product" in page
    assert StoreMatch.objects.get().state == "waiting"


def test_progress_is_polled_while_a_run_is_busy_and_then_the_page_follows(client, scene):
    place = scene([product("a"), product("b")], [asset("a1", "a"), asset("b1", "b", 1)])
    sync = place.run(place.select())
    part = part_of(sync)
    part.rows().update(state=StoreSync.State.APPLYING, doing=said("Waiting for 1 picture"))
    part.products.filter(handle="product-b").update(state=ProductSync.State.WORKING)
    enter(client, place.member)
    answer = client.get(f"/syncs/{sync.key}/progress/")
    assert "Waiting for 1 picture" in text_of(answer)
    assert re.search(r'<progress[^>]* value="75"', answer.content.decode())  # all pictures are there, half is linked
    part.rows().update(state=StoreSync.State.DONE)
    assert client.get(f"/syncs/{sync.key}/progress/")["HX-Refresh"] == "true"


def test_galleries_come_page_by_page(client, scene):
    skus = [f"k{at:03}" for at in range(45)]
    place = scene([product(sku) for sku in skus], one_by_one(45))
    sync = place.run(place.select(), dry_run=True)
    enter(client, place.member)
    found = [
        set(re.findall(r"Product (k\d+)", text_of(client.get(f"/syncs/{sync.key}/products/?page={at}"))))
        for at in (1, 2, 3)
    ]
    assert [len(page) for page in found] == [20, 20, 5]
    assert set().union(*found) == set(skus)
    assert "More galleries" in text_of(client.get(f"/syncs/{sync.key}/"))


def test_assets_without_a_product_come_page_by_page(client, scene):
    place = scene([product("a")], one_by_one(130))
    sync = place.run(place.select(), dry_run=True)
    enter(client, place.member)
    pages = [text_of(client.get(f"/syncs/{sync.key}/products/?unlinked={at}")) for at in (1, 2)]
    assert [page.count("No product has the SKU") for page in pages] == [100, 30]
    assert "Without a product 130" in pages[0]
