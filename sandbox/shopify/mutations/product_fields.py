"""The plain fields that productUpdate and productSet may set; only those given are changed."""

from typing import TYPE_CHECKING, Any

from sandbox.shopify.records import Product
from sandbox.shopify.unsupported import Unsupported

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop

PLAIN = {
    "title": "title",
    "handle": "handle",
    "vendor": "vendor",
    "productType": "product_type",
    "status": "status",
    "descriptionHtml": "description_html",
    "tags": "tags",
}


ALWAYS_THERE = {"deleteConflictingConstrainedMetafields"}  # has a default in the schema


def check(given: dict[str, Any], *, besides: set[str], mutation: str) -> None:
    """Raises Unsupported for fields that the sandbox would have to ignore."""
    if unknown := set(given) - PLAIN.keys() - ALWAYS_THERE - besides:
        raise Unsupported(f"{', '.join(sorted(unknown))} of {mutation}")


def wrong_field(shop: "Shop", given: dict[str, Any], product: Product | None) -> tuple[str, str, str] | None:
    """(field, message, ProductSetUserErrorCode) of what cannot be set."""
    if "title" in given and not (given["title"] or "").strip():
        return "title", "Title can't be blank", "INVALID_INPUT"
    other = shop.product_with(given["handle"]) if given.get("handle") else None
    if other and other is not product:
        return "handle", f"Handle '{given['handle']}' already in use. Please provide a new handle.", "HANDLE_NOT_UNIQUE"
    return None


def apply(product: Product, given: dict[str, Any]) -> None:
    for name, attribute in PLAIN.items():
        if given.get(name) is not None:
            setattr(product, attribute, given[name])
