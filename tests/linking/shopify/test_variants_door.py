"""The variants of products: a list that goes on is read to its end."""

from linking.shopify import variants
from setup.shopify.client import ShopifyClient
from tests.scenes import Variant, product


def test_variants_beyond_the_first_page_are_read_by_every_question(scene):
    many = tuple(Variant(sku=f"s{at}", title=f"{at}") for at in range(251))
    place = scene([product("many", handle="many", variants=many), product("one", handle="one")], [])
    ids = [place.shop.product_with(handle).id for handle in ("many", "one")]
    client = ShopifyClient(place.stores[0])
    for read in (variants.pictures, variants.with_options, variants.options):
        before, found = client.spent.requests, read(client, ids)
        assert [len(found[id]) for id in ids] == [251, 1]
        assert client.spent.requests - before == 2
    assert {id: len(found) for id, found in variants.skus(client, ids, 2048)} == dict(zip(ids, [251, 1], strict=True))
