"""What linking asks of a store's catalog: which products have these values in a field?"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from linking.domain.fields import ShopifyField, ShopifyKind
from linking.domain.matching import Candidate
from setup.graphql_documents import Document, load
from setup.shopify_client import ShopifyClient
from setup.shopify_errors import Remedy, ShopifyError

DOCUMENTS = Path(__file__).parent / "documents"
VARIANTS = load(DOCUMENTS, "VariantsByField")
PRODUCTS = load(DOCUMENTS, "ProductsByField")
BY_METAFIELD = load(DOCUMENTS, "ProductsByMetafield")
DEFINITION = load(DOCUMENTS, "MetafieldDefinition")
CARDS = load(DOCUMENTS, "ProductCards")
MAX_TERMS = 50
MAX_LENGTH = 4000
MAX_PAGES = 40


@dataclass(frozen=True)
class ProductCard:
    """What a person recognises a product by."""

    id: str
    title: str
    handle: str
    status: str
    image: str
    online_url: str


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
    """Products that the store proposes for the keys; equality is decided by the caller. Raises ShopifyError."""
    if field.kind == ShopifyKind.METAFIELD:
        _require_filterable(client, field)
    for query in search_terms(field, keys):
        yield from _pages(client, field, query)


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
    """Without the capability Shopify ignores the filter and returns every product."""
    nodes = client.run(DEFINITION, namespace=field.namespace, key=field.key)["metafieldDefinitions"]["nodes"]
    name = f"{field.namespace}.{field.key}"
    if not nodes:
        text = f"The store has no product metafield {name}. Check the namespace and key in Shopify's settings."
        raise ShopifyError(Remedy.GIVE_UP, text, "no_definition")
    if not nodes[0]["capabilities"]["adminFilterable"]["enabled"]:
        text = (
            f"The metafield {name} cannot be searched in this store. In Shopify, open Settings › Metafields and metaobjects "
            "› Products and turn on its filtering."
        )
        raise ShopifyError(Remedy.GIVE_UP, text, "not_filterable")


def _pages(client: ShopifyClient, field: ShopifyField, query: str) -> Iterator[Candidate]:
    document, root, extra, read = _question(field)
    after: str | None = None
    for _ in range(MAX_PAGES):
        answer = client.run(document, query=query, after=after, **extra)[root]
        yield from (read(node) for node in answer["nodes"])
        if not answer["pageInfo"]["hasNextPage"]:
            return
        after = answer["pageInfo"]["endCursor"]
    raise ShopifyError(Remedy.GIVE_UP, "Too many products have these values; choose a field that tells them apart.")


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
