"""SKU by convention: a pattern tried on the environment's names while a person types, and the preview of all of them."""

import pytest

from linking.models import Sheet
from linking.selection import making
from setup.cloudinary import surroundings
from setup.models import Member
from setup.security.actors import Actor
from tests.linking.views.test_sheets import work
from tests.linking.visits import enter, text_of
from tests.scenes import asset

FORM = {"asked": "1", "pattern": "{sku}_{sequence}", "reads": "name", "field-sku": "sku", "field-sequence": "sequence"}


@pytest.fixture
def place(scene, client, monkeypatch):
    found = scene([], [*(asset(f"A-{at}_{at}", sku="OLD") for at in range(3)), asset("holiday", sku="")])
    monkeypatch.setattr("linking.queue.enqueue", lambda name, pk: True)
    surroundings.look(found.environment)
    enter(client, found.member)
    return found


def test_a_pattern_is_tried_on_names_with_one_call_for_them(queue, client, place):
    page = client.get("/assets/names/").content.decode()
    assert '<option value="sku" selected>SKU</option>' in page
    spending = place.world.environments[0].spending
    said = text_of(client.get("/assets/names/try/", FORM))
    assert "3 names fit, 1 does not and 3 SKUs were read." in said
    assert "Tried on 4 names." in said
    assert "SKU A-0 (the asset keeps OLD)" in said
    assert "SKU OLD A-0" in text_of(client.get("/assets/names/try/", FORM | {"replaces": "1"}))
    left = spending.remaining
    assert "0 names fit" in text_of(client.get("/assets/names/try/", FORM | {"pattern": "{sku}__{sequence}"}))
    assert spending.remaining == left, "names that were asked for are kept"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"pattern": "{sku"}, "needs {sku}"),
        ({"pattern": "{sku}_{any}", "reads": "prefix"}, "End the pattern"),
        ({"field-sku": "", "field-sequence": ""}, "at least one field"),
        ({"scope": "folder"}, "Enter the folder."),
        ({"scope": "selection"}, "no open selection"),
        ({"scope": "search", "search": "(("}, "Cloudinary"),
        ({"scope": "folder", "folder": "a\\b"}, "backslash"),
    ],
)
def test_what_cannot_be_tried_says_why(client, place, fields, words):
    assert words in text_of(client.get("/assets/names/try/", FORM | fields))


def test_all_names_are_previewed_and_written_by_choice(client, place):
    answer = client.post("/assets/names/begin/", FORM | {"replaces": "1"})
    address = answer["Location"]
    assert "Reading the names of the assets" in text_of(client.get(address))
    work()
    page = text_of(client.get(address))
    assert "3 rows to write and 1 name does not fit." in page
    assert "AssetLink looked at 4 assets." in page
    assert "Columns" not in page
    client.post(f"{address}write/")
    work()
    assert {one.metadata.get("sku") for one in place.world.environments[0].assets.values()} == {"A-0", "A-1", "A-2", ""}
    back = client.get(address).content.decode().partition('id="source-change"')[2].partition('href="')[2]
    again = client.get(back.partition('"')[0].replace("&amp;", "&")).content.decode()
    assert 'value="{sku}_{sequence}"' in again
    assert "SKU from names" in text_of(client.get("/assets/sheets/"))


def test_a_form_that_is_wrong_comes_back_as_it_was(client, place):
    answer = client.post("/assets/names/begin/", FORM | {"pattern": "{sequence}-x"})
    assert answer.status_code == 422
    assert 'value="{sequence}-x"' in answer.content.decode()
    assert not Sheet.objects.exists()


def test_the_search_of_choose_assets_is_taken_along(client, place):
    page = client.get("/assets/names/?folder=shop").content.decode()
    assert 'value="folder" checked' in page
    assert 'value="shop"' in page


def test_the_open_selection_is_tried_and_previewed(client, place):
    some = [one for one in place.world.environments[0].assets.values() if one.display_name in ("A-1_1", "holiday")]
    selection = making.make(Actor(place.member), [one.asset_id for one in some])
    enter(client, place.member, selection)
    said = text_of(client.get("/assets/names/try/", FORM | {"scope": "selection"}))
    assert "1 name fits, 1 does not and 1 SKU was read." in said
    client.post("/assets/names/begin/", FORM | {"scope": "selection", "replaces": "1"})
    work()
    assert Sheet.objects.get().counts() == {"change": 1, "miss": 1}


def test_another_persons_selection_is_none(client, place):
    selection = making.make(Actor(place.member), [next(iter(place.world.environments[0].assets))])
    other = Member.objects.create(environment=place.environment, external_id="o", name="Otto")
    enter(client, other, selection)
    answer = client.post("/assets/names/begin/", FORM | {"scope": "selection", "selection": str(selection.pk)})
    assert answer.status_code == 422
