"""Choose Assets: what is ticked, the selection that comes of it, and searches that are kept."""

import json
import re

import pytest

from linking.models import SavedSearch, SelectedAsset, Selection, Ticked
from linking.picker import ticking
from sandbox.catalog.records import MetadataField
from tests.linking.media_library import calls, ids_of, names, things, tick, ticked
from tests.linking.visits import enter, text_of
from tests.scenes import asset, product

SEASON = MetadataField("season", "Season", "enum", {"aw26": "AW 26", "ss26": "SS 26"})


@pytest.fixture
def visit(client, queue):
    def enter_with(place, **known):
        return enter(client, place.member, **known)

    return enter_with


def test_assets_are_ticked_in_order_and_counted_by_kind_and_key(scene, visit):
    place = scene([], things())
    client, ids = visit(place), ids_of(place)
    about = {"add": [ids["chair-2"], ids["chair-0"]], "about": ["image\nsku-2", "video"]}
    said = text_of(client.post("/assets/ticks/", about))
    assert "2 selected" in said
    assert "1 image, 1 video · 1 SKU · 1 without a SKU" in said
    assert ticked(place) == ["chair-2", "chair-0"]
    client.post("/assets/ticks/", {"remove": [ids["chair-2"]]})
    tick(client, place, "chair-1")
    assert ticked(place) == ["chair-0", "chair-1"]
    assert 'aria-selected="true"' in client.get("/assets/found/").content.decode()
    shown = client.get("/assets/found/", {"ticked": "1"})
    assert names(shown) == ["chair-0", "chair-1"]
    assert "What you selected" in text_of(shown)
    tick(client, place, clear="1")
    assert ticked(place) == []


def test_all_that_match_are_ticked_up_to_what_a_selection_holds(scene, visit, settings):
    settings.SELECTION_MAX_ASSETS = 10
    place = scene([], things(12))
    client, before = visit(place), calls(place)
    answer = client.post("/assets/ticks/all/?order=name")
    assert calls(place) == before + 1
    assert len(ticked(place)) == 10
    assert json.loads(answer["HX-Trigger"])["announce"] == "10 assets are selected. A selection holds 10."
    assert "10 selected" in text_of(tick(client, place, "chair-9"))  # nothing more is taken


def test_what_may_not_be_shown_is_not_ticked_with_all_and_is_called_by_its_reason(scene, visit):
    shut = {
        "secret": {"access_control": [{"access_type": "token"}]},
        "past": {"access_control": [{"access_type": "anonymous", "end": "2020-02-01T00:00:00Z"}]},
        "waits": {"moderation": [{"kind": "manual", "status": "pending"}]},
    }
    place = scene([], [*things(), *(asset(name, **known) for name, known in shut.items())])
    client, ids = visit(place), ids_of(place)
    found = client.get("/assets/found/").content.decode()
    assert re.search(r'aria-disabled="true" aria-label="secret, ', found)
    states = dict(re.findall(r'id="a-(\w+)".*?<span class="asset-state is-\w+">([^<]*)', found))
    assert (states[ids["secret"]], states[ids["past"]]) == ("Restricted", "Expired")
    # Searches say nothing of moderation; what tells of a single asset does.
    assert "In moderation" in text_of(client.get("/assets/preview/", {"q": "x", "id": ids["waits"]}))
    answer = client.post("/assets/ticks/all/")
    assert sorted(ticked(place)) == ["chair-0", "chair-1", "chair-2", "waits"]
    assert "2 restricted assets are not selected." in text_of(answer)
    said = "4 assets are selected. 2 restricted assets are not selected."
    assert json.loads(answer["HX-Trigger"])["announce"] == said


def test_a_selection_is_made_of_what_is_ticked_and_the_tabs_lead_to_it(scene, visit):
    place = scene([], things())
    client = visit(place)
    tick(client, place, "chair-2", "chair-1")
    answer = client.post("/assets/selection/", {"to": "upload"})
    selection = Selection.objects.get()
    assert answer["Location"] == f"/selections/{selection.key}/upload"
    assert [row.asset_id for row in selection.assets.all()] == [ids_of(place)[one] for one in ("chair-2", "chair-1")]
    assert client.get("/")["Location"] == f"/selections/{selection.key}/"
    assert ticked(place) == []


def test_two_presses_make_one_selection_and_what_is_ticked_meanwhile_stays(scene, visit, monkeypatch):
    place = scene([], things())
    client = visit(place)
    tick(client, place, "chair-0", "chair-1")
    seen = ticking.ticked_of(place.member)
    tick(client, place, "chair-2")  # in another tab, after the button was pressed
    monkeypatch.setattr(ticking, "ticked_of", lambda member: seen)
    first, second = (client.post("/assets/selection/", {"to": "link"}) for _press in range(2))
    selection = Selection.objects.get()
    assert {first["Location"], second["Location"]} == {f"/selections/{selection.key}/"}
    assert selection.assets.count() == 2
    assert ticked(place) == ["chair-2"]


def test_assets_are_added_to_the_open_selection_and_taken_out_again(scene, visit):
    place = scene([], things())
    selection = place.select("chair-0", "chair-1")
    SelectedAsset.objects.filter(selection=selection, place=1).update(excluded=True)
    client = visit(place, selection=selection)
    said = text_of(tick(client, place, "chair-1", "chair-2"))
    assert "Your open selection: add 1" in said
    answer = client.post("/assets/selection/", {"to": "link", "into": "add"})
    assert answer["Location"] == f"/selections/{selection.key}/"
    rows = list(selection.assets.values_list("asset_id", "excluded"))
    known = ids_of(place)
    assert rows == [(known["chair-0"], False), (known["chair-1"], True), (known["chair-2"], False)]
    before = selection.version
    selection.refresh_from_db()
    assert (selection.version, selection.fetched) == (before + 1, False)
    tick(client, place, "chair-0", "chair-2")
    client.post("/assets/selection/", {"to": "link", "into": "out"})
    assert list(selection.assets.values_list("asset_id", flat=True)) == [known["chair-1"]]
    tick(client, place, "chair-1")
    client.post("/assets/selection/", {"into": "out"})
    assert "Nothing would be left" in text_of(client.get("/assets/?q=x"))
    assert selection.assets.count() == 1


def test_searches_are_saved_for_oneself_and_shared_by_admins(scene, visit):
    place = scene([], things())
    client = visit(place)
    assert "Requires data" in text_of(client.get("/assets/"))
    said = text_of(client.post("/assets/searches/?tag=oak", {"do": "save", "name": "  Oak "}))
    assert "Oak (only you see it)" in said
    again = client.post("/assets/searches/?tag=oak", {"do": "save", "name": "Oak"})
    assert (again.status_code, "of this name" in text_of(again)) == (422, True)
    refused = client.post("/assets/searches/", {"do": "save", "name": "All", "shared": "on"})
    assert "Only admins can share searches." in text_of(refused)
    row = SavedSearch.objects.get()
    assert (row.query, row.owner) == ("tag=oak", place.member)
    client.post("/assets/searches/", {"do": "delete", "row": row.pk})
    assert not SavedSearch.objects.exists()


def test_a_viewer_looks_and_saves_searches_and_selects_nothing(scene, visit):
    place = scene([], things())
    place.member.roles, place.member.granted_role = [], "viewer"
    place.member.save()
    client = visit(place)
    assert "You are a viewer: look at assets here." in text_of(client.get("/assets/"))
    found = client.get("/assets/found/")
    assert (len(names(found)), "Select all" in text_of(found)) == (3, False)
    assert "shop/chair-1" in text_of(client.get("/assets/preview/", {"id": ids_of(place)["chair-1"]}))
    refused = [client.post(f"/assets/{path}/").status_code for path in ("ticks", "ticks/all", "selection")]
    assert refused == [403, 403, 403]
    assert client.post("/assets/searches/?tag=oak", {"do": "save", "name": "Oak"}).status_code == 200
    assert not Ticked.objects.filter(member=place.member).exclude(assets=[]).exists()


def test_requires_data_finds_what_has_no_key_or_is_marked_so(scene, visit):
    place = scene([], things())
    client = visit(place)
    query = re.search(r'data-search="([^"]*)" id="search-1"', client.get("/assets/").content.decode())[1]
    assert names(client.get(f"/assets/found/?{query}")) == ["chair-0"]
    values = [["ok", "Complete"], ["requires_data", "Requires data"]]
    place.environment.seen = {"fields": [{"id": "status", "label": "Status", "type": "enum", "values": values}]}
    place.environment.save()
    query = re.search(r'data-search="([^"]*)" id="search-1"', client.get("/assets/?order=new").content.decode())[1]
    assert query == "in.metadata%3Astatus=requires_data"


def test_an_asset_is_previewed_from_what_is_shown_without_another_call(scene, visit):
    place = scene([product("sku-1", title="Oak chair")], things())
    place.run(place.select("chair-1"))
    client, id = visit(place), ids_of(place)["chair-1"]
    client.get("/assets/found/")
    before = calls(place)
    said = text_of(client.get("/assets/preview/", {"id": id, "place": "0.0."}))
    assert "shop/chair-1" in said
    assert "Oak chair" in said
    assert calls(place) == before
    assert "no longer in Cloudinary" in text_of(client.get("/assets/preview/", {"id": "gone"}))


def test_admins_make_a_rule_of_a_search_and_everybody_copies_its_expression(scene, visit):
    place = scene([], [asset("a")])
    client = visit(place)
    page = client.get("/assets/?tag=oak").content.decode()
    assert "tags=&quot;oak&quot;" in page
    assert "rule-of-search" not in page
    place.member.granted_role = "admin"
    place.member.save()
    page = client.get("/assets/?tag=oak").content.decode()
    address = re.search(r'id="rule-of-search" href="([^"]+)"', page)[1].replace("&amp;", "&")
    assert "tags=&quot;oak&quot;" in client.get(address).content.decode()
    assert "rule-of-date" not in page
    assert "rule-of-date" not in client.get("/assets/?since=2026-01-02").content.decode()
    assert "A rule keeps a fixed date instead of this period." in client.get("/assets/?since=7").content.decode()
    assert "rule-of-search" not in client.get("/assets/?tag=oak&linked=not").content.decode()
