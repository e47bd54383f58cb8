"""A store that is written down and read again is the same store, and goes on with what was under way."""

import json

from sandbox.shopify.shop import Shop
from tests.sandbox.shopify.conftest import DOMAIN, picture


def restarted(world):
    world.shops[DOMAIN] = Shop.load(json.loads(json.dumps(world.shops[DOMAIN].dump())), world)
    return world.shops[DOMAIN]


def test_everything_is_there_again(client, world, shop):
    shop.define_metafield("custom", "material", "single_line_text_field", True)
    product = shop.add_product(
        handle="mug",
        title="Mug",
        tags=["a"],
        variants=[{"title": "S", "sku": "1", "barcode": "2", "price": "3.50"}],
        metafields={("custom", "material"): ("single_line_text_field", "Clay")},
        pictures=[picture(variants=[0], alt="front")],
    )
    shop.bucket.charge(500)
    before, page = shop.dump(), client.run("ProductPage", id=product)
    again = restarted(world)
    page_cost = before["bucket"]["level"] - again.bucket.dump()["level"]
    assert again.dump()["products"] == before["products"]
    assert again.dump()["files"] == before["files"]
    assert page_cost > 0
    assert client.run("ProductPage", id=product) == page
    query = '{ products(first: 1, query: "metafields.custom.material:Clay") { nodes { id } } }'
    assert client.get(query)["products"]["nodes"] == [{"id": product}]


def test_a_snapshot_from_before_metafields_knew_their_names_is_read(client, world, shop):
    product = shop.add_product(handle="mug", title="Mug", metafields={("custom", "a"): ("boolean", "true")})
    data = json.loads(json.dumps(shop.dump()))
    for row in data["products"]:
        for metafield in row["metafields"].values():
            del metafield["namespace"], metafield["key"]
        for variant in row["variants"]:
            del variant["metafields"]
    del data["staged"], data["bulk_operations"]
    world.shops[DOMAIN] = Shop.load(data, world)
    assert world.shops[DOMAIN].products[product].metafields == shop.products[product].metafields


def test_new_ids_do_not_repeat_old_ones(world, shop):
    first = shop.add_product(handle="a", title="A")
    assert restarted(world).add_product(handle="b", title="B") != first


def test_unfinished_downloads_go_on(client, world, shop, sources, monkeypatch):
    monkeypatch.setattr("sandbox.shopify.downloads.submit", lambda work: None)  # the process dies before any download
    files = [file["id"] for file in client.create({"originalSource": f"{sources}/a.jpg"})["files"]]
    monkeypatch.undo()
    again = restarted(world)
    assert client.statuses(files) == ["PROCESSING"]
    again.resume()
    assert client.settled(files) == ["READY"]


def test_downloads_also_go_on_with_the_first_request(client, world, sources, monkeypatch):
    monkeypatch.setattr("sandbox.shopify.downloads.submit", lambda work: None)
    files = [file["id"] for file in client.create({"originalSource": f"{sources}/a.jpg"})["files"]]
    monkeypatch.undo()
    restarted(world)
    assert client.settled(files) == ["READY"]


def test_the_index_lag_and_a_waiting_reorder_outlive_a_restart(client, world, shop):
    product = shop.add_product(handle="mug", title="Mug", pictures=[picture("a.jpg"), picture("b.jpg")])
    a, b = client.gallery(product)
    client.run("ProductAddMedia", product={"id": product, "title": "Cup"}, media=[])
    client.run("ReorderMedia", id=product, moves=[{"id": b, "newPosition": "0"}])
    restarted(world)
    query = '{ products(first: 1, query: "title:cup") { nodes { id } } }'
    assert client.get(query)["products"]["nodes"] == []
    assert client.gallery(product) == [a, b]
    world.forward(5)
    assert client.get(query)["products"]["nodes"] == [{"id": product}]
    assert client.gallery(product) == [b, a]
