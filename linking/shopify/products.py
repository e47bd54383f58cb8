"""What a store says of products by their ids: what a run may be bounded by, and which collections they are in."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from linking.shopify.catalog import SPECIAL, any_of, quoted
from linking.shopify.paging import pages
from setup.shapes import listed, mapping, text
from setup.shopify.answers import UNREADABLE
from setup.shopify.client import ShopifyClient
from setup.shopify.errors import Remedy, ShopifyError
from setup.shopify.graphql_documents import load
from setup.spelling import composed, folded, forms

DOCUMENTS = Path(__file__).parent / "documents"
FACTS = load(DOCUMENTS, "ProductFacts")
COLLECTIONS = load(DOCUMENTS, "CollectionsByName")
LIKE = load(DOCUMENTS, "CollectionsLike")
IN_COLLECTION = load(DOCUMENTS, "ProductsInCollection")
PER_CALL = 250


def facts(client: ShopifyClient, ids: Sequence[str]) -> dict[str, dict[str, object]]:
    """{"id", "title", "status", "vendor", "product_type", "tags"} of the products that are shown, by id; 2 points for 250. Raises
    ShopifyError.

    https://shopify.dev/docs/api/admin-graphql/2026-10/objects/Product
    """
    found: dict[str, dict[str, object]] = {}
    for asked in _some(ids):
        for node in listed(client.run(FACTS, ids=asked).get("nodes")):
            if "title" in node and (id := text(node.get("id"))) in asked:
                found[id] = _facts(id, node)
    return found


def _facts(id: str, node: Mapping[str, object]) -> dict[str, object]:
    tags = node.get("tags")
    known = {name: composed(text(node.get(name))) for name in ("title", "status", "vendor")}
    return {
        "id": id,
        **known,
        "product_type": composed(text(node.get("productType"))),
        "tags": [composed(text(tag)) for tag in tags] if isinstance(tags, list) else [],
    }


def members(client: ShopifyClient, names: Sequence[str], ids: Sequence[str]) -> dict[str, list[str] | None]:
    """Which of these products are in each of the collections, by the collection's name as `folded` compares: its handle or its
    title; None for a name that the store's collections do not have. 11 points, and 2 for 250 products in each. Raises
    ShopifyError.

    https://shopify.dev/docs/api/admin-graphql/2026-10/objects/Product, `inCollection`
    """
    if not names:
        return {}
    known = _collections(client, names)
    return {
        name: list(dict.fromkeys(id for one in found for id in _in_collection(client, one, ids))) if found else None
        for name, found in known.items()
    }


def collections_like(client: ShopifyClient, typed: str) -> list[str]:
    """Titles of collections with words that begin like these, the first ten, for 6 points. Raises ShopifyError."""
    words = [SPECIAL.sub(r"\\\1", word) for word in typed.split() if word[0].isalnum()]
    if not words:
        return []
    query = " ".join(f"title:{word}*" for word in words)
    nodes = listed(mapping(client.run(LIKE, query=query).get("collections")).get("nodes"))
    return [title for node in nodes if (title := composed(text(node.get("title"))))]


def _collections(client: ShopifyClient, names: Sequence[str]) -> dict[str, list[str]]:
    """Their ids: several collections may have one title. Search only proposes; equality is decided here. Stores keep titles as
    they come, so each is asked for composed and decomposed."""
    found: dict[str, dict[str, None]] = {folded(name): {} for name in names}
    spelled = [one for name in names for one in forms(name)]
    for query in any_of(f"{field}:{quoted(one)}" for one in spelled for field in ("handle", "title")):
        for node in _proposed(client, query):
            for name in {folded(text(node.get("handle"))), folded(text(node.get("title")))} & found.keys():
                found[name][text(node.get("id"))] = None
    return {name: list(ids) for name, ids in found.items()}


def _proposed(client: ShopifyClient, query: str) -> Iterator[dict]:
    for rows in pages(lambda after: client.run(COLLECTIONS, query=query, after=after).get("collections")):
        yield from rows


def _in_collection(client: ShopifyClient, collection: str, ids: Sequence[str]) -> Iterator[str]:
    for asked in _some(ids):
        for node in listed(client.run(IN_COLLECTION, ids=asked, collection=collection).get("nodes")):
            if (id := text(node.get("id"))) not in asked:
                continue
            if not isinstance(inside := node.get("inCollection"), bool):  # it must not pass for one that is not
                raise ShopifyError(Remedy.LATER, UNREADABLE, "no_data")
            if inside:
                yield id


def _some(ids: Sequence[str]) -> Iterator[list[str]]:
    for start in range(0, len(ids), PER_CALL):
        yield list(ids[start : start + PER_CALL])
