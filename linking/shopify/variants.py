"""Pictures of variants: at most one each, an image of the same product, READY.

https://shopify.dev/docs/api/admin-graphql/2026-10/mutations/productVariantsBulkUpdate puts one picture in the place of
another, so no variant is ever without; …/productVariantDetachMedia is for those that shall have none.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from linking.domain.waiting import Wait, waiting_for
from linking.shopify.paging import pages
from setup.reasons import Reason, said
from setup.shapes import listed, mapping, text
from setup.shopify.client import ShopifyClient
from setup.shopify.errors import Remedy, ShopifyError
from setup.shopify.graphql_documents import Document, load

DOCUMENTS = Path(__file__).parent / "documents"
PICTURES = load(DOCUMENTS, "VariantPictures")
MORE = load(DOCUMENTS, "VariantPicturesMore")
SKUS = load(DOCUMENTS, "VariantSkus")
SKUS_MORE = load(DOCUMENTS, "VariantSkusMore")
SHOW = load(DOCUMENTS, "VariantsShow")
DETACH = load(DOCUMENTS, "VariantsDetach")
PER_READ = 50
PER_CALL = 100
PER_READ_OF_SKUS = 100
# What linking.shopify.paging says of one list, as opposed to the store.
UNREADABLE_LIST = ("endless_list", "no_data")


@dataclass(frozen=True)
class Variant:
    id: str
    title: str
    picture: str | None


@dataclass(frozen=True)
class Refusal:
    """Shopify's word on a call, of which nothing was done."""

    reason: Reason
    code: str

    @property
    def wait(self) -> Wait | None:
        return waiting_for(self.code)


Write = Callable[[ShopifyClient, str, Mapping[str, str]], "Refusal | None"]


def pictures(client: ShopifyClient, product_ids: Sequence[str]) -> dict[str, list[Variant]]:
    """The variants, up to 2,048, of the products that are shown, with the medium that each shows. Raises ShopifyError."""
    found: dict[str, list[Variant]] = {}
    for start in range(0, len(product_ids), PER_READ):
        for node in listed(client.run(PICTURES, ids=list(product_ids[start : start + PER_READ])).get("nodes")):
            if (id := text(node.get("id"))) and isinstance(node.get("variants"), dict):
                found[id] = _variants(client, id, node["variants"])
    return found


def skus(client: ShopifyClient, product_ids: Sequence[str], at_most: int) -> Iterator[tuple[str, dict[str, str]]]:
    """Product id, and SKUs by variant id, of the products that are shown and whose list of variants can be read to its end; chunk
    by chunk. Raises ShopifyError."""
    for start in range(0, len(product_ids), PER_READ_OF_SKUS):
        ids = list(product_ids[start : start + PER_READ_OF_SKUS])
        for node in listed(client.run(SKUS, ids=ids).get("nodes")):
            if (id := text(node.get("id"))) and isinstance(node.get("variants"), dict):
                try:
                    rows = list(islice(_rows(client, SKUS_MORE, id, node["variants"]), at_most))
                except ShopifyError as error:
                    if error.code not in UNREADABLE_LIST:
                        raise
                    continue
                yield id, {variant: text(row.get("sku")) for row in rows if (variant := text(row.get("id")))}


def _variants(client: ShopifyClient, product_id: str, first: dict) -> list[Variant]:
    return [variant for variant in map(_variant, _rows(client, MORE, product_id, first)) if variant.id]


def _rows(client: ShopifyClient, more: Document, product_id: str, first: dict) -> Iterator[dict]:
    """All variants of a product, whose first page is in hand."""

    def page(after: str | None) -> object:
        if after is None:
            return first
        return mapping(client.run(more, id=product_id, after=after).get("product")).get("variants")

    return (row for rows in pages(page) for row in listed(rows))


def _variant(item: dict) -> Variant:
    media = listed(mapping(item.get("media")).get("nodes"))
    return Variant(text(item.get("id")), text(item.get("title")), text(media[0].get("id")) or None if media else None)


def show(client: ShopifyClient, product_id: str, pictures: Mapping[str, str]) -> Refusal | None:
    """Variant id -> the medium that it shall show instead of what it shows, at most 100. All or nothing."""
    rows = [{"id": variant, "mediaId": medium} for variant, medium in pictures.items()]
    answer = client.write(SHOW, "productVariantsBulkUpdate", productId=product_id, variants=rows)
    return _refusal(answer)


def detach(client: ShopifyClient, product_id: str, pictures: Mapping[str, str]) -> Refusal | None:
    """Variant id -> the medium that it shall no longer show, at most 100. All or nothing."""
    rows = [{"variantId": variant, "mediaIds": [medium]} for variant, medium in pictures.items()]
    answer = client.write(DETACH, "productVariantDetachMedia", productId=product_id, variantMedia=rows)
    return _refusal(answer)


def in_calls(write: Write, client: ShopifyClient, product_id: str, pictures: Mapping[str, str]) -> Iterator[Refusal]:
    """`show` or `detach` for any number of variants; what is refused. Where the outcome is not known, the next read tells. Raises
    ShopifyError for a store that is away or refuses us."""
    pairs = list(pictures.items())
    for start in range(0, len(pairs), PER_CALL):
        try:
            refusal = write(client, product_id, dict(pairs[start : start + PER_CALL]))
        except ShopifyError as error:
            if error.remedy not in (Remedy.LOOK, Remedy.GIVE_UP):
                raise
            refusal = Refusal(error.reason, error.code) if error.remedy == Remedy.GIVE_UP else None
        if refusal is not None:
            yield refusal


def _refusal(answer: dict) -> Refusal | None:
    error = next(iter(listed(answer.get("userErrors"))), None)
    return None if error is None else Refusal(said(text(error.get("message"))), text(error.get("code")))
