"""What a store says of products that the ledger has, as far as a mapping asks for it: by their ids, and nothing else is read.

https://shopify.dev/docs/api/admin-graphql/2026-10/queries/nodes
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from linking.domain.mappings import Mapped, Property
from linking.domain.write_back import metafield_values, text_of
from linking.shopify.variants import rows_of_products
from setup.shapes import listed, mapping, text
from setup.shopify.client import ShopifyClient
from setup.shopify.graphql_documents import Document, load
from setup.spelling import composed

DOCUMENTS = Path(__file__).parent / "documents"
PROPERTIES, DESCRIPTIONS = load(DOCUMENTS, "ProductProperties"), load(DOCUMENTS, "ProductDescriptions")
COLLECTIONS, PRICES = load(DOCUMENTS, "ProductCollections"), load(DOCUMENTS, "VariantPrices")
METAFIELDS = load(DOCUMENTS, "MetafieldValues")
PER_CALL = 250  # products
PER_CALL_OF_LISTS = 50
PER_CALL_OF_VARIANTS = 20
MOST_VARIANTS = 2048
Values = dict[Property | tuple[Property, str], list[str]]
NAMES = {
    Property.TITLE: "title",
    Property.HANDLE: "handle",
    Property.STATUS: "status",
    Property.VENDOR: "vendor",
    Property.PRODUCT_TYPE: "productType",
}


@dataclass
class Known:
    """`values`: of the product itself; `variants`: of each, by id, in order."""

    values: Values
    variants: dict[str, Values] = field(default_factory=dict)

    def of(self, variants: Collection[str]) -> Values:
        """Of the product and of these variants of it; none: of all."""
        found = {name: list(values) for name, values in self.values.items()}
        for id, values in self.variants.items():
            for name, some in values.items() if not variants or id in variants else ():
                found.setdefault(name, []).extend(some)
        return found


def read(client: ShopifyClient, mapped: Mapped, ids: Sequence[str]) -> dict[str, Known]:
    """Of the products that are shown, by id. Raises ShopifyError."""
    found: dict[str, Known] = {}
    for node in _nodes(client, PROPERTIES, ids, PER_CALL):
        if "title" in node:
            found[text(node.get("id"))] = Known(_properties(node))
    ids = [id for id in ids if id in found]
    if mapped.needs(Property.DESCRIPTION):
        for node in _nodes(client, DESCRIPTIONS, ids, PER_CALL_OF_LISTS):
            _put(found, node, Property.DESCRIPTION, [text_of(text(node.get("descriptionHtml")))])
    if mapped.needs(Property.COLLECTIONS):
        for node in _nodes(client, COLLECTIONS, ids, PER_CALL_OF_LISTS):
            rows = listed(mapping(node.get("collections")).get("nodes"))
            _put(found, node, Property.COLLECTIONS, [text(row.get("title")) for row in rows])
    for name in mapped.metafields(Property.METAFIELD):
        for node in _metafields(client, ids, name):
            _put(found, node, (Property.METAFIELD, name), _value(node))
    if mapped.needs(Property.SKU, Property.PRICE) or mapped.metafields(Property.VARIANT_METAFIELD):
        _of_variants(client, mapped, found)
    return found


def _properties(node: Mapping) -> Values:
    tags = node.get("tags")
    known: Values = {one: [composed(text(node.get(name)))] for one, name in NAMES.items()}
    known[Property.STATUS] = [text(node.get("status")).lower()]
    return known | {Property.TAGS: [composed(text(tag)) for tag in tags] if isinstance(tags, list) else []}


def _of_variants(client: ShopifyClient, mapped: Mapped, found: Mapping[str, Known]) -> None:
    """Raises ShopifyError."""
    owners: dict[str, Values] = {}
    for id, rows in rows_of_products(client, PRICES, list(found), PER_CALL_OF_VARIANTS):
        for row in islice(rows, MOST_VARIANTS):
            known: Values = {Property.SKU: [text(row.get("sku"))], Property.PRICE: [text(row.get("price"))]}
            owners[text(row.get("id"))] = found[id].variants[text(row.get("id"))] = known
    for name in mapped.metafields(Property.VARIANT_METAFIELD):
        for node in _metafields(client, list(owners), name):
            if (id := text(node.get("id"))) in owners:
                owners[id][Property.VARIANT_METAFIELD, name] = _value(node)


def _metafields(client: ShopifyClient, ids: Sequence[str], name: str) -> Iterator[dict]:
    namespace, _dot, key = name.rpartition(".")
    return _nodes(client, METAFIELDS, ids, PER_CALL, namespace=namespace, key=key)


def _value(node: Mapping) -> list[str]:
    known = mapping(node.get("metafield"))
    return list(metafield_values(text(known.get("type")), text(known.get("value"))))


def _put(found: Mapping[str, Known], node: Mapping, name: Property | tuple[Property, str], values: list[str]) -> None:
    if (id := text(node.get("id"))) in found:
        found[id].values[name] = [composed(value) for value in values if value]


def _nodes(
    client: ShopifyClient, document: Document, ids: Sequence[str], at_once: int, **variables: str
) -> Iterator[dict]:
    for start in range(0, len(ids), at_once):
        yield from listed(client.run(document, ids=list(ids[start : start + at_once]), **variables).get("nodes"))
