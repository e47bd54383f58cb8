"""The products of a store that get no asset from a selection: asked for when somebody wants to see them."""

from collections.abc import Collection
from dataclasses import dataclass

from linking.matching.patience import impatient
from linking.shopify.catalog import ShelfProduct, shelf
from setup.models import Store
from setup.shopify.client import ShopifyClient

# Rows that fill a page, and how many calls may be spent on finding them: somebody waits for it.
ENOUGH = 20
MAX_CALLS = 4


@dataclass(frozen=True)
class Page:
    """`after`: where the next page begins; empty at the end. `total`: all products of the store."""

    products: list[ShelfProduct]
    after: str
    total: int


def page_of(store: Store, linked: Collection[str], after: str) -> Page:
    """Products without those that are `linked` (ids), in the order of the store. Raises ShopifyError, soon."""
    client = ShopifyClient(store, pause=impatient())
    found: list[ShelfProduct] = []
    for _ in range(MAX_CALLS):
        products, after, total = shelf(client, after)
        found += [product for product in products if product.card.id not in linked]
        if len(found) >= ENOUGH or not after:
            break
    return Page(found, after, total)
