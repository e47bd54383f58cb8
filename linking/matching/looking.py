"""The door to products that a person looks for in a store, while they wait."""

from dataclasses import dataclass

from linking.domain.fields import ShopifyField
from linking.domain.product_search import MOST_CHARACTERS, looked_for
from linking.matching.patience import client_of
from linking.shopify import finding
from linking.shopify.finding import PRODUCT, FoundPage
from linking.shopify.to_match import ProductToMatch, read
from setup.models import Store
from setup.reasons import NONE, Reason

__all__ = ["Answered", "ProductToMatch", "chosen", "look", "to_match"]


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
