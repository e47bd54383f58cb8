"""https://shopify.dev/docs/api/admin-graphql/2026-10/mutations/bulkOperationCancel"""

from typing import Any

from sandbox.shopify import bulk
from sandbox.shopify.call import Call, mutation, user_error


@mutation("bulkOperationCancel")
def bulk_operation_cancel(call: Call, id: str) -> dict[str, Any]:
    """CANCELING first; a moment later CANCELED. Its userErrors have no code."""
    operation = call.shop.bulk_operations.get(id)
    if operation is None:
        return {"bulkOperation": None, "userErrors": [user_error(["id"], "Bulk operation does not exist")]}
    if operation.status not in ("CREATED", "RUNNING"):
        message = f"A bulk operation cannot be canceled when it is {operation.status.lower()}"
        return {"bulkOperation": operation, "userErrors": [user_error(["id"], message)]}
    bulk.cancel(call.shop, operation)
    return {"bulkOperation": operation, "userErrors": []}
