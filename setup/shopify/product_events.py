"""Taking in what stores report of their products: a row, and nothing else. What follows is linking.rules.products.

Only the body is signed, and with the fields that we ask for it has no more than the product's number: an old one under another
store's name leads to a look at a product there, and to nothing if that has not changed.
"""

from collections.abc import Iterable
from datetime import datetime

from setup.models import ProductEvent, Store
from setup.shapes import mapping, parsed, whole

TOPICS = ("products/create", "products/update")


def product_of(body: bytes) -> str | None:
    """The id of the product that the body is about; None if it is about none."""
    number = mapping(parsed(body)).get("id")
    known = whole(number) if isinstance(number, int) else None
    return f"gid://shopify/Product/{known}" if known and known > 0 else None


def keep(stores: Iterable[Store], event_id: str, product_id: str, *, now: datetime) -> None:
    """One row for each of the stores that rules wait for, or none where it is there already. Raises django.db.Error."""
    rows = [
        ProductEvent(store=store, event_id=event_id, product_id=product_id, received=now)
        for store in stores
        if store.product_topics
    ]
    ProductEvent.objects.bulk_create(rows, ignore_conflicts=True)
