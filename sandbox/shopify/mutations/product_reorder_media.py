"""https://shopify.dev/docs/api/admin-graphql/2026-10/mutations/productReorderMedia"""

from typing import Any

from sandbox.shopify import reorders
from sandbox.shopify.call import Call, mutation, user_error


@mutation("productReorderMedia", "write_products")
def product_reorder_media(call: Call, id: str, moves: list[dict[str, Any]]) -> dict[str, Any]:
    """A job; the order changes a moment later. Media ids that are unknown there are no error."""
    if call.product(id) is None:
        error = user_error(["id"], "Product does not exist", "PRODUCT_DOES_NOT_EXIST")
        return {"job": None, "mediaUserErrors": [error]}
    slow = call.behaviours.first("slow_reorders")
    seconds = slow.seconds if slow else call.shop.world.settings.reorder_seconds
    job = reorders.schedule(call.shop, id, [(move["id"], move["newPosition"]) for move in moves], seconds)
    call.shop.world.changed()
    return {"job": {"id": job, "done": False}, "mediaUserErrors": []}
