"""What linking asks of a store's catalog: which products have these values in a field?"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from linking.domain.fields import ShopifyField, ShopifyKind
from linking.domain.matching import Candidate
from linking.shopify import bulk
from setup.graphql_documents import Document, load
from setup.shopify_client import ShopifyClient
from setup.shopify_errors import Remedy, ShopifyError

DOCUMENTS = Path(__file__).parent / "documents"
VARIANTS = load(DOCUMENTS, "VariantsByField")
PRODUCTS = load(DOCUMENTS, "ProductsByField")
BY_METAFIELD = load(DOCUMENTS, "ProductsByMetafield")
DEFINITION = load(DOCUMENTS, "MetafieldDefinition")
CARDS = load(DOCUMENTS, "ProductCards")
ALL_VARIANTS = load(DOCUMENTS, "CatalogBulk")
ALL_PRODUCTS = load(DOCUMENTS, "CatalogProductsBulk")
ALL_METAFIELDS = load(DOCUMENTS, "CatalogMetafieldBulk")
MAX_TERMS = 50
MAX_LENGTH = 4000
# Beyond these one bulk query, 10 points, is cheaper than searching and comes to an end sooner.
MAX_KEYS = 500
MAX_PAGES = 20


@dataclass(frozen=True)
class ProductCard:
    """What a person recognises a product by."""

    id: str
    title: str
    handle: str
    status: str
    image: str
    online_url: str


class ReadWhole(Exception):
    """Search cannot answer this question: the whole catalog has to be read. `note` tells people why, if they can mend it."""

    def __init__(self, note: str = "") -> None:
        super().__init__(note)
        self.note = note


def quoted(value: str) -> str:
    """A search value as Shopify reads it, https://shopify.dev/docs/api/usage/search-syntax."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def search_terms(field: ShopifyField, keys: Sequence[str]) -> Iterator[str]:
    """Queries of at most 50 quoted terms and 4,000 characters."""
    name = f"metafields.{field.namespace}.{field.key}" if field.kind == ShopifyKind.METAFIELD else field.kind.value
    batch: list[str] = []
    for key in keys:
        term = f"{name}:{quoted(key)}"
        if batch and (len(batch) == MAX_TERMS or sum(map(len, batch)) + len(term) + 4 * len(batch) > MAX_LENGTH):
            yield "(" + " OR ".join(batch) + ")"
            batch = []
        batch.append(term)
    if batch:
        yield "(" + " OR ".join(batch) + ")"


def candidates(client: ShopifyClient, field: ShopifyField, keys: Sequence[str]) -> Iterator[Candidate]:
    """Products that the store proposes for the keys; equality is decided by the caller. Raises ShopifyError, or ReadWhole
    at any time: what was proposed before it is not all."""
    if field.kind == ShopifyKind.METAFIELD:
        _require_filterable(client, field)
    queries = list(search_terms(field, list(dict.fromkeys(keys))))
    if len(set(keys)) > MAX_KEYS or len(queries) > MAX_PAGES:
        raise ReadWhole
    pages = (page for query in queries for page in _pages(client, field, query))
    for at, page in enumerate(pages):
        if at == MAX_PAGES:
            raise ReadWhole
        yield from page


def bulk_query(field: ShopifyField) -> str:
    """The bulk query that reads the field of every product or variant."""
    if field.of_variants:
        return bulk.inlined(ALL_VARIANTS)
    if field.kind == ShopifyKind.METAFIELD:
        return bulk.inlined(ALL_METAFIELDS, namespace=field.namespace, key=field.key)
    return bulk.inlined(ALL_PRODUCTS)


def everything(field: ShopifyField, objects: Iterable[dict]) -> Iterator[Candidate]:
    """The products of a bulk query's result. A variant names its product itself, so their order does not matter and
    nothing has to be kept."""
    for node in objects:
        parent = node.get("__parentId")
        if field.of_variants and parent:
            yield _variant(node | {"product": {"id": parent}}, field.kind)
        elif not field.of_variants and not parent:
            yield _metafield(node) if field.kind == ShopifyKind.METAFIELD else _product(node, field.kind)


def cards(client: ShopifyClient, ids: Sequence[str]) -> dict[str, ProductCard]:
    """The products that still exist, by id; 250 a call."""
    found: dict[str, ProductCard] = {}
    for start in range(0, len(ids), 250):
        data = client.run(CARDS, ids=list(ids[start : start + 250]))
        found |= {node["id"]: _card(node) for node in data["nodes"] if node and "title" in node}
    return found


def _card(node: dict) -> ProductCard:
    image = ((node.get("featuredMedia") or {}).get("preview") or {}).get("image") or {}
    url = node.get("onlineStoreUrl") or ""
    return ProductCard(node["id"], node["title"], node["handle"], node["status"], image.get("url") or "", url)


def _require_filterable(client: ShopifyClient, field: ShopifyField) -> None:
    """Without the capability Shopify ignores the filter and returns every product. Raises ReadWhole."""
    nodes = client.run(DEFINITION, namespace=field.namespace, key=field.key)["metafieldDefinitions"]["nodes"]
    name = f"{field.namespace}.{field.key}"
    if not nodes:
        text = f"The store has no product metafield {name}. Check the namespace and key in Shopify's settings."
        raise ShopifyError(Remedy.GIVE_UP, text, "no_definition")
    if not nodes[0]["capabilities"]["adminFilterable"]["enabled"]:
        raise ReadWhole(
            f"The metafield {name} cannot be searched in this store, so all of its products were read. It goes faster with "
            "filtering turned on in Shopify: Settings › Metafields and metaobjects › Products."
        )


def _pages(client: ShopifyClient, field: ShopifyField, query: str) -> Iterator[list[Candidate]]:
    document, root, extra, read = _question(field)
    after: str | None = None
    while True:
        answer = client.run(document, query=query, after=after, **extra)[root]
        yield [read(node) for node in answer["nodes"]]
        if not answer["pageInfo"]["hasNextPage"]:
            return
        after = answer["pageInfo"]["endCursor"]


def _question(field: ShopifyField) -> tuple[Document, str, dict[str, str], Callable[[dict], Candidate]]:
    if field.of_variants:
        return VARIANTS, "productVariants", {}, lambda node: _variant(node, field.kind)
    if field.kind == ShopifyKind.METAFIELD:
        return BY_METAFIELD, "products", {"namespace": field.namespace, "key": field.key}, _metafield
    return PRODUCTS, "products", {}, lambda node: _product(node, field.kind)


def _variant(node: dict, kind: ShopifyKind) -> Candidate:
    return Candidate(node["product"]["id"], (node[kind.value] or "",), node["id"])


def _product(node: dict, kind: ShopifyKind) -> Candidate:
    if kind == ShopifyKind.TAG:
        return Candidate(node["id"], tuple(node["tags"]))
    name = "productType" if kind == ShopifyKind.PRODUCT_TYPE else kind.value
    return Candidate(node["id"], (node[name],))


def _metafield(node: dict) -> Candidate:
    value = node["metafield"]
    if value is None:
        return Candidate(node["id"], ())
    listed = value["type"].startswith("list.")
    return Candidate(node["id"], tuple(map(str, json.loads(value["value"]))) if listed else (value["value"],))
