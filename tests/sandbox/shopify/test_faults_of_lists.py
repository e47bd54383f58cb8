"""Scripted lists: another order than was asked for, an id that comes twice, and alt texts that are kept otherwise."""

from collections import Counter

import pytest

from tests.sandbox.shopify.conftest import picture

NODES = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
FILES = "query ($after: String) { files(first: 2, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }"
VARIANTS = "query ($id: ID!) { product(id: $id) { variants(first: 9) { nodes { sku } } } }"


@pytest.fixture
def mug(shop):
    pictures = [picture(f"{name}.jpg") for name in "abcde"]
    return shop.add_product(
        handle="mug", title="Mug", variants=[{"title": s, "sku": s} for s in "SML"], pictures=pictures
    )


def listed(client, ids):
    return [node["id"] for node in client.get(NODES, {"ids": ids})["nodes"]]


def test_every_draw_is_an_order_of_its_own_and_the_same_each_time(client, mug):
    ids, orders = client.gallery(mug), set()
    for draw in range(1, 30):
        client.clear()
        client.script("lists_shuffled", code=str(draw))
        found = listed(client, ids)
        assert sorted(found) == sorted(ids)
        assert listed(client, ids) == found
        orders.add(tuple(found))
    assert len(orders) > 15


def test_a_list_in_another_order_is_whole_page_by_page(client, mug):
    client.script("lists_shuffled", code="4")
    found, after = [], None
    while True:
        page = client.get(FILES, {"after": after})["files"]
        found += [node["id"] for node in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert sorted(found) == sorted(client.gallery(mug)) != found


def test_variants_come_in_another_order_and_galleries_keep_theirs(client, mug):
    gallery, skus = client.gallery(mug), set()
    for draw in range(1, 10):
        client.clear()
        client.script("lists_shuffled", code=str(draw))
        skus.add(tuple(one["sku"] for one in client.get(VARIANTS, {"id": mug})["product"]["variants"]["nodes"]))
        assert client.gallery(mug) == gallery
    assert len(skus) > 1


def test_an_id_comes_twice(client, mug):
    ids = client.gallery(mug)
    client.script("ids_twice", match=ids[2])
    assert Counter(listed(client, ids)) == Counter([*ids, ids[2]])
    assert listed(client, ids[:2]) == ids[:2]


@pytest.mark.parametrize(
    ("code", "given", "kept"),
    [
        ("trimmed", " so\n far ", "so far"),
        ("composed", "cafe\u0301", "caf\u00e9"),
        ("cut", "x" * 300, "x" * 100),
    ],
)
def test_an_alt_text_is_kept_otherwise(client, shop, mug, sources, code, given, kept):
    client.script("alts_changed", code=code)
    first = client.gallery(mug)[0]
    client.update({"id": first, "alt": given})
    made = client.create({"originalSource": f"{sources}/new.jpg", "alt": given})["files"][0]["id"]
    assert {shop.files[first].alt, shop.files[made].alt} == {kept}


def test_only_calls_with_a_text_that_changes_are_counted(client, mug):
    client.script("alts_changed", times=1)
    first = client.gallery(mug)[0]
    client.update({"id": first, "alt": "plain"})
    assert client.scripted() == ["alts_changed"]
    client.update({"id": first, "alt": "not  plain"})
    assert client.scripted() == []
