"""The door to products that a person looks for in a store, while they wait."""

from collections.abc import Sequence
from dataclasses import dataclass

from linking.domain.fields import ShopifyField
from linking.domain.matching import Match
from linking.domain.product_search import MOST_CHARACTERS, looked_for
from linking.matching.patience import client_of
from linking.matching.searched import searched
from linking.shopify import finding
from linking.shopify.catalog import ProductCard, ReadWhole, cards
from linking.shopify.finding import PRODUCT, FoundPage
from linking.shopify.to_match import ProductToMatch, read
from setup.models import Store
from setup.reasons import NONE, Reason
from setup.spelling import plain

# Products that are described, of keys that many of them have: as many as one call reads.
MOST_DESCRIBED = 250
__all__ = ["Answered", "Meaning", "NeedsCatalog", "ProductToMatch", "chosen", "look", "meanings", "to_match"]


class NeedsCatalog(Exception):
    """A search is no answer to this question: a run, or a selection's page, reads the whole catalog. The text says why."""


@dataclass(frozen=True)
class Meaning:
    """What a key means in a store: its verdict, and its products with their variants that have it."""

    key: str
    match: Match
    cards: Sequence[ProductCard]

    def skus(self, card: ProductCard) -> list[str]:
        """Of the product's variants that have the key."""
        found = (self.match.skus.get(id, "") for id in self.match.variants.get(card.id, ()))
        return list(dict.fromkeys(filter(None, found)))


def meanings(store: Store, field: ShopifyField, keys: Sequence[str]) -> list[Meaning]:
    """Of keys as texts, each once, while somebody waits; as a run would find them, but by what a search can find. Raises
    ShopifyError, soon, and NeedsCatalog."""
    client, keys = client_of(store), list(dict.fromkeys(map(plain, keys)))
    try:
        found = searched(client, field, keys)
    except ReadWhole as reason:
        raise NeedsCatalog(str(reason.note)) from None
    ids = list(dict.fromkeys(id for one in found.values() for id in one.product_ids))[:MOST_DESCRIBED]
    known = cards(client, ids) if ids else {}
    return [Meaning(key, one, [known[id] for id in one.product_ids if id in known]) for key, one in found.items()]


@dataclass(frozen=True)
class Answered:
    """`page`: what was found, possibly nothing; None where nobody was asked. `note`: why there is nothing."""

    page: FoundPage | None = None
    note: Reason = NONE


def look(store: Store, typed: str, after: str = "") -> Answered:
    """One request at most; none for an address of another store, or where too little is typed. Raises ShopifyError, soon."""
    typed = typed.strip()[:MOST_CHARACTERS]
    looked = looked_for(typed, shop=store.domain)
    if looked.other:
        return Answered(note=Reason("find.other_shop", shop=looked.other))
    if not looked:
        return Answered(note=Reason("find.too_short") if typed else NONE)
    page = finding.find(client_of(store), looked, typed, after)
    return Answered(page, NONE if page.products else Reason("find.nothing", store=str(store), text=typed))


def to_match(store: Store, product_id: str, field: ShopifyField) -> ProductToMatch:
    """A product with its gallery and its values of the field. Raises ShopifyError, soon, and ValueError for what is no id of a
    product."""
    check_id(product_id)
    return read(client_of(store), product_id, field)


def check_id(product_id: str) -> None:
    """Raises ValueError."""
    number = product_id.removeprefix(PRODUCT)
    if number == product_id or not (number.isascii() and number.isdecimal()):
        raise ValueError(product_id)


def chosen(store: Store, product_id: str, typed: str) -> dict:
    """A product as it is now, as KeyMatch keeps it; `typed`: what it was found by, which may mean some of its variants. Raises
    ShopifyError, soon, and ValueError for what is no id of a product."""
    check_id(product_id)
    typed = typed.strip()[:MOST_CHARACTERS]
    return finding.chosen(client_of(store), product_id, looked_for(typed, shop=store.domain), typed).row
