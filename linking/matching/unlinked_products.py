"""The products of a store that get no asset from a selection: asked for when somebody wants to see them."""

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass

from linking.shopify.catalog import ShelfProduct, shelf
from setup.models import Store
from setup.reasons import Reason
from setup.shopify.client import ShopifyClient
from setup.shopify.errors import Remedy, ShopifyError

# Rows that fill a page, and how many calls may be spent on finding them: somebody waits for it.
ENOUGH = 20
MAX_CALLS = 4
PATIENCE = 3.0
BUSY = Reason("match.busy")


@dataclass(frozen=True)
class Page:
    """`after`: where the next page begins; empty at the end. `total`: all products of the store."""

    products: list[ShelfProduct]
    after: str
    total: int


def page_of(store: Store, linked: Collection[str], after: str) -> Page:
    """Products without those that are `linked` (ids), in the order of the store. Raises ShopifyError, soon."""
    client = ShopifyClient(store, pause=_impatient())
    found: list[ShelfProduct] = []
    for _ in range(MAX_CALLS):
        products, after, total = shelf(client, after)
        found += [product for product in products if product.card.id not in linked]
        if len(found) >= ENOUGH or not after:
            break
    return Page(found, after, total)


def _impatient() -> Callable[[float, Reason], None]:
    """A pause for a person who waits: none that would take them longer than some seconds in all."""
    until = time.monotonic() + PATIENCE

    def pause(seconds: float, reason: Reason) -> None:
        if time.monotonic() + seconds > until:
            raise ShopifyError(Remedy.GIVE_UP, BUSY, "busy")
        time.sleep(seconds)

    return pause
