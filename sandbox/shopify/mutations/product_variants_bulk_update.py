"""https://shopify.dev/docs/api/admin-graphql/2026-10/mutations/productVariantsBulkUpdate

Of which only `mediaId` and the SKU of `inventoryItem` are imitated.
"""

from typing import Any

from sandbox.shopify.call import Call, mutation, user_error
from sandbox.shopify.records import Product
from sandbox.shopify.unsupported import Unsupported

Wrong = tuple[str, str, str]  # (key, message, ProductVariantsBulkUpdateUserErrorCode)


@mutation("productVariantsBulkUpdate", "write_products")
def product_variants_bulk_update(
    call: Call,
    productId: str,
    variants: list[dict[str, Any]],
    allowPartialUpdates: bool | None = False,
    media: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """A picture is replaced without being detached first, and never detached: without a mediaId, or with null, it stays.

    One error holds up all rows unless partial updates are allowed.
    """
    items = [row.get("inventoryItem") or {} for row in variants]
    if media or any(set(row) - {"id", "mediaId", "inventoryItem"} for row in variants) or any(map(beyond_sku, items)):
        raise Unsupported("productVariantsBulkUpdate beyond mediaId and the SKU")
    if len({row.get("id") for row in variants}) < len(variants):
        raise Unsupported("the same variant in two rows of productVariantsBulkUpdate")
    product = call.product(productId)
    if product is None:
        return payload(None, None, [user_error(["productId"], "Product does not exist", "PRODUCT_DOES_NOT_EXIST")])
    found = [wrong_with(call, product, row) for row in variants]
    errors = [user_error(["variants", str(at), w[0]], w[1], w[2]) for at, w in enumerate(found) if w]
    if errors and not allowPartialUpdates:
        return payload(product, None, errors)
    changed = []
    for row, wrong in zip(variants, found, strict=True):
        if wrong is None:
            variant = next(v for v in product.variants if v.id == row["id"])
            variant.picture = row.get("mediaId") or variant.picture
            variant.sku = (row.get("inventoryItem") or {}).get("sku", variant.sku)
            changed.append(variant)
    call.shop.touch(product)
    return payload(product, changed, errors)


def beyond_sku(item: dict[str, Any]) -> set[str]:
    return set(item) - {"sku"}


def payload(product: Product | None, variants: Any, errors: list[dict[str, Any]]) -> dict[str, Any]:
    return {"product": product, "productVariants": variants, "userErrors": errors}


def wrong_with(call: Call, product: Product, row: dict[str, Any]) -> Wrong | None:
    if not row.get("id"):
        return "id", "Product variant is missing ID attribute", "PRODUCT_VARIANT_ID_MISSING"
    if all(variant.id != row["id"] for variant in product.variants):
        return "id", "Product variant does not exist", "PRODUCT_VARIANT_DOES_NOT_EXIST"
    if not row.get("mediaId"):
        return None
    if row["mediaId"] not in product.media:
        return "mediaId", "Image must be for this product", "MUST_BE_FOR_THIS_PRODUCT"
    file = call.shop.files[row["mediaId"]]
    if file.kind != "MediaImage" or file.status != "READY":
        return "mediaId", "Only images that are ready can be attached to variants.", "INVALID_INPUT"
    return None
