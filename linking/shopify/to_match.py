"""A product as one comes from it to its assets: its gallery, and its values of the field that keys are matched with.

https://shopify.dev/docs/api/admin-graphql/2026-10/queries/nodes
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from linking.domain.fields import ShopifyField, ShopifyKind
from linking.shopify.catalog import ProductCard, card_of, elements
from linking.shopify.finding import GONE
from setup.shapes import listed, mapping, text
from setup.shopify.client import ShopifyClient
from setup.shopify.errors import Remedy, ShopifyError
from setup.shopify.graphql_documents import load

DOCUMENTS = Path(__file__).parent / "documents"
TO_MATCH, METAFIELDS = load(DOCUMENTS, "ProductToMatch"), load(DOCUMENTS, "OwnerMetafields")


@dataclass(frozen=True)
class ProductToMatch:
    """`pictures`: addresses, in the order of the gallery, of which there may be `more`. `keys`: each once; `whole`: those of all
    variants are among them."""

    card: ProductCard
    pictures: tuple[str, ...]
    more: bool
    keys: tuple[str, ...]
    whole: bool


def read(client: ShopifyClient, product_id: str, field: ShopifyField) -> ProductToMatch:
    """One request; with a metafield two. Raises ShopifyError."""
    rows = listed(client.run(TO_MATCH, id=product_id).get("nodes"))
    node = next((one for one in rows if text(one.get("id")) == product_id and "title" in one), None)
    if node is None:
        raise ShopifyError(Remedy.GIVE_UP, GONE, "gone")
    media, variants = mapping(node.get("media")), mapping(node.get("variants"))
    owners = listed(variants.get("nodes"))
    images = (mapping(mapping(one.get("preview")).get("image")) for one in listed(media.get("nodes")))
    pictures = tuple(url for image in images if (url := text(image.get("url"))))
    keys = _by_metafield(client, node, owners, field) if field.by_metafield else _values(node, owners, field.kind)
    more, more_variants = (mapping(one.get("pageInfo")).get("hasNextPage") is True for one in (media, variants))
    known = tuple(dict.fromkeys(key.strip() for key in keys if key.strip()))
    return ProductToMatch(card_of(node), pictures, more, known, not (field.of_variants and more_variants))


def _values(node: Mapping, variants: Iterable[Mapping], kind: ShopifyKind) -> Iterator[str]:
    if kind in (ShopifyKind.SKU, ShopifyKind.BARCODE):
        yield from (text(one.get(kind.value)) for one in variants)
    elif kind == ShopifyKind.TAG:
        tags = node.get("tags")
        yield from map(text, tags if isinstance(tags, list) else [])
    else:
        yield text(node.get("productType" if kind == ShopifyKind.PRODUCT_TYPE else kind.value))


def _by_metafield(
    client: ShopifyClient, node: Mapping, variants: Iterable[Mapping], field: ShopifyField
) -> Iterator[str]:
    owners = variants if field.of_variants else [node]
    ids = [id for one in owners if (id := text(one.get("id")))]
    known = {"namespace": field.namespace, "key": field.key}
    for row in listed(client.run(METAFIELDS, ids=ids, **known).get("nodes")) if ids else ():
        value = text(mapping(row.get("metafield")).get("value"))
        yield from elements(value) if value.startswith("[") else (value,)
