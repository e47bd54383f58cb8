"""Changing galleries: the one place that keeps galleries, variants' pictures and the limit of 250 media together."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sandbox.shopify import media

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop

LONGEST = 250
TOO_LONG = f"Product media limit of {LONGEST} exceeded."


def append(shop: "Shop", product_id: str, file_id: str) -> None:
    """To the end; a file that is in the gallery already keeps its place."""
    product = shop.products[product_id]
    if file_id not in product.media:
        product.media.append(file_id)
        shop.touch(product)


def detach(shop: "Shop", product_id: str, gone: set[str]) -> None:
    """Out of the gallery and of the product's variants; the files stay."""
    replace(shop, product_id, [file_id for file_id in shop.products[product_id].media if file_id not in gone])


def replace(shop: "Shop", product_id: str, gallery: list[str]) -> None:
    """The gallery becomes exactly this; a file that stands there twice counts once."""
    product = shop.products[product_id]
    after = list(dict.fromkeys(gallery))
    media.clear_variants(shop, product_id, set(product.media) - set(after))
    product.media = after
    shop.touch(product)


def too_long(shop: "Shop", additions: Iterable[tuple[str, str]]) -> bool:
    """Whether adding these (product id, file id) would take a gallery beyond the limit."""
    after: dict[str, set[str]] = {}
    for product_id, file_id in additions:
        after.setdefault(product_id, set(shop.products[product_id].media)).add(file_id)
    return any(len(gallery) > LONGEST for gallery in after.values())
