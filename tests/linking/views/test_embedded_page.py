"""Metadata in the files on Link to Products: names that files have, what it costs, the wait, and the way back."""

import pytest

from linking.models import Selection
from linking.selection.fetching import fetch_selection
from sandbox.catalog.inscribed import inscribed
from tests.linking.visits import enter, open_page, text_of
from tests.scenes import asset, catalog, connected, picture, product, served


@pytest.fixture
def place(db, tmp_path):
    content = inscribed(picture(1), iptc={25: ["A-1"], 103: ["A-1"]})
    with served(catalog((product("A-1"),), (asset("front", content=content), asset("bare"))), tmp_path) as (world, url):
        yield connected(world, url)


def spent(place):
    return 2000 - place.world.environments[0].spending.remaining


def post(client, selection, name, version=None, path="embedded/"):
    sent = {"name": name, "version": selection.version if version is None else version}
    return client.post(f"/selections/{selection.key}/{path}", sent, headers={"HX-Request": "true"})


def test_names_are_learnt_from_a_few_assets_once_and_the_cost_is_said_before(client, place):
    selection = place.select()
    before = spent(place)
    shown = open_page(client, place, selection, "embedded/")
    page = client.get(f"/selections/{selection.key}/embedded/").content.decode()
    assert spent(place) - before == 1
    assert '<option value="OriginalTransmissionReference">' in page
    assert "To read 2 assets, AssetLink uses about 1 call of Cloudinary’s hourly API limit" in shown


def test_a_field_is_chosen_read_and_known_for_the_next_time(client, place):
    selection = place.select(cloudinary_field="metadata:sku")
    enter(client, place.member, selection)
    answer = post(client, selection, " Keywords ")
    assert answer["HX-Redirect"] == f"/selections/{selection.key}/"
    waiting = text_of(client.get(answer["HX-Redirect"]))
    assert "Reading the metadata in the files" in waiting
    assert "0 of 2 read" in waiting
    assert "Group by SKU instead" in waiting
    fetch_selection(selection.pk)
    assert "Keywords (in the file) · 1 of 2" in text_of(client.get(answer["HX-Redirect"]))
    selection.refresh_from_db()
    again = text_of(client.get(f"/selections/{selection.key}/embedded/"))
    assert "this costs no call" in again


def test_the_way_back_while_it_is_read(client, place):
    selection = place.select(cloudinary_field="metadata:sku")
    enter(client, place.member, selection)
    post(client, selection, "Keywords")
    assert post(client, selection, "", path="embedded/back/").status_code == 302
    fetch_selection(selection.pk)
    assert Selection.objects.get(pk=selection.pk).cloudinary_field == "metadata:sku"


def test_what_is_no_name_is_refused_and_an_older_state_is_shown_fresh(client, place):
    selection = place.select(cloudinary_field="metadata:sku")
    enter(client, place.member, selection)
    assert "for example Keywords" in text_of(post(client, selection, " "))
    assert post(client, selection, "Keywords", version=99)["AssetLink-Stale"] == "true"
    assert Selection.objects.get(pk=selection.pk).cloudinary_field == "metadata:sku"


def test_one_by_one_is_said_and_too_many_are_refused(client, place, monkeypatch):
    place.world.settings.change({"embedded_in_search": "absent"})
    selection = place.select()
    assert "one asset at a time here: reading 2 assets takes 2 calls" in open_page(
        client, place, selection, "embedded/"
    )
    monkeypatch.setattr("setup.cloudinary.embedded.MOST_SINGLE", 1)
    assert "Choose fewer assets" in text_of(post(client, selection, "Keywords"))
    assert Selection.objects.get(pk=selection.pk).fetched


def test_without_an_answer_a_name_can_be_written(client, place):
    selection = place.select()
    place.world.settings.change({"hourly_limit": spent(place)})
    shown = open_page(client, place, selection, "embedded/")
    assert "used up Cloudinary’s hourly API limit. You can still write a name." in shown
