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


def definitions(client: ShopifyClient) -> list[Definition]:
    """Of products; what cannot be named as a field is left out. Raises ShopifyError."""
    answers = pages(lambda after: client.run(DEFINITIONS, after=after).get("metafieldDefinitions"), most=MOST_PAGES)
    return [one for rows in answers for row in rows if METAFIELD.fullmatch((one := _definition(row)).code)]


def _definition(row: dict) -> Definition:
    code = f"{text(row.get('namespace'))}.{text(row.get('key'))}"
    return Definition(code, composed(text(row.get("name"))) or code, text(mapping(row.get("type")).get("name")))
