"""A store's products one page after another, as the catalog lists them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from linking.shopify.paging import pages
from setup.shapes import text
from setup.shopify.client import ShopifyClient
from setup.shopify.graphql_documents import load

PAGE = load(Path(__file__).parent / "documents", "CatalogPage")


@dataclass(frozen=True, slots=True)
class Shelved:
    id: str
    title: str
    handle: str
    status: str
    vendor: str


def products(client: ShopifyClient) -> Iterator[Shelved]:
    """All of them, 250 a call. Raises ShopifyError.

    https://shopify.dev/docs/api/admin-graphql/2026-10/queries/products
    """
    for rows in pages(lambda after: client.run(PAGE, after=after).get("products")):
        yield from map(_shelved, rows)


def _shelved(node: dict) -> Shelved:
    id, title, handle, status, vendor = (text(node.get(name)) for name in Shelved.__slots__)
    return Shelved(id, title, handle, status, vendor)
