"""What a store says of its metafields: https://shopify.dev/docs/api/admin-graphql/2026-10/queries/metafieldDefinitions"""

from pathlib import Path

from linking.domain.fields import METAFIELD
from linking.domain.metafields import Definition
from linking.shopify.paging import pages
from setup.shapes import mapping, text
from setup.shopify.client import ShopifyClient
from setup.shopify.graphql_documents import load
from setup.spelling import composed

DEFINITIONS = load(Path(__file__).parent / "documents", "MetafieldDefinitions")
# Of 250 each: an app may make 256 for products, and a store has few apps that do.
MOST_PAGES = 4


def definitions(client: ShopifyClient, owner_type: str) -> list[Definition]:
    """Of products or variants, by `OWNER_TYPES` of the catalog; what cannot be named as a field is left out. Raises
    ShopifyError."""

    def ask(after: str | None) -> object:
        return client.run(DEFINITIONS, ownerType=owner_type, after=after).get("metafieldDefinitions")

    known = (_definition(row, owner_type) for rows in pages(ask, most=MOST_PAGES) for row in rows)
    return [one for one in known if METAFIELD.fullmatch(one.code)]


def _definition(row: dict, owner_type: str) -> Definition:
    code, name = f"{text(row.get('namespace'))}.{text(row.get('key'))}", composed(text(row.get("name")))
    return Definition(code, name or code, text(mapping(row.get("type")).get("name")), owner_type)
