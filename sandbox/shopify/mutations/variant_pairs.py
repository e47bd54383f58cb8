"""What productVariantAppendMedia and productVariantDetachMedia have in common: pairs of a variant and its one picture."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from sandbox.shopify.call import Call, user_error
from sandbox.shopify.records import File, Product, Variant

MOST = 100
TOO_MANY = f"Exceeded {MOST} variant-media pairs per mutation."

Wrong = tuple[str, str, str]  # (key of the row, message, MediaUserErrorCode)
Rows = list[dict[str, Any]]


def applied(
    call: Call,
    product_id: str,
    rows: Rows,
    check: Callable[[Variant, File], Wrong | None],
    apply: Callable[[Variant, File], None],
) -> dict[str, Any]:
    """The payload. Any error, and nothing is done."""
    product = call.product(product_id)
    if product is None:
        return refused([user_error(["productId"], "Product does not exist.", "PRODUCT_DOES_NOT_EXIST")])
    if len(rows) > MOST:
        return refused([user_error(["variantMedia"], TOO_MANY, "MAXIMUM_VARIANT_MEDIA_PAIRS_EXCEEDED")])
    errors = [
        user_error(["variantMedia", str(index), wrong[0]], wrong[1], wrong[2])
        for index in range(len(rows))
        if (wrong := wrong_with(call, product, rows, index, check))
    ]
    if errors:
        return refused(errors)
    changed = [variant_of(product, row) for row in rows]
    for variant, row in zip(changed, rows, strict=True):
        assert variant
        apply(variant, call.shop.files[row["mediaIds"][0]])
    call.shop.touch(product)
    return {"product": product, "productVariants": changed, "userErrors": []}


def refused(errors: list[dict[str, Any]]) -> dict[str, Any]:
    return {"product": None, "productVariants": None, "userErrors": errors}


def wrong_with(
    call: Call, product: Product, rows: Rows, index: int, check: Callable[[Variant, File], Wrong | None]
) -> Wrong | None:
    """The first thing wrong with a row. A variant that comes twice is reported once, where it comes first."""
    row, given = rows[index], [other["variantId"] for other in rows]
    if not row["mediaIds"]:
        return "mediaIds", "The mediaIds list cannot be empty.", "BLANK"
    if len(row["mediaIds"]) > 1:
        return "mediaIds", "Only one mediaId is allowed per media input.", "TOO_MANY_MEDIA_PER_INPUT_PAIR"
    if Counter(given)[row["variantId"]] > 1 and given.index(row["variantId"]) == index:
        message = "Variant was specified in more than one media input."
        return "variantId", message, "PRODUCT_VARIANT_SPECIFIED_MULTIPLE_TIMES"
    variant = variant_of(product, row)
    if variant is None:
        message = "Variant does not exist on the specified product."
        return "variantId", message, "PRODUCT_VARIANT_DOES_NOT_EXIST_ON_PRODUCT"
    if row["mediaIds"][0] not in product.media:
        return "mediaIds", "Media does not exist on the specified product.", "MEDIA_DOES_NOT_EXIST_ON_PRODUCT"
    return check(variant, call.shop.files[row["mediaIds"][0]])


def variant_of(product: Product, row: dict[str, Any]) -> Variant | None:
    return next((variant for variant in product.variants if variant.id == row["variantId"]), None)
