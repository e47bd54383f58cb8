"""Values from files: what their metadata says, previewed, written and undone as a spreadsheet is."""

import pytest

from linking.models import EmbeddedRow, Sheet
from sandbox.catalog.inscribed import inscribed
from setup.cloudinary import surroundings
from tests.linking.views.test_sheets import work
from tests.linking.visits import enter, text_of
from tests.scenes import asset, picture

FORM = {"asked": "1", "name": "Keywords", "regex": r"^[A-Z]-\d+$", "code": "field:sku", "scope": "all"}


def carrying(shade, *words):
    return inscribed(picture(shade), iptc={25: list(words)})


@pytest.fixture
def place(scene, client, monkeypatch):
    assets = [
        asset("one", content=carrying(1, "A-1", "studio")),
        asset("two", content=carrying(2, "A-2", "Küche"), sku="OLD"),
        asset("both", content=carrying(3, "A-3", "A-4")),
        asset("bare"),
    ]
    found = scene([], assets)
    # Else it depends on the machine's speed what a search sees after an undo: the values that were written, or those before.
    found.world.settings.change({"index_lag": 0.0})
    monkeypatch.setattr("linking.queue.enqueue", lambda name, pk: True)
    surroundings.look(found.environment)
    enter(client, found.member)
    return found


def skus(place):
    known = place.world.environments[0].assets.values()
    return {one.display_name: one.metadata.get("sku", "") for one in known}


def test_the_form_offers_names_that_files_have_and_says_what_it_costs(client, place):
    page = client.get("/assets/in-files/").content.decode()
    assert '<option value="Keywords"></option>' in page
    assert '<option value="field:sku" selected>SKU</option>' in page
    assert "about one call of Cloudinary’s hourly API limit for 100 assets" in page


def test_values_are_previewed_written_undone_and_read_once(client, place):
    before = skus(place)
    address = client.post("/assets/in-files/begin/", FORM | {"replaces": "1"})["Location"]
    assert "Reading the metadata in the files" in text_of(client.get(address))
    work()
    page = text_of(client.get(address))
    assert "2 rows to write and 2 files do not fit." in page
    assert "The file carries 2 values: A-3 and A-4. Take one out by a pattern." in page
    assert EmbeddedRow.objects.count() == 4
    client.post(f"{address}write/")
    work()
    assert skus(place) == before | {"one": "A-1", "two": "A-2"}
    client.post(f"{address}undo/")
    work()
    assert skus(place) == before
    spending = place.world.environments[0].spending
    left = spending.remaining
    address = client.post("/assets/in-files/begin/", FORM | {"without": "1"})["Location"]
    work()
    assert left - spending.remaining == 2, "the fields and the walk, and nothing for what is kept"
    page = text_of(client.get(address))
    assert "1 row to write and 2 files do not fit." in page
    assert "Only assets without a value in this field" in page
    assert "Values from files. Begun by" in page
    assert "Values from files, " in text_of(client.get("/assets/sheets/"))
    back = client.get(address).content.decode().partition('id="source-change"')[2].partition('href="')[2]
    again = client.get(back.partition('"')[0].replace("&amp;", "&")).content.decode()
    assert 'value="Keywords"' in again


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": " "}, "for example Keywords"),
        ({"regex": "("}, "pattern"),
        ({"code": ""}, "Choose a field to fill."),
        ({"scope": "folder"}, "Enter the folder."),
    ],
)
def test_a_form_that_is_wrong_comes_back_as_it_was(client, place, fields, words):
    answer = client.post("/assets/in-files/begin/", FORM | fields)
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert not Sheet.objects.exists()


def test_where_metadata_come_one_by_one_only_it_is_said_and_not_offered(client, place):
    place.world.settings.change({"embedded_in_search": "absent"})
    page = text_of(client.get("/assets/in-files/"))
    assert "one asset at a time only" in page
    assert "Preview all of them" not in page
