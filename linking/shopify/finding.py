"""Looking for a product by hand: one request for what somebody has typed so far, at most 20 points of the store's limit each.

https://shopify.dev/docs/api/admin-graphql/2026-10/queries/products; an address is asked for exactly, by
https://shopify.dev/docs/api/admin-graphql/2026-10/queries/productByIdentifier. A text of several words is hardly a SKU: its
answer has more products instead of the variants that carry a code. What is exactly a code comes in a list of its own, as many
others may begin so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from linking.domain.product_search import Looked
from linking.shopify.catalog import VARIANTS, ProductCard, card_of
from linking.shopify.paging import page, pages
from setup.reasons import Reason
from setup.shapes import listed, mapping, text, whole
from setup.shopify.client import ShopifyClient
from setup.shopify.errors import Remedy, ShopifyError
from setup.shopify.graphql_documents import load
from setup.spelling import plain

DOCUMENTS = Path(__file__).parent / "documents"
FIND, BY_CODE = load(DOCUMENTS, "ProductsFind"), load(DOCUMENTS, "ProductsFindByCode")
BY_ADDRESS, CHOSEN = load(DOCUMENTS, "ProductFindByAddress"), load(DOCUMENTS, "ProductChosen")
PRODUCT, VARIANT = "gid://shopify/Product/", "gid://shopify/ProductVariant/"
GONE = Reason("find.gone")


@dataclass(frozen=True)
class Code:
    """A variant whose SKU or barcode fits. `whole`: that is what was typed, not only its beginning."""

    title: str
    text: str
    whole: bool


@dataclass(frozen=True)
class FoundProduct:
    """`pictures`: addresses of the first ones of its gallery; `codes`: of its variants, as far as they fit."""

    card: ProductCard
    pictures: Sequence[str] = ()
    codes: Sequence[Code] = ()

    @property
    def exact(self) -> bool:
        """Whether a code of it is what was typed."""
        return any(code.whole for code in self.codes)


@dataclass(frozen=True)
class FoundPage:
    """`after`: where the next page begins; empty at the end."""

    products: Sequence[FoundProduct]
    after: str = ""


@dataclass(frozen=True)
class ChosenVariant:
    """`position`: 0 where it is not known."""

    id: str
    sku: str
    position: int
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ChosenProduct:
    """`variants`: those that were meant; none for the product as a whole."""

    card: ProductCard
    variants: tuple[ChosenVariant, ...] = ()

    @property
    def row(self) -> dict:
        """As KeyMatch keeps products, without a reason."""
        return asdict(self.card) | {
            "variants": [one.id for one in self.variants],
            "skus": {one.id: one.sku for one in self.variants},
            "positions": {one.id: one.position for one in self.variants if one.position},
            "chosen": {one.id: [list(pair) for pair in one.options] for one in self.variants},
            "options": [name for one in self.variants[:1] for name, _value in one.options],
        }


def find(client: ShopifyClient, looked: Looked, typed: str, after: str = "") -> FoundPage:
    """What fits best comes first. Raises ShopifyError."""
    if looked.id or looked.handle:
        identifier = {"handle": looked.handle} if looked.handle else {"id": f"{PRODUCT}{looked.id}"}
        node = client.run(BY_ADDRESS, identifier=identifier).get("productByIdentifier")
        return FoundPage((_found(mapping(node)),) if node else ())
    if not looked.codes:
        data = client.run(FIND, query=looked.query, after=after or None)
        rows, following = page(data.get("products"))
        return FoundPage(tuple(_found(row) for row in rows), following)
    data = client.run(BY_CODE, query=looked.query, codes=looked.codes, code=looked.code, after=after or None)
    rows, following = page(data.get("products"))
    whole_ones, begun = (listed(mapping(data.get(name)).get("nodes")) for name in ("exact", "begun"))
    codes, found = _codes([*whole_ones, *begun], typed), {one.card.id: one for one in map(_found, rows)}
    for node in (mapping(row.get("product")) for row in whole_ones if not after):
        if id := text(node.get("id")):
            found.setdefault(id, _found(node))
    named = [replace(one, codes=tuple(codes.get(id, ()))) for id, one in found.items()]
    return FoundPage(tuple(sorted(named, key=lambda one: (not one.exact, not one.codes))), following)


def chosen(client: ShopifyClient, product_id: str, looked: Looked, typed: str) -> ChosenProduct:
    """Read by its id: an index may not know the product yet. With the variants that were meant: all those that carry what was
    typed, or the one that an address names. Raises ShopifyError."""
    meant = [f"{VARIANT}{looked.variant}"] if looked.variant else []
    rows = listed(client.run(CHOSEN, ids=[product_id, *meant]).get("nodes"))
    nodes = {text(node.get("id")): node for node in rows}
    node = nodes.get(product_id)
    if node is None or "title" not in node:
        raise ShopifyError(Remedy.GIVE_UP, GONE, "gone")
    found = [nodes[id] for id in meant if id in nodes] or _carrying(client, product_id, looked, typed)
    own = [one for one in found if text(mapping(one.get("product")).get("id")) == product_id]
    return ChosenProduct(card_of(node), tuple(map(_variant, own)))


def _carrying(client: ShopifyClient, product_id: str, looked: Looked, typed: str) -> list[dict]:
    """The variants of a product whose SKU or barcode is what was typed. Search only proposes; equality is decided here."""
    if not looked.code:
        return []
    query = f"product_id:{product_id.removeprefix(PRODUCT)} AND {looked.code}"
    asked = pages(lambda after: client.run(VARIANTS, query=query, after=after).get("productVariants"))
    return [node for rows in asked for node in rows if _whole(node, typed)]


def _variant(node: Mapping) -> ChosenVariant:
    options = tuple((text(one.get("name")), text(one.get("value"))) for one in listed(node.get("selectedOptions")))
    return ChosenVariant(text(node.get("id")), text(node.get("sku")), whole(node.get("position")) or 0, options)


def _found(node: Mapping) -> FoundProduct:
    pictures = []
    for medium in listed(mapping(node.get("media")).get("nodes")):
        image = medium.get("image") or mapping(medium.get("preview")).get("image")
        url = text(mapping(image).get("url"))
        pictures += [url] if url else []
    card = card_of(dict(node))
    return FoundProduct(replace(card, image=pictures[0] if pictures else ""), tuple(pictures))


def _codes(rows: Sequence[dict], typed: str) -> dict[str, list[Code]]:
    """By product; each variant once."""
    found: dict[str, list[Code]] = {}
    for row in {text(row.get("id")): row for row in rows}.values():
        shown = _whole(row, typed)
        code = Code(text(row.get("title")), shown or text(row.get("sku")) or text(row.get("barcode")), bool(shown))
        found.setdefault(text(mapping(row.get("product")).get("id")), []).append(code)
    return found


def _whole(node: Mapping, typed: str) -> str:
    """The SKU or barcode of a variant that is what was typed, but for case; empty if neither is."""
    codes = (text(node.get(name)) for name in ("sku", "barcode"))
    return next((one for one in codes if plain(one).casefold() == plain(typed).casefold()), "")
