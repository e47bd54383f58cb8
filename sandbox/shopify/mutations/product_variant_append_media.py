"""https://shopify.dev/docs/api/admin-graphql/2026-10/mutations/productVariantAppendMedia"""

from typing import Any

from sandbox.shopify.call import Call, mutation
from sandbox.shopify.mutations import variant_pairs
from sandbox.shopify.records import File, Variant


@mutation("productVariantAppendMedia", "write_products")
def product_variant_append_media(call: Call, productId: str, variantMedia: list[dict[str, Any]]) -> dict[str, Any]:
    """A variant has one picture at most: the old one is detached first."""
    return variant_pairs.applied(call, productId, variantMedia, check, attach)


def check(variant: Variant, file: File) -> variant_pairs.Wrong | None:
    if file.kind != "MediaImage":
        return "mediaIds", "Non-image media cannot be attached to variants.", "INVALID_MEDIA_TYPE"
    if file.status != "READY":
        return "mediaIds", "Non-ready media cannot be attached to variants.", "NON_READY_MEDIA"
    if variant.picture:
        message = "The given variant already has attached media."
        return "variantId", message, "PRODUCT_VARIANT_ALREADY_HAS_MEDIA"
    return None


def attach(variant: Variant, file: File) -> None:
    variant.picture = file.id
