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
OPTIONS = load(DOCUMENTS, "VariantOptions")
VALUES = load(DOCUMENTS, "VariantValues")
SKUS = load(DOCUMENTS, "VariantSkus")
SHOW = load(DOCUMENTS, "VariantsShow")
DETACH = load(DOCUMENTS, "VariantsDetach")
PER_READ = 50
PER_CALL = 100
PER_READ_OF_SKUS = 100
# What linking.shopify.paging says of one list, as opposed to the store.
UNREADABLE_LIST = ("endless_list", "no_data")


@dataclass(frozen=True)
class Variant:
    """`picture` is None, too, and `options`, (name, value) in the product's order, are empty, where they were not read."""

    id: str
    title: str
    picture: str | None
    options: tuple[tuple[str, str], ...] = ()


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
    return _read(client, PICTURES, product_ids)


def with_options(client: ShopifyClient, product_ids: Sequence[str]) -> dict[str, list[Variant]]:
    """The same with their options, which costs a fifth more. Raises ShopifyError."""
    return _read(client, OPTIONS, product_ids)


def options(client: ShopifyClient, product_ids: Sequence[str]) -> dict[str, list[Variant]]:
    """Their options alone, without the medium that each shows: for a quarter of the points. Raises ShopifyError."""
    return _read(client, VALUES, product_ids, PER_READ_OF_SKUS)


def _read(
    client: ShopifyClient, document: Document, product_ids: Sequence[str], at_once: int = PER_READ
) -> dict[str, list[Variant]]:
    rows = rows_of_products(client, document, product_ids, at_once)
    return {id: [variant for variant in map(_variant, found) if variant.id] for id, found in rows}


def skus(client: ShopifyClient, product_ids: Sequence[str], at_most: int) -> Iterator[tuple[str, dict[str, str]]]:
    """Product id, and SKUs by variant id, of the products that are shown and whose list of variants can be read to its end; chunk
    by chunk. Raises ShopifyError."""
    for id, found in rows_of_products(client, SKUS, product_ids, PER_READ_OF_SKUS):
        try:
            rows = list(islice(found, at_most))
        except ShopifyError as error:
            if error.code not in UNREADABLE_LIST:
                raise
            continue
        yield id, {variant: text(row.get("sku")) for row in rows if (variant := text(row.get("id")))}


def rows_of_products(
    client: ShopifyClient, document: Document, product_ids: Sequence[str], at_once: int
) -> Iterator[tuple[str, Iterator[dict]]]:
    """Product id, and the rows of its variants, of the products that are shown."""
    for start in range(0, len(product_ids), at_once):
        for node in _nodes(client, document, product_ids[start : start + at_once]):
            if (id := text(node.get("id"))) and isinstance(node.get("variants"), dict):
                yield id, _rows(client, document, id, node["variants"])


def _nodes(client: ShopifyClient, document: Document, ids: Sequence[str], after: str | None = None) -> list[dict]:
    return listed(client.run(document, ids=list(ids), after=after).get("nodes"))


def _rows(client: ShopifyClient, document: Document, product_id: str, first: dict) -> Iterator[dict]:
    """All variants of a product, whose first page is in hand."""

    def page(after: str | None) -> object:
        if after is None:
            return first
        return next((node.get("variants") for node in _nodes(client, document, [product_id], after)), None)

    return (row for rows in pages(page) for row in listed(rows))


def _variant(item: dict) -> Variant:
    media = listed(mapping(item.get("media")).get("nodes"))
    picture = text(media[0].get("id")) or None if media else None
    options = ((text(one.get("name")), text(one.get("value"))) for one in listed(item.get("selectedOptions")))
    return Variant(text(item.get("id")), text(item.get("title")), picture, tuple(pair for pair in options if all(pair)))


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
