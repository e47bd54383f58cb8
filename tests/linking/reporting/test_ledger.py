"""The ledger as a file and by the API: each link with its public ID, place and last run."""

import csv
import io
import tracemalloc

import pytest

from linking.models import Link, StoreFile, Sync
from linking.reporting import ledger
from setup.models import Environment, Store
from setup.security import api_keys
from tests.linking.visits import enter
from tests.scenes import asset, product


@pytest.fixture
def place(scene):
    return scene([product("a", pictures=1)], [asset("front", "a"), asset("back", "a")])


def rows_of(answer) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))


def test_the_file_has_every_link_with_public_id_place_and_last_run(client, place):
    sync = place.run(place.select("front", "back"))
    rows = rows_of(enter(client, place.member).get("/links/report/"))
    found = {row["Public ID"]: row for row in rows}
    assert set(found) == {"shop/front", "shop/back"}
    gallery = place.shop.product_with("product-a").media
    for row in rows:
        assert gallery[int(row["Position"]) - 1] == row["Shopify file ID"]
        assert (row["SKUs"], row["Product handle"], row["Last run"]) == ("a", "product-a", str(sync.key))
        assert row["Address in Cloudinary"] == StoreFile.objects.get(file_id=row["Shopify file ID"]).source_url
        assert row["Asset ID"] in {one.asset_id for one in place.world.environments[0].assets.values()}


def test_the_api_has_the_same_page_by_page(client, place):
    place.run(place.select("front", "back"))
    _key, text = api_keys.make(place.environment, "job", ["links:read"], who=None)
    found, cursor = [], ""
    while cursor is not None:
        page = client.get(f"/api/v1/links?limit=1&cursor={cursor}", headers={"Authorization": f"Bearer {text}"}).json()
        found, cursor = found + page["items"], page["next_cursor"]
    assert {one["public_id"] for one in found} == {"shop/front", "shop/back"}
    assert sorted(one["position"] for one in found) == [2, 3]
    assert {one["last_run"] for one in found} == {str(Sync.objects.get().key)}


def test_what_is_not_known_is_empty_and_nothing_becomes_a_formula(client, place):
    known = {"store": place.stores[0], "environment": place.environment, "product_id": "gid://shopify/Product/1"}
    Link.objects.create(**known, asset_id="a" * 32, medium_id="m", title="=1+1", variants=[])
    [row] = rows_of(enter(client, place.member).get("/links/report/"))
    assert (row["Public ID"], row["Position"], row["Last run"]) == ("", "", "")
    assert row["Product"] != "=1+1"


def test_the_file_has_what_the_filter_names_and_nothing_of_another_environment(client, place):
    known = {"api_key": "k", "api_secret": "s", "launch_issuer": "i", "launch_secret": "s"}
    other = Environment.objects.create(cloud_name="other", **known)
    store = Store.objects.create(environment=other, domain="theirs.myshopify.com")
    Link.objects.create(store=store, environment=other, product_id="p", asset_id="theirs", medium_id="m")
    place.run(place.select())
    enter(client, place.member)
    assert len(rows_of(client.get("/links/report/"))) == 2
    assert len(rows_of(client.get("/links/report/?q=front"))) == 1


def test_memory_does_not_grow_with_the_ledger(place):
    """Three thousand links take as little as five hundred at a time."""
    known = {"store": place.stores[0], "environment": place.environment, "medium_id": "m"}
    Link.objects.bulk_create(
        Link(**known, product_id=f"p{at // 5}", asset_id=f"a{at}", title="Oak chair" * 20) for at in range(3000)
    )
    links = Link.objects.in_galleries().select_related("store")
    tracemalloc.start()
    try:
        assert sum(piece.count(b"\r\n") for piece in ledger.as_csv(links)) == 3001
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()
