"""Choose Assets: what is searched and shown. Against a sandbox over HTTP."""

import json
import re
import threading
from contextlib import ExitStack

import pytest

from linking.models import Link, StoreFile, Ticked
from linking.picker import asking
from sandbox.catalog.records import MetadataField
from setup.models import Environment
from tests.linking.media_library import calls, ids_of, names, things, tick
from tests.linking.visits import enter, text_of
from tests.scenes import FIELDS, asset, product

SEASON = MetadataField("season", "Season", "enum", {"aw26": "AW 26", "ss26": "SS 26"})


@pytest.fixture
def visit(client, queue):
    def enter_with(place, **known):
        return enter(client, place.member, **known)

    return enter_with


def test_the_page_itself_asks_nothing_and_each_page_of_assets_one_call(scene, visit):
    place = scene([], things(120))
    client = visit(place)
    before = calls(place)
    page = client.get("/assets/")
    assert 'id="tab-choose" href="/assets/" aria-current="page"' in page.content.decode()
    assert calls(place) == before
    found = client.get("/assets/found/")
    assert (len(names(found)), calls(place)) == (100, before + 1)
    assert "120 assets match" in text_of(found)
    following = re.search(r'hx-get="([^"]*)" hx-target="#grid"', found.content.decode())[1].replace("&amp;", "&")
    more = client.get(following)
    assert (len(names(more)), calls(place)) == (20, before + 2)
    assert not set(names(found)) & set(names(more))
    client.get("/assets/found/")  # it is kept
    assert calls(place) == before + 2
    assert len(page.content) < 100 * 1024
    assert len(found.content) < 100 * 1024


def test_what_is_searched_for_is_found_and_the_address_says_it(scene, visit):
    client = visit(scene([], things()))
    found = client.get("/assets/found/", {"q": "", "tag": "oak", "order": "name", "name": "x"})
    assert names(found) == ["chair-1"]
    assert found["HX-Replace-Url"] == "/assets/?tag=oak&order=name"
    assert client.get("/assets/")["Location"] == "/assets/?tag=oak&order=name"  # it is the last search


def test_a_list_is_filtered_by_what_its_values_are_called(scene, visit):
    place = scene(
        [], [asset("a", metadata={"season": "aw26"}), asset("b", metadata={"season": "ss26"})], fields=[*FIELDS, SEASON]
    )
    client = visit(place)
    assert "Season List" in text_of(client.get("/assets/fields/"))
    assert "AW 26" in text_of(client.get("/assets/fields/", {"code": "metadata:season"}))
    found = client.get("/assets/found/", {"in.metadata:season": "aw26"})
    assert names(found) == ["a"]
    assert "Season = AW 26" in text_of(found)


def test_a_field_that_is_gone_is_named_where_it_finds_nothing(scene, visit):
    client = visit(scene([], things()))
    found = client.get("/assets/found/", {"in.metadata:colour": "red"})
    assert "Cloudinary does not know the field colour, so nothing matches." in text_of(found)
    assert "No assets match." in text_of(client.get("/assets/found/", {"in.metadata:sku": "none"}))


def test_an_empty_media_library_says_so(scene, visit):
    assert "has no images or videos yet" in text_of(visit(scene([], [])).get("/assets/found/"))


def test_a_value_that_cannot_be_asked_for_is_refused_in_words(scene, visit):
    place = scene([], things())
    client, before = visit(place), calls(place)
    assert "it has a backslash" in text_of(client.get("/assets/found/", {"q": "a\\"}))
    assert calls(place) == before


def test_a_filter_that_cannot_be_read_is_named_and_all_is_not_selected_for_it(scene, visit):
    place = scene([], things())
    client = visit(place)
    wrong = {"since": "2026-02-30", "from.metadata:sku": "2026-13-99", "tag": "oak"}
    asked = re.search(r'id="found"[^>]* hx-get="([^"]*)"', client.get("/assets/", wrong).content.decode())[1]
    found = client.get(asked.replace("&amp;", "&"))
    said = "AssetLink cannot read “Uploaded = 2026-02-30” and “sku = 2026-13-99”, so it searches without these filters."
    assert names(found) == ["chair-1"]
    assert f"{said} Set them again." in text_of(found)
    assert said in re.search(r'data-announce="([^"]*)"', found.content.decode())[1]
    assert "cannot read" not in text_of(client.get("/assets/found/", {"tag": "oak"}))
    answer = client.post("/assets/ticks/all/?since=2026-02-30")
    assert "“Uploaded = 2026-02-30” cannot be read" in json.loads(answer["HX-Trigger"])["announce"]
    assert not Ticked.objects.exclude(assets=[]).exists()


def test_where_cloudinary_no_longer_knows_the_place_the_search_begins_again(scene, visit):
    place = scene([], things(3))
    client = visit(place)
    gone = client.get("/assets/found/", {"tag": "oak", "place": "0.100.gone"})
    assert "Cloudinary no longer knows where this list goes on. Search again to see it from its beginning." in text_of(
        gone
    )
    assert "next_cursor" not in text_of(gone)
    assert re.search(r'id="more"[^>]* data-search="tag=oak"', gone.content.decode())
    assert 'hx-target="#grid"' not in gone.content.decode()


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("http_401", "Cloudinary refuses the API key of this product environment."),
        ("http_500", "Cloudinary does not answer. Try again"),
        ("http_404", "Cloudinary refused the request"),
    ],
)
def test_what_is_wrong_is_said_in_place_of_the_assets(scene, visit, kind, said):
    place = scene([], things())
    place.world.faults.add(service="cloudinary", kind=kind, operation="search", times=1)
    client = visit(place)
    assert said in text_of(client.get("/assets/found/"))
    assert len(names(client.get("/assets/found/"))) == 3  # nothing of it is kept


def test_what_hangs_ends_after_seconds_and_can_be_tried_again_where_it_was_asked_for(scene, visit, monkeypatch):
    monkeypatch.setattr("linking.picker.asking.SECONDS", 0.2)
    place = scene([], things(3))
    client, ids = visit(place), ids_of(place)
    tick(client, place, "chair-1")
    asked = ["/assets/found/", "/assets/folders/", "/assets/folders/?under=shop", "/assets/found/?ticked=1"]
    for address in (*asked, f"/assets/preview/?q=x&id={ids['chair-0']}"):
        place.world.faults.add(service="cloudinary", kind="hang", seconds=30.0, times=1)
        answer = client.get(address)
        assert "Cloudinary does not answer." in text_of(answer), address
        again = re.search(r'<button[^>]*(hx-get|data-search)="([^"]*)"[^>]*>Try again', answer.content.decode())
        assert again[1] == "data-search" or again[2] == address.replace("&", "&amp;"), address
        assert "does not answer" not in text_of(client.get(address)), address


def test_while_others_wait_for_cloudinary_nobody_waits_behind_them(scene, visit, monkeypatch):
    """Each of them has a thread of the process, and few of those are there."""
    monkeypatch.setattr("linking.picker.asking.PATIENCE", 0)
    place = scene([], things(3))
    client, before = visit(place), calls(place)
    with ExitStack() as under_way:
        for _question in range(asking.AT_ONCE):
            under_way.enter_context(asking.asking(place.environment))
        found = client.get("/assets/found/")
        assert "Cloudinary answers slowly" in text_of(found)
        assert "Try again" in text_of(found)
        with asking.asking(Environment(pk=0)):  # another environment waits for nobody here
            assert calls(place) == before
    assert len(names(client.get("/assets/found/"))) == 3


def test_a_question_waits_its_turn_behind_quick_ones(scene, visit, monkeypatch):
    monkeypatch.setattr("linking.picker.asking.AT_ONCE", 1)
    monkeypatch.setattr("linking.picker.asking.PATIENCE", 60)
    place = scene([], things(3))
    client, under_way = visit(place), ExitStack()
    under_way.enter_context(asking.asking(place.environment))
    threading.Timer(0.2, under_way.close).start()
    assert len(names(client.get("/assets/found/"))) == 3


def test_a_limit_that_is_used_up_says_when_it_begins_again(scene, visit):
    place = scene([], things())
    client = visit(place)
    place.world.settings.hourly_limit = calls(place) + 1
    assert "0 searches left in this hour" in text_of(client.get("/assets/found/"))
    said = text_of(client.get("/assets/found/", {"q": "chair"}))
    assert "has used up Cloudinary&#x27;s hourly API limit" in said or "hourly API limit" in said
    assert re.search(r"The limit resets at \d+:00 UTC ?\. Your selection is kept\.", said)


def test_without_redis_everything_is_found_all_the_same(scene, visit, settings):
    place = scene([], things())
    client = visit(place)
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert len(names(client.get("/assets/found/"))) == 3
    assert len(names(client.get("/assets/found/"))) == 3


def test_what_is_linked_not_linked_and_changed_since_is_found_by_our_ledger(scene, visit):
    place = scene([product("sku-1"), product("sku-2")], things())
    place.run(place.select("chair-1", "chair-2"))
    StoreFile.objects.filter(asset_id=ids_of(place)["chair-2"]).update(version=1)
    client, store = visit(place), place.stores[0].pk
    shown = {linked: names(client.get("/assets/found/", {"linked": linked})) for linked in ("not", "changed")}
    assert shown == {"not": ["chair-0"], "changed": ["chair-2"]}
    assert set(names(client.get("/assets/found/", {"linked": f"in-{store}"}))) == {"chair-1", "chair-2"}
    assert names(client.get("/assets/found/", {"linked": f"not-in-{store}"})) == ["chair-0"]
    searched = text_of(client.get("/assets/found/", {"linked": "not"}))
    assert ("1 asset matches" in searched, "Found so far" in searched) == (True, False)
    found = client.get("/assets/found/")
    said = text_of(found)
    assert "In 1 store" in said
    assert 'is-changed">Changed<' in found.content.decode()
    assert "No SKU" in said


def test_a_swatch_is_linked_too(scene, visit):
    place = scene([product("sku-1", title="Oak chair")], [asset("chip", "sku-1", tags=["swatch"]), asset("other", "x")])
    place.environment.swatch_field, place.environment.swatch_value = "tags", "swatch"
    place.environment.save()
    place.run(place.select("chip"))
    client = visit(place)
    assert names(client.get("/assets/found/", {"linked": "not"})) == ["other"]
    assert names(client.get("/assets/found/", {"linked": f"in-{place.stores[0].pk}"})) == ["chip"]
    assert "A swatch of Oak chair" in text_of(client.get("/assets/preview/", {"id": ids_of(place)["chip"]}))
    StoreFile.objects.update(version=1)
    assert names(client.get("/assets/found/", {"linked": "changed"})) == ["chip"]


def test_links_of_another_environment_do_not_count(scene, visit):
    place = scene([product("sku-1")], things())
    place.run(place.select("chair-1"))
    Link.objects.update(environment=None)
    assert len(names(visit(place).get("/assets/found/", {"linked": "not"}))) == 3


def test_with_a_filter_of_the_ledger_five_calls_are_made_at_most_and_then_it_is_searched_on(scene, visit, monkeypatch):
    monkeypatch.setattr("linking.picker.walking.MOST", 4)  # of one answer, so that few assets are many calls
    place = scene([product("sku-29")], things(30))
    place.run(place.select("chair-29"))
    client, before, store = visit(place), calls(place), place.stores[0].pk
    first = client.get("/assets/found/", {"linked": f"in-{store}", "order": "name"})
    assert calls(place) - before == 5
    assert "20 of 30 searched" in text_of(first)
    assert "Found so far: 0" in text_of(first)
    seen, following = names(first), re.search(r'hx-get="([^"]*)" hx-target="#grid"', first.content.decode())
    while following:
        more = client.get(following[1].replace("&amp;", "&"))
        seen += names(more)
        following = re.search(r'hx-get="([^"]*)" hx-target="#grid"', more.content.decode())
    assert seen == ["chair-29"]


def test_a_walk_that_breaks_off_shows_what_it_found_and_goes_on_from_there(scene, visit, monkeypatch):
    monkeypatch.setattr("linking.picker.walking.MOST", 4)
    place = scene([], things(10))
    client = visit(place)
    place.world.faults.add(service="cloudinary", kind="http_500", operation="search", times=1, after=1)
    first = client.get("/assets/found/", {"linked": "not", "order": "name"})
    assert (len(names(first)), "Cloudinary does not answer." in text_of(first)) == (4, True)
    following = re.search(r'hx-get="([^"]*)" hx-target="#grid"', first.content.decode())[1].replace("&amp;", "&")
    assert len(names(client.get(following))) == 6
    place.world.faults.add(service="cloudinary", kind="http_500", operation="search", times=1)
    failed = client.get(f"{following}&type=image")
    assert "Cloudinary does not answer." in text_of(failed)
    assert 'id="more"' in failed.content.decode()  # and is tried again from there


def test_a_walk_whose_place_cloudinary_has_lost_says_so_and_begins_again(scene, visit, monkeypatch):
    monkeypatch.setattr("linking.picker.walking.MOST", 4)
    place = scene([], things(10))
    place.world.faults.add(service="cloudinary", kind="http_404", operation="search", times=1, after=1)
    found = visit(place).get("/assets/found/", {"linked": "not", "order": "name"})
    assert len(names(found)) == 4
    assert "Cloudinary no longer knows where this list goes on." in text_of(found)
    assert "refused the request" not in text_of(found)
    assert re.search(r'id="more"[^>]* data-search="linked=not&amp;order=name"', found.content.decode())
