"""Pictures of variants: at most one each, an image of the same product, READY.

https://shopify.dev/docs/api/admin-graphql/2026-10/mutations/productVariantAppendMedia and …DetachMedia: all or nothing,
100 pairs a call; a variant that has a picture is refused, so the old one is detached first.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from setup.graphql_documents import Document, load
from setup.shopify_client import ShopifyClient
from setup.shopify_errors import Remedy, ShopifyError

DOCUMENTS = Path(__file__).parent / "documents"
PICTURES = load(DOCUMENTS, "VariantPictures")
MORE = load(DOCUMENTS, "VariantPicturesMore")
ATTACH = load(DOCUMENTS, "VariantsAttach")
DETACH = load(DOCUMENTS, "VariantsDetach")
PER_READ = 50
PER_CALL = 100


@dataclass(frozen=True)
class Variant:
    id: str
    title: str
    picture: str | None


def pictures(client: ShopifyClient, product_ids: Sequence[str]) -> dict[str, list[Variant]]:
    """The variants of the products that exist, with the medium that each shows. A product may have 2,048 of them."""
    found: dict[str, list[Variant]] = {}
    for start in range(0, len(product_ids), PER_READ):
        data = client.run(PICTURES, ids=list(product_ids[start : start + PER_READ]))
        for node in data["nodes"]:
            if node and "variants" in node:
                found[node["id"]] = [_variant(item) for item in _items(client, node["id"], node["variants"])]
    return found


def _items(client: ShopifyClient, product_id: str, page: dict) -> Iterator[dict]:
    """A product may have 2,048 variants, 250 a page."""
    yield from page["nodes"]
    while page["pageInfo"]["hasNextPage"]:
        product = client.run(MORE, id=product_id, after=page["pageInfo"]["endCursor"])["product"]
        if product is None:
            return
        page = product["variants"]
        yield from page["nodes"]


def _variant(item: dict) -> Variant:
    media = item["media"]["nodes"]
    return Variant(item["id"], item["title"], media[0]["id"] if media else None)


def attach(client: ShopifyClient, product_id: str, pairs: Mapping[str, str]) -> None:
    """Variant id -> medium id. Raises ShopifyError with Shopify's words."""
    _write(client, ATTACH, "productVariantAppendMedia", product_id, pairs)


def detach(client: ShopifyClient, product_id: str, pairs: Mapping[str, str]) -> None:
    _write(client, DETACH, "productVariantDetachMedia", product_id, pairs)


def _write(client: ShopifyClient, document: Document, root: str, product_id: str, pairs: Mapping[str, str]) -> None:
    rows = [{"variantId": variant, "mediaIds": [medium]} for variant, medium in pairs.items()]
    for start in range(0, len(rows), PER_CALL):
        answer = client.run(document, productId=product_id, variantMedia=rows[start : start + PER_CALL])[root]
        if errors := answer["userErrors"]:
            raise ShopifyError(Remedy.GIVE_UP, errors[0]["message"], errors[0].get("code") or "")
