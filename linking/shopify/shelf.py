"""A store's products one page after another, as the catalog lists them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from setup.graphql_documents import load
from setup.shopify_client import ShopifyClient

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
    after: str | None = None
    while True:
        answer = client.run(PAGE, after=after)["products"]
        yield from (Shelved(**node) for node in answer["nodes"])
        if not answer["pageInfo"]["hasNextPage"]:
            return
        after = answer["pageInfo"]["endCursor"]
