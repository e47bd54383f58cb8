"""Products that no asset of a run belongs to: what the stores list now, without those that one goes to, or was to go to."""

import time
from collections.abc import Iterator
from typing import NamedTuple

from linking.models import StoreSync, Sync
from linking.models.counting import products_with_assets
from linking.shopify import shelf
from setup.reasons import Reason, Reasoned
from setup.shopify.client import ShopifyClient
from setup.shopify.errors import ShopifyError

MOST = 10_000  # products per store
PATIENCE = 60.0  # seconds per store, with all waiting for points


class Left(NamedTuple):
    """A product; or, with a `note` alone, why a store's list is not whole."""

    store: str
    product: str = ""
    handle: str = ""
    sku: str = ""
    vendor: str = ""
    status: str = ""
    product_id: str = ""
    product_url: str = ""
    note: str = ""


class TooLong(Reasoned):
    """The store keeps us waiting."""


def left_of(sync: Sync) -> Iterator[Left]:
    """Store by store. One that cannot be asked gets a note instead."""
    for part in sync.parts.select_related("store", "sync").order_by("pk"):
        if looks_for_all(part):
            yield from _of_store(part)


def looks_for_all(part: StoreSync) -> bool:
    """Whether it is of all products of its store, not of some that are tried again."""
    return not part.sync.is_of_some(part.store_id)


def _of_store(part: StoreSync) -> Iterator[Left]:
    known = products_with_assets(part)
    until, listed = time.monotonic() + PATIENCE, 0
    try:
        for product in shelf.products(_patient_client(part, until)):
            if product.id in known:
                continue
            if listed == MOST:
                yield Left(part.store.domain, note=str(Reason("left.cut", n=listed)))
                return
            listed += 1
            yield _row(part, product)
    except TooLong:
        yield Left(part.store.domain, note=str(Reason("left.slow", n=listed)))
    except ShopifyError as error:
        yield Left(part.store.domain, note=str(Reason("left.unreadable", text=error.reason)))


def _patient_client(part: StoreSync, until: float) -> ShopifyClient:
    def pause(seconds: float, reason: Reason) -> None:
        if time.monotonic() + seconds > until:
            raise TooLong(reason)
        time.sleep(seconds)

    return ShopifyClient(part.store, pause=pause)


def _row(part: StoreSync, product: shelf.Shelved) -> Left:
    return Left(
        store=part.store.domain,
        product=product.title,
        handle=product.handle,
        sku=product.sku,
        vendor=product.vendor,
        status=product.status.lower(),
        product_id=product.id,
        product_url=part.store.product_admin_url(product.id),
    )
