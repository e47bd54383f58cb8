"""The mutations, one module each. Importing them registers them."""

from sandbox.shopify.mutations import (
    file_create,
    file_delete,
    file_update,
    product_delete,
    product_reorder_media,
    product_set,
    product_update,
)

__all__ = [
    "file_create",
    "file_delete",
    "file_update",
    "product_delete",
    "product_reorder_media",
    "product_set",
    "product_update",
]
