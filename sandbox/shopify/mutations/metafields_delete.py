"""https://shopify.dev/docs/api/admin-graphql/2026-10/mutations/metafieldsDelete"""

from typing import Any

from sandbox.shopify import metafields as metafields_of
from sandbox.shopify.call import Call, mutation


@mutation("metafieldsDelete", "write_products")
def metafields_delete(call: Call, metafields: list[dict[str, Any]]) -> dict[str, Any]:
    """What is not there is null in the list, and no error."""
    return {"deletedMetafields": [deleted(call, row) for row in metafields], "userErrors": []}


def deleted(call: Call, row: dict[str, Any]) -> dict[str, Any] | None:
    name = metafields_of.named(row["namespace"], row["key"])
    owner = metafields_of.owner_of(call.shop, row["ownerId"])
    if owner is None or owner.record.metafields.pop(name, None) is None:
        return None
    call.shop.touch(owner.product)
    return row
