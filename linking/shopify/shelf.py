"""A store's products one page after another, as the catalog lists them, and how many there are."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from linking.shopify.paging import pages
from setup.shapes import listed, mapping, text, whole
from setup.shopify.answers import UNREADABLE
from setup.shopify.client import ShopifyClient
from setup.shopify.errors import Remedy, ShopifyError
from setup.shopify.graphql_documents import load

DOCUMENTS = Path(__file__).parent / "documents"
PAGE, COUNT = load(DOCUMENTS, "CatalogPage"), load(DOCUMENTS, "CatalogCount")


@dataclass(frozen=True, slots=True)
class Shelved:
    """`sku`: of its first variant."""

    id: str
    title: str
    handle: str
    status: str
    vendor: str
    sku: str


def products(client: ShopifyClient) -> Iterator[Shelved]:
    """All of them, 250 a call. Raises ShopifyError.

    https://shopify.dev/docs/api/admin-graphql/2026-10/queries/products
    """
    for rows in pages(lambda after: client.run(PAGE, after=after).get("products")):
        yield from map(_shelved, rows)


def count(client: ShopifyClient) -> int:
    """Of all statuses. Raises ShopifyError.

    https://shopify.dev/docs/api/admin-graphql/2026-10/queries/productsCount
    """
    return counted(client.run(COUNT))


def counted(data: dict) -> int:
    """What an answer says of it. Raises ShopifyError."""
    total = whole(mapping(data.get("productsCount")).get("count"))
    if total is None:
        raise ShopifyError(Remedy.LATER, UNREADABLE, "no_data")
    return total


def first_sku(node: dict) -> str:
    """Of the first of a product's variants."""
    variants = listed(mapping(node.get("variants")).get("nodes"))
    return next((text(variant.get("sku")) for variant in variants), "")


def _shelved(node: dict) -> Shelved:
    id, title, handle, status, vendor = (text(node.get(name)) for name in ("id", "title", "handle", "status", "vendor"))
    return Shelved(id, title, handle, status, vendor, first_sku(node))
