"""The mutations, one module each. Importing them registers them."""

from sandbox.shopify.mutations import (
    bulk_operation_cancel,
    bulk_operation_run_query,
    file_create,
    file_delete,
    file_update,
    metafield_definition_create,
    metafields_delete,
    metafields_set,
    product_delete,
    product_reorder_media,
    product_set,
    product_update,
    product_variant_append_media,
    product_variant_detach_media,
    product_variants_bulk_update,
    staged_uploads_create,
)

__all__ = [
    "bulk_operation_cancel",
    "bulk_operation_run_query",
    "file_create",
    "file_delete",
    "file_update",
    "metafield_definition_create",
    "metafields_delete",
    "metafields_set",
    "product_delete",
    "product_reorder_media",
    "product_set",
    "product_update",
    "product_variant_append_media",
    "product_variant_detach_media",
    "product_variants_bulk_update",
    "staged_uploads_create",
]
