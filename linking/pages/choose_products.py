"""Choose Assets from Shopify's side: products that fit what was typed, each with its gallery and the assets that would match."""

from dataclasses import dataclass
from typing import Any

from linking.domain.fields import CloudinaryField, ShopifyField
from linking.domain.from_shopify import matching
from linking.domain.product_search import is_address, looked_for
from linking.domain.searching import MOST_VALUES, BadFilter, Filters
from linking.matching import looking
from linking.matching.looking import ProductToMatch
from linking.pages.choose import Problem, problem_of
from linking.pages.choose_tiles import Tile, key_label, tiles_of
from linking.picker.walking import Place, page_of
from setup.cloudinary.client import CloudinaryError
from setup.models import Environment, Store
from setup.shopify.errors import ShopifyError

# Of a gallery, and of the assets that match it, so many are shown; and of the keys that are named.
MOST_SHOWN, MOST_NAMED = 12, 3
MOST_PRODUCTS = 4  # of a store


@dataclass(frozen=True)
class Assets:
    """Those that would match, as far as they are shown: `total` of them. `filters`: the search that finds them; None: there is
    none, and `problem` says why if something went wrong."""

    tiles: tuple[Tile, ...] = ()
    total: int = 0
    filters: Filters | None = None
    problem: Problem | None = None


def stores_context(environment: Environment, filters: Filters) -> dict[str, Any]:
    """The stores that are asked for what was typed, each in a fragment of its own. `belongs_to`: the shop that an address names,
    if that is none of them. No call."""
    typed, address = filters.text, is_address(filters.text)
    if not typed:
        return {"product_stores": ()}
    stores = [store for store in environment.stores.shown().in_order() if store.status == Store.Status.CONNECTED]
    looked = {store: looked_for(typed, shop=store.domain) for store in stores}
    asked = [store for store, one in looked.items() if one]
    elsewhere = next((one.other for one in looked.values() if one.other), "")
    return {
        "product_stores": asked,
        "product_typed": typed,
        "product_address": address,
        "belongs_to": "" if asked else elsewhere,
    }


def products_context(store: Store, typed: str, product_id: str) -> dict[str, Any]:
    """What a store has for it: a product in full if it is the one that was chosen or the only one that an address means, else a
    list. Raises ValueError for what is no id of a product."""
    context: dict[str, Any] = {"store": store, "typed": typed, "address": is_address(typed)}
    try:
        if not product_id:
            answered = looking.look(store, typed)
            found = list(answered.page.products if answered.page else ())
            if not (context["address"] and len(found) == 1):
                return context | {"found": found[:MOST_PRODUCTS], "note": answered.note}
            product_id = found[0].card.id
        field = ShopifyField.parse(store.environment.default_shopify_field)
        return context | shown_context(store, looking.to_match(store, product_id, field), field)
    except ShopifyError as error:
        return context | {"problem": error.reason, "product_id": product_id}


def shown_context(store: Store, product: ProductToMatch, field: ShopifyField) -> dict[str, Any]:
    return {
        "product": product,
        "pictures": product.pictures[:MOST_SHOWN],
        "more_pictures": product.more or len(product.pictures) > MOST_SHOWN,
        "assets": assets_of(store.environment, product),
        "shopify_field": field.label,
        "cloudinary_field": key_label(store.environment),
        "keys": product.keys[:MOST_NAMED],
        "other_keys": max(0, len(product.keys) - MOST_NAMED),
        "beyond": MOST_VALUES if len(product.keys) > MOST_VALUES or not product.whole else 0,
    }


def assets_of(environment: Environment, product: ProductToMatch) -> Assets:
    """By one call at most, and by the same question that Choose Assets asks when all of them are to be shown."""
    filters = matching(CloudinaryField.parse(environment.default_cloudinary_field), product.keys)
    if filters is None:
        return Assets()
    try:
        page = page_of(environment, filters, Place())
    except BadFilter as wrong:
        return Assets(filters=filters, problem=Problem(str(wrong)))
    except CloudinaryError as error:
        return Assets(filters=filters, problem=problem_of(environment, error))
    return Assets(tuple(tiles_of(environment, page.assets[:MOST_SHOWN], page.standing, ())), page.total, filters)
