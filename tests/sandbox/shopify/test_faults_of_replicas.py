"""stale_reads: queries that show the store as it was some seconds ago."""

import pytest

from tests.sandbox.shopify.conftest import picture

SEEN = """query ($id: ID!, $ids: [ID!]!) {
  product(id: $id) { title media(first: 9) { nodes { id alt } } metafield(namespace: "custom", key: "aa") { value }
    variants(first: 1) { nodes { media(first: 1) { nodes { id } } } } }
  nodes(ids: $ids) { ... on MediaImage { fileStatus alt image { url } } }
}"""


@pytest.fixture
def mug(shop):
    return shop.add_product(
        handle="mug",
        title="Mug",
        variants=[{"title": "S", "sku": "1"}],
        metafields={("custom", "aa"): ("single_line_text_field", "old")},
        pictures=[picture("a.jpg", alt="old", variants=[0]), picture("b.jpg", alt="old")],
    )


@pytest.fixture
def seen(client, shop, mug):
    """(title, gallery, alts, metafield, variant's picture) as a query sees them."""
    ids = list(shop.products[mug].media)

    def look():
        data = client.get(SEEN, {"id": mug, "ids": ids})
        product, variant = data["product"], data["product"]["variants"]["nodes"][0]
        return (
            product["title"],
            [node["id"] for node in product["media"]["nodes"]],
            [node["alt"] for node in data["nodes"]],
            product["metafield"]["value"],
            [node["id"] for node in variant["media"]["nodes"]],
        )

    return look


def change(client, shop, mug):
    """Everything that a run may change, and how it is then seen."""
    a, b = shop.products[mug].media
    variant = shop.products[mug].variants[0].id
    metafield = {"ownerId": mug, "namespace": "custom", "key": "aa", "type": "single_line_text_field", "value": "new"}
    client.update({"id": a, "alt": "new"}, {"id": b, "alt": "new"})
    client.run("SetMetafields", metafields=[metafield])
    client.run("VariantsBulkUpdate", productId=mug, variants=[{"id": variant, "mediaId": b}])
    client.run("ProductAddMedia", product={"id": mug, "title": "Cup"}, media=[])
    client.run("ReorderMedia", id=mug, moves=[{"id": b, "newPosition": "0"}])
    return "Cup", [b, a], ["new", "new"], "new", [b]


def test_reads_lag_behind_by_some_seconds(client, world, shop, mug, seen):
    client.script("stale_reads", seconds=3)
    before = seen()
    world.settings.reorder_seconds = 0
    after = change(client, shop, mug)
    assert seen() == before
    world.forward(2.9)
    assert seen() == before
    world.forward(0.2)
    assert seen() == after


def test_reads_are_fresh_when_it_is_cleared(client, world, shop, mug, seen):
    world.settings.reorder_seconds = 0
    client.script("stale_reads", seconds=3)
    before = seen()
    after = change(client, shop, mug)
    assert seen() == before
    client.clear()
    assert seen() == after
    client.script("stale_reads", seconds=3)
    assert seen() == after


def test_every_other_read_is_stale(client, world, shop, mug, seen):
    world.settings.reorder_seconds = 0
    client.script("stale_reads", seconds=3, code="alternating", times=4)
    after = change(client, shop, mug)
    found = [seen() == after for _ in range(6)]
    assert found == [False, True, False, True, True, True]


def test_mutations_see_and_answer_what_is_there(client, world, shop, mug, sources):
    client.script("stale_reads", seconds=30)
    (file,) = client.create({"originalSource": f"{sources}/c.jpg"})["files"]
    while shop.files[file["id"]].status != "READY":
        client.settled([client.gallery(mug)[0]])
    answer = client.update({"id": file["id"], "alt": "new"})
    assert (answer["files"][0]["alt"], answer["userErrors"]) == ("new", [])


def test_a_new_file_is_not_there_yet_and_ready_only_later(client, world, shop, sources):
    world.settings.media_seconds = (1, 1)
    client.script("stale_reads", seconds=10)
    client.get("{ shop { name } }")
    (made,) = client.create({"originalSource": f"{sources}/c.jpg"})["files"]
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on File { fileStatus } } }"

    def look():
        (node,) = client.get(query, {"ids": [made["id"]]})["nodes"]
        return node and node["fileStatus"]

    assert look() is None
    while not shop.files[made["id"]].download.arrived:
        client.get("{ shop { name } }")
    world.forward(10)
    assert look() == "PROCESSING"
    world.forward(0.9)
    assert look() == "PROCESSING"
    world.forward(0.2)
    assert look() == "READY"


def test_a_reorder_that_nobody_looked_for_was_seen_in_its_time(client, world, mug):
    client.script("stale_reads", seconds=3)
    a, b = client.gallery(mug)
    job = client.run("ReorderMedia", id=mug, moves=[{"id": b, "newPosition": "0"}])["job"]["id"]
    world.forward(2)
    assert client.run("Job", id=job)["done"] is True
    assert client.gallery(mug) == [a, b]
    world.forward(1.2)
    assert client.gallery(mug) == [b, a]


def test_a_search_that_finds_what_is_not_seen_yet_leaves_it_out(client, world, shop):
    client.script("stale_reads", seconds=5)
    query = '{ products(first: 5, query: "title:cup") { nodes { title } } }'
    assert client.get(query)["products"]["nodes"] == []
    shop.add_product(handle="cup", title="Cup")
    assert client.get(query)["products"]["nodes"] == []
    world.forward(6)
    client.get(query)
    world.forward(6)
    assert client.get(query)["products"]["nodes"] == [{"title": "Cup"}]


def test_stale_reads_can_be_of_one_kind_of_query(client, shop, mug):
    client.script("stale_reads", seconds=3, operation="nodes")
    a, b = client.gallery(mug)
    client.get("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": [mug]})
    client.update({"id": a, "referencesToRemove": [mug]})
    assert client.gallery(mug) == [b]
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Product { media(first: 9) { nodes { id } } } } }"
    assert client.get(query, {"ids": [mug]})["nodes"][0]["media"]["nodes"] == [{"id": a}, {"id": b}]


def test_a_deleted_product_is_still_seen_for_some_time(client, world, mug):
    client.script("stale_reads", seconds=3)
    gallery = client.gallery(mug)
    client.run("ProductDelete", id=mug)
    assert client.gallery(mug) == gallery
    world.forward(3.1)
    assert client.get("query ($id: ID!) { product(id: $id) { id } }", {"id": mug}) == {"product": None}
