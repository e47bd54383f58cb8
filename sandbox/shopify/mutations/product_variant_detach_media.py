"""https://shopify.dev/docs/api/admin-graphql/2026-10/mutations/productVariantDetachMedia"""

from typing import Any

from sandbox.shopify.call import Call, mutation
from sandbox.shopify.mutations import variant_pairs
from sandbox.shopify.records import File, Variant


@mutation("productVariantDetachMedia", "write_products")
def product_variant_detach_media(call: Call, productId: str, variantMedia: list[dict[str, Any]]) -> dict[str, Any]:
    """The picture stays in the gallery."""
    return variant_pairs.applied(call, productId, variantMedia, check, detach)


def check(variant: Variant, file: File) -> variant_pairs.Wrong | None:
    if variant.picture != file.id:
        message = "The specified media is not attached to the specified variant."
        return "variantId", message, "MEDIA_IS_NOT_ATTACHED_TO_VARIANT"
    return None


def detach(variant: Variant, file: File) -> None:
    variant.picture = None
