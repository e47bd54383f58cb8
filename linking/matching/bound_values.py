"""What a run may be bounded by, while somebody writes it: values of the products that match, and collections of the store."""

from collections.abc import Iterable

from linking.domain.bounds import LONGEST, values_like
from linking.matching import answers
from linking.matching.patience import client_of
from linking.models import Selection
from linking.shopify import products
from setup.models import Store
from setup.shopify.errors import ShopifyError


def offered(selection: Selection, part: str, typed: str) -> list[str]:
    """Values of a part of a bound (linking.domain.bounds.WRITTEN) for what is typed so far, likeliest first. Nothing is asked but
    for collections: one request to the first ticked store, and without its answer there is nothing to offer."""
    typed, chosen = (
        typed.strip()[:LONGEST],
        list(selection.stores.filter(environment=selection.environment_id).order_by("pk")),
    )
    if not typed:
        return []
    known = _collections(chosen, typed) if part == "collection" else _of_products(selection, chosen, part)
    return values_like(known, typed)


def _of_products(selection: Selection, stores: Iterable[Store], part: str) -> Iterable[str]:
    matches = selection.matches.filter(store__in=list(stores))
    for rows in answers.of_matches(answers.stamps_of(list(matches))).values():
        for product in (product for row in rows for product in row.products):
            value = product.get("tags" if part == "tag" else part)
            yield from [value] if isinstance(value, str) else value or ()


def _collections(stores: Iterable[Store], typed: str) -> list[str]:
    for store in stores:
        if not store.obstacle:
            try:
                return products.collections_like(client_of(store), typed)
            except ShopifyError:
                return []
    return []
