"""https://shopify.dev/docs/api/admin-graphql/2026-10/mutations/bulkOperationRunQuery"""

from typing import Any

from sandbox.shopify import bulk, bulk_rules
from sandbox.shopify.call import Call, mutation, user_error


@mutation("bulkOperationRunQuery")
def bulk_operation_run_query(call: Call, query: str, groupObjects: bool = False) -> dict[str, Any]:
    """Which scopes are needed shows when it runs; five may be under way."""
    from sandbox.shopify import bulk_lines  # it needs the resolvers, this one among them

    if problem := bulk_rules.problem(query):
        return refused(["query"], problem, "INVALID")
    under_way = bulk.unfinished(call.shop)
    if len(under_way) >= bulk.AT_A_TIME:
        listed = ", ".join(operation.id for operation in under_way)
        message = f"A bulk query operation for this app and shop is already in progress: {listed}."
        return refused(None, message, "OPERATION_IN_PROGRESS")
    bulk_lines.try_out(call.shop, query)
    client_id = call.install.client_id if call.install else ""
    return {"bulkOperation": bulk.start(call.shop, query, groupObjects, client_id), "userErrors": []}


def refused(field: list[str] | None, message: str, code: str) -> dict[str, Any]:
    return {"bulkOperation": None, "userErrors": [user_error(field, message, code)]}
