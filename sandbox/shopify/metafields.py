"""Metafields of products and variants: whose they are, and how names of namespaces and keys must look."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.shopify.ids import kind_of
from sandbox.shopify.records import Definition, Metafield, Product, Variant
from sandbox.shopify.unsupported import Unsupported

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop

OWNER_TYPES = {"Product": "PRODUCT", "ProductVariant": "PRODUCTVARIANT"}
LENGTHS = {"namespace": (3, 255), "key": (2, 64)}

NameProblem = tuple[str, str, str]  # (field, message, code)


@dataclass(frozen=True)
class Owner:
    """`product` is the product itself or the one that the variant is of: searches see its changes."""

    record: Product | Variant
    product: Product
    definitions: dict[str, Definition]


def owner_of(shop: "Shop", owner_id: str) -> Owner | None:
    """None if there is no such product or variant."""
    kind = kind_of(owner_id)
    if kind not in OWNER_TYPES:
        raise Unsupported(f"metafields of {kind}")
    definitions = shop.definitions_of(OWNER_TYPES[kind])
    if kind == "Product":
        product = shop.products.get(owner_id)
        return Owner(product, product, definitions) if product else None
    found = shop.variant(owner_id)
    return Owner(found[1], found[0], definitions) if found else None


def all_with(shop: "Shop", owner_type: str, full_name: str) -> list[tuple[str, Metafield]]:
    """(owner's id, metafield) of every owner of the type that has it."""
    owners: list[Product | Variant] = list(shop.products.values())
    if owner_type == "PRODUCTVARIANT":
        owners = [variant for product in shop.products.values() for variant in product.variants]
    return [(owner.id, owner.metafields[full_name]) for owner in owners if full_name in owner.metafields]


def named(namespace: str | None, key: str) -> str:
    """The "namespace.key" of what was given. Without a namespace, or with $app, the app's own is meant."""
    if namespace is None or namespace.startswith("$app"):
        raise Unsupported("the app's own namespace of metafields")
    return f"{namespace}.{key}"


def wrong_name(namespace: str, key: str) -> NameProblem | None:
    for field, value in (("namespace", namespace), ("key", key)):
        least, most = LENGTHS[field]
        title = field.capitalize()
        if len(value) < least:
            return field, f"{title} is too short (minimum is {least} characters)", "TOO_SHORT"
        if len(value) > most:
            return field, f"{title} is too long (maximum is {most} characters)", "TOO_LONG"
        if not re.fullmatch(r"[\w-]+", value, re.ASCII):
            return field, f"{title} contains one or more invalid characters.", "INVALID"
    return None
