"""What files carry as a field of a selection: read if a field needs it, once, by the cheapest way that there is."""

import pytest

from linking.models import EmbeddedRow, Link, SelectedAsset, Selection
from linking.reporting.summary import settings_of
from linking.selection import embedding
from linking.selection.arrangement import arrangement_of
from linking.selection.extracts import rows_of
from linking.selection.fetching import fetch_selection
from sandbox.catalog.inscribed import inscribed
from setup.cloudinary import embedded
from setup.cloudinary.client import CloudinaryClient, CloudinaryError
from setup.cloudinary.embedded import Learned, Reading, Route
from tests.linking.chained import launched
from tests.scenes import asset, catalog, connected, picture, product, served

KEYWORDS, REFERENCE = 25, 103
CODE = "embedded:OriginalTransmissionReference"


def carrying(sku, shade, *words):
    return inscribed(
        picture(shade), iptc={KEYWORDS: [sku, *words], REFERENCE: [sku]}, xmp={"subject": [sku]}, exif={0x010E: sku}
    )


@pytest.fixture
def scene(db, tmp_path):
    assets = (
        asset("front", content=carrying("A-1", 1)),
        asset("side", content=carrying("A-1", 2)),
        asset("other", content=carrying("B-1", 3, "Küche")),
        asset("bare", shade=4),
    )
    with served(catalog((product("A-1"), product("B-1")), assets), tmp_path) as (world, url):
        yield connected(world, url)


def spent(scene):
    return 2000 - scene.world.environments[0].spending.remaining


def keys(selection):
    return [group.key for group in arrangement_of(selection, rows_of(selection)).groups]


def chosen(scene, code=CODE, *names):
    """A selection by a field of every asset, then by this one."""
    selection = scene.select(*names, cloudinary_field="metadata:sku")
    embedding.choose(selection, embedding.CloudinaryField.parse(code))
    selection.refresh_from_db()
    assert not selection.fetched
    fetch_selection(selection.pk)
    selection.refresh_from_db()
    return selection


def test_nothing_is_asked_for_as_long_as_no_field_needs_it(scene):
    scene.select()
    assert not EmbeddedRow.objects.exists()
    assert not any(row.details.get("embedded") for row in SelectedAsset.objects.all())


@pytest.mark.parametrize("code", [CODE, "embedded:Keywords", "embedded:Subject", "embedded:ImageDescription"])
def test_assets_are_grouped_by_what_their_files_carry(scene, code):
    selection = chosen(scene, code)
    assert (selection.fetched, selection.cloudinary_field, selection.field_before) == (True, code, "")
    assert [key for key in keys(selection) if key] == (["A-1", "B-1", "Küche"] if "Key" in code else ["A-1", "B-1"])
    offered = next(one for one in selection.offered_fields if one["code"] == code)
    assert offered["filled"] == 3


def test_each_asset_is_read_once_for_all_selections_until_it_is_replaced(scene):
    chosen(scene)
    before = spent(scene)
    selection = chosen(scene, "embedded:Keywords")  # another name of the same files
    # Its own fields and details, and once more the fields.
    assert spent(scene) - before == 3
    environment = scene.world.environments[0]
    front = next(one for one in environment.assets.values() if one.display_name == "front")
    environment.overwrite(front, carrying("C-1", 9))
    again = chosen(scene)
    assert sorted(key for key in keys(again) if key) == ["A-1", "B-1", "C-1"]
    assert keys(selection) != keys(again)


def test_one_call_reads_a_hundred_assets(scene):
    ids = [row.asset_id for row in scene.select().assets.all()]
    assert (Learned().cost(100), Learned().cost(101), Learned(Route.SINGLE).cost(101)) == (1, 2, 101)
    learned = embedded.learn(CloudinaryClient(scene.environment), ids)
    assert (learned.route, learned.calls) == (Route.SEARCH, 1)
    assert learned.names[:3] == ["OriginalTransmissionReference", "Keywords", "Subject"]


@pytest.mark.parametrize("carried", ["absent", "refused"])
def test_where_searches_lack_it_a_look_at_a_few_assets_tells_and_each_is_asked_for_by_itself(scene, carried):
    scene.world.settings.change({"embedded_in_search": carried})
    selection = chosen(scene)
    assert [key for key in keys(selection) if key] == ["A-1", "B-1"]
    scene.environment.refresh_from_db()
    assert Learned.of(scene.environment).route == Route.SINGLE
    cost = embedding.cost_of(selection)
    assert (cost.assets, cost.calls, cost.total) == (0, 0, 4)


def test_the_settings_of_last_time_need_no_call_for_files_that_are_known(scene):
    chosen(scene)
    before = spent(scene)
    again = scene.select(offer={"settings": {"cloudinary_field": CODE}, "stores": []})
    assert CODE in [one["code"] for one in again.offered_fields]
    assert spent(scene) - before == 2  # fields and details


def test_too_many_for_one_by_one_are_not_read_and_another_field_is_taken(scene, monkeypatch):
    scene.world.settings.change({"embedded_in_search": "absent"})
    monkeypatch.setattr(embedded, "MOST_SINGLE", 3)
    selection = chosen(scene)
    assert selection.fetched
    assert selection.cloudinary_field != CODE
    assert not EmbeddedRow.objects.exists()


def test_what_a_search_does_not_know_yet_is_asked_for_by_itself_or_later(scene, monkeypatch):
    selection = scene.select()
    versions = {row.asset_id: row.asset.version + 1 for row in selection.assets.all()}
    monkeypatch.setattr(embedded, "MOST_BEHIND", 2)
    chunks = Reading(CloudinaryClient(scene.environment), versions, Route.SEARCH).chunks()
    assert len(next(chunks)) == 2
    with pytest.raises(CloudinaryError, match="does not know some"):
        next(chunks)


def test_a_person_can_go_back_while_it_is_read(scene):
    selection = scene.select(cloudinary_field="metadata:sku")
    embedding.choose(selection, embedding.CloudinaryField.parse(CODE))
    scene.world.settings.change({"hourly_limit": spent(scene)})
    fetch_selection(selection.pk)
    selection.refresh_from_db()
    assert (selection.fetched, bool(selection.problem)) == (False, True)
    scene.world.settings.change({"hourly_limit": 2000})
    assert embedding.give_up(selection)
    fetch_selection(selection.pk)
    selection.refresh_from_db()
    assert (selection.fetched, selection.cloudinary_field, selection.field_before) == (True, "metadata:sku", "")


def test_a_job_that_was_given_up_writes_nothing(scene):
    selection = scene.select(cloudinary_field="metadata:sku")
    embedding.choose(selection, embedding.CloudinaryField.parse(CODE))
    selection.refresh_from_db()
    selection.version += 1

    class Attempt:
        row = selection
        alive = staticmethod(lambda: None)

    rows = list(selection.assets.all())
    assert not embedding.fill(Attempt, CloudinaryClient(scene.environment), rows)
    assert not any(row.details.get("embedded") for row in selection.assets.all())


def test_a_dry_run_a_run_and_a_second_run_go_by_it(scene):
    selection = chosen(scene)
    plan = scene.run(selection, dry_run=True)
    assert dict(settings_of(plan))["Cloudinary field"] == "OriginalTransmissionReference (in the file)"
    scene.apply(plan)
    assert scene.assets_in("product-a-1") == ["front", "side"]
    assert Link.objects.count() == 3
    before = len(scene.mutations())
    again = chosen(scene)
    scene.run(again)
    assert len(scene.mutations()) == before


def test_all_parts_of_a_chain_are_read_and_split_by_it(scene, settings):
    settings.SELECTION_MAX_ASSETS = 2
    first = launched(scene)
    embedding.choose(first, embedding.CloudinaryField.parse(CODE))
    assert not any(part.fetched for part in first.whole())
    for part in first.whole():
        fetch_selection(part.pk)
    parts = list(Selection.of_chain(first.chain_id))
    assert all(part.fetched and part.cloudinary_field == CODE for part in parts)
    known = [{key for row in part.assets.all() for key in part.keying.keys(row.asset)} for part in parts]
    assert sorted(key for keys in known for key in keys) == ["A-1", "B-1"]


def test_a_default_is_read_with_each_new_selection_and_fills_alt_texts(scene):
    scene.environment.alt_field = "embedded:ImageDescription"
    scene.environment.save()
    selection = scene.select(cloudinary_field=CODE)
    assert selection.cloudinary_field == CODE
    assert {row.alt for row in selection.assets.all()} == {"A-1", "B-1", None}
