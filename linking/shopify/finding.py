"""Looking for a product by hand: one request for what somebody has typed so far, at most 20 points of the store's limit each.

https://shopify.dev/docs/api/admin-graphql/2026-10/queries/products; an address is asked for exactly, by
https://shopify.dev/docs/api/admin-graphql/2026-10/queries/productByIdentifier. A text of several words is hardly a SKU: its
answer has more products instead of the variants that carry a code.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from linking.domain.product_search import Looked
from linking.shopify.catalog import ProductCard, card_of
from linking.shopify.paging import page
from setup.reasons import Reason
from setup.shapes import listed, mapping, text, whole
from setup.shopify.client import ShopifyClient
from setup.shopify.errors import Remedy, ShopifyError
from setup.shopify.graphql_documents import load
from setup.spelling import plain

DOCUMENTS = Path(__file__).parent / "documents"
FIND, BY_CODE = load(DOCUMENTS, "ProductsFind"), load(DOCUMENTS, "ProductsFindByCode")
BY_ADDRESS, CHOSEN = load(DOCUMENTS, "ProductFindByAddress"), load(DOCUMENTS, "ProductChosen")
PRODUCT = "gid://shopify/Product/"
GONE = Reason("find.gone")


@dataclass(frozen=True)
class Code:
    """A variant whose SKU or barcode fits. `whole`: that is what was typed, not only its beginning."""

    variant: str
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
    def exact(self) -> Sequence[str]:
        """The variants that were meant: their code is what was typed."""
        return [code.variant for code in self.codes if code.whole]


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
    if not looked.code:
        data = client.run(FIND, query=looked.query, after=after or None)
        rows, following = page(data.get("products"))
        return FoundPage(tuple(_found(row) for row in rows), following)
    data = client.run(BY_CODE, query=looked.query, codes=looked.codes, after=after or None)
    rows, following = page(data.get("products"))
    codes = _codes(listed(mapping(data.get("productVariants")).get("nodes")), typed)
    found = [_found(row) for row in rows]
    found = [replace(one, codes=tuple(codes.get(one.card.id, ()))) for one in found]
    return FoundPage(tuple(sorted(found, key=lambda one: (not one.exact, not one.codes))), following)


def chosen(client: ShopifyClient, product_id: str, variant_ids: Sequence[str]) -> ChosenProduct:
    """Read by its id: an index may not know the product yet. `variant_ids`: those that carry what was typed. Raises
    ShopifyError."""
    rows = listed(client.run(CHOSEN, ids=[product_id, *variant_ids]).get("nodes"))
    nodes = {text(node.get("id")): node for node in rows}
    node = nodes.get(product_id)
    if node is None or "title" not in node:
        raise ShopifyError(Remedy.GIVE_UP, GONE, "gone")
    own = [id for id in variant_ids if text(mapping(nodes.get(id, {}).get("product")).get("id")) == product_id]
    return ChosenProduct(card_of(node), tuple(_variant(id, nodes[id]) for id in own))


def _variant(id: str, node: Mapping) -> ChosenVariant:
    options = tuple((text(one.get("name")), text(one.get("value"))) for one in listed(node.get("selectedOptions")))
    return ChosenVariant(id, text(node.get("sku")), whole(node.get("position")) or 0, options)


def _found(node: Mapping) -> FoundProduct:
    pictures = []
    for medium in listed(mapping(node.get("media")).get("nodes")):
        url = text(mapping(mapping(medium.get("preview")).get("image")).get("url"))
        pictures += [url] if url else []
    card = card_of(dict(node))
    return FoundProduct(replace(card, image=pictures[0] if pictures else ""), tuple(pictures))


def _codes(rows: Sequence[dict], typed: str) -> dict[str, list[Code]]:
    """By product."""
    wanted, found = plain(typed).casefold(), dict[str, list[Code]]()
    for row in rows:
        sku, barcode = text(row.get("sku")), text(row.get("barcode"))
        shown = next((one for one in (sku, barcode) if plain(one).casefold() == wanted), "")
        code = Code(text(row.get("id")), text(row.get("title")), shown or sku or barcode, bool(shown))
        found.setdefault(text(mapping(row.get("product")).get("id")), []).append(code)
    return found
