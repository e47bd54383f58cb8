"""The page of the mapping of Shopify to Cloudinary: admins save it, everybody reads it, and a preview begins there."""

import pytest

from linking.domain import statuses
from linking.models import Link, Sheet, WriteBack
from sandbox.cloudinary.fields import datasource
from sandbox.cloudinary.records import MetadataField
from setup.cloudinary import surroundings
from setup.models import AuditEntry, Member
from tests.linking.views.test_sheets import work
from tests.linking.visits import enter, text_of
from tests.scenes import asset, product

ROWS = {
    "property-0": "title",
    "place-0": "field:title",
    "property-1": "tags",
    "place-1": "tags:",
    "name-1": "shop:",
    "property-2": "vendor",
    "place-2": "field:brand",
    "property-4": "metafield",
    "key-4": "custom.material",
    "place-4": "context:",
    "name-4": "material",
    "version": "0",
    "store": "",
}


@pytest.fixture
def place(scene, client, monkeypatch):
    found = scene(
        [product("A", handle="a", title="Bag", vendor="Zeta", tags=("new",))],
        [asset("one", "A"), asset("other", "B"), asset("bare")],
    )
    here = found.world.environments[0]
    here.fields["title"] = MetadataField("title", "Title", "string")
    here.fields["brand"] = MetadataField("brand", "Brand", "enum", values=datasource({"acme": "Acme"}))
    monkeypatch.setattr("linking.queue.enqueue", lambda name, pk: True)
    surroundings.look(found.environment)
    found.asset = next(iter(here.assets.values()))
    at = {"store": found.stores[0], "environment": found.environment, "medium_id": "m"}
    Link.objects.create(product_id=found.shop.product_with("a").id, asset_id=found.asset.asset_id, **at)
    found.admin = Member.objects.create(environment=found.environment, external_id="boss", roles=["master_admin"])
    enter(client, found.admin)
    return found


def test_a_mapping_is_saved_read_and_written_and_taken_back(client, place):
    assert client.post("/setup/mapping/save/", ROWS)["Location"] == "/setup/mapping/"
    page = client.get("/setup/mapping/").content.decode()
    assert '<option value="field:title" selected>Title</option>' in page
    assert "field:sku" not in page, "what AssetLink reads is not offered"
    address = client.post("/setup/mapping/begin/")["Location"]
    work()
    page = text_of(client.get(address))
    assert "1 row to write." in page
    assert "New in the list of Brand “Zeta”" in page
    assert "Replaced where AssetLink wrote them, others kept" in page
    assert not place.asset.metadata.get("title")
    client.post(f"{address}write/")
    work()
    assert (place.asset.metadata["title"], place.asset.tags) == ("Bag", ["shop:new"])
    client.post(f"{address}undo/")
    work()
    assert (place.asset.metadata.get("title", ""), place.asset.tags) == ("", [])


def test_what_is_wrong_is_said_beside_its_line_and_nothing_is_saved(client, place):
    answer = client.post(
        "/setup/mapping/save/",
        {"property-0": "title", "place-0": "field:sku", "property-1": "tags", "place-1": "tags:", "name-1": "shop"},
    )
    assert answer.status_code == 422
    assert "Write a prefix" in text_of(answer)
    assert not WriteBack.objects.exists()
    answer = client.post("/setup/mapping/save/", {"property-0": "title", "place-0": "field:sku"})
    assert "Cloudinary owns SKU: AssetLink groups assets by it." in text_of(answer)
    client.post("/setup/mapping/save/", ROWS)
    answer = client.post("/setup/mapping/save/", ROWS)
    assert "Somebody else has changed the mapping meanwhile" in text_of(answer)


def test_fields_are_made_read_only_and_opened_again(client, place):
    client.post("/setup/mapping/save/", ROWS)
    fields = place.world.environments[0].fields
    assert "Make them read-only" in text_of(client.get("/setup/mapping/"))
    client.post("/setup/mapping/lock/", {"locked": "1"})
    assert fields["title"].restrictions == {"readonly_ui": True}
    assert not fields["sku"].restrictions.get("readonly_ui")
    assert fields["title"].label == "Title"
    assert AuditEntry.objects.latest("pk").action == "setup.lock"
    page = text_of(client.get("/setup/mapping/"))
    assert "Make them editable again" in page
    assert "Make them read-only" not in page
    client.post("/setup/mapping/lock/")
    assert fields["title"].restrictions == {"readonly_ui": False}


def test_members_read_it_and_begin_a_preview_of_their_own_environments_runs_only(client, place):
    client.post("/setup/mapping/save/", ROWS)
    enter(client, place.member)
    page = text_of(client.get("/setup/mapping/"))
    assert "Product metafield custom.material" in page
    assert "Save" not in page
    assert client.post("/setup/mapping/save/", ROWS).status_code == 403
    client.post("/setup/mapping/begin/", {"run": "00000000-0000-4000-8000-000000000000"})
    assert not Sheet.objects.exists()
    client.post("/setup/mapping/begin/", {"run": "x"})
    assert not Sheet.objects.exists()


def test_a_run_that_is_over_offers_a_preview_of_its_own_assets(client, place):
    run = place.run(place.select("one"))
    page = f"/syncs/{run.key}/"
    assert "Write to Cloudinary" not in text_of(client.get(page)), "there is no mapping"
    client.post("/setup/mapping/save/", ROWS)
    assert "Write to Cloudinary" in text_of(client.get(page))
    address = client.post("/setup/mapping/begin/", {"run": str(run.key)})["Location"]
    work()
    assert "Those of a run" in text_of(client.get(address))
    sheet = Sheet.objects.get()
    assert list(sheet.rows.values_list("asset_id", "state")) == [(place.asset.asset_id, "change")]


def prepared(place):
    values = {id: id.replace("_", " ").capitalize() for id in statuses.ALL}
    here = place.world.environments[0]
    here.fields["status"] = MetadataField("status", "Status", "enum", values=datasource(values))
    return {one.display_name: one for one in here.assets.values()}


def test_a_run_says_how_far_its_assets_are_where_an_admin_turned_it_on(client, place):
    client.post("/setup/mapping/status/", {"sets_status": "1"})
    assert not WriteBack.objects.filter(sets_status=True), "there is no such field yet"
    assets = prepared(place)
    run = place.run(place.select("one"))
    assert not Sheet.objects.exists()
    client.post("/setup/mapping/status/", {"sets_status": "1", "required": ["sku", "nothing"]})
    assert WriteBack.objects.get().required == ["sku"]
    run = place.run(place.select("one", "other"))
    sheet = Sheet.objects.get()
    assert sheet.source["run"] == run.pk
    work()
    assert assets["one"].metadata["status"] == "linked"
    assert "status" not in assets["other"].metadata, "the run linked it nowhere"
    page = f"/assets/sheets/{sheet.key}/"
    assert "1 row written" in text_of(client.get(page))
    client.post(f"{page}undo/")
    work()
    assert not assets["one"].metadata.get("status")
    place.run(place.select("one"), dry_run=True)
    assert Sheet.objects.count() == 1, "a dry run writes nothing"


@pytest.mark.parametrize(("required", "then"), [("sku", "metadata_complete"), ("status_by", "requires_data")])
def test_an_undo_sets_the_status_back(client, place, required, then):
    assets = prepared(place)
    place.world.environments[0].fields["status_by"] = MetadataField("status_by", "By", "string")
    client.post("/setup/mapping/status/", {"sets_status": "1", "required": [required]})
    run = place.run(place.select("one", "other"))
    work()
    assert assets["one"].metadata["status"] == "linked"
    place.undo(run)
    work()
    assert assets["one"].metadata["status"] == then
    assert "status" not in assets["other"].metadata


def test_what_requires_data_is_shown_first_and_then_written(client, place):
    assets = prepared(place)
    place.world.settings.change({"index_lag": 0})
    client.post("/setup/mapping/status/begin/")
    assert not Sheet.objects.exists(), "no field is required"
    client.post("/setup/mapping/status/", {"required": "sku"})
    assert "metadata.status=&quot;requires_data&quot;" in client.get("/setup/mapping/").content.decode()
    address = client.post("/setup/mapping/status/begin/")["Location"]
    work()
    assert "3 rows to write" in text_of(client.get(address))
    client.post(f"{address}write/")
    work()
    assert {name: one.metadata["status"] for name, one in assets.items()} == {
        "one": "metadata_complete",
        "other": "metadata_complete",
        "bare": "requires_data",
    }
