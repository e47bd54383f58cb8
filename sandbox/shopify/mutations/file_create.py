"""https://shopify.dev/docs/api/admin-graphql/2026-10/mutations/fileCreate"""

from typing import Any

from sandbox.shopify.call import Call, mutation, user_error
from sandbox.shopify.mutations import new_files


@mutation("fileCreate", "write_files")
def file_create(call: Call, files: list[dict[str, Any]]) -> dict[str, Any]:
    """Rows stand for themselves: a refused one does not hold up the others. Files come in the order of their rows."""
    new_files.check_sources(files)
    made, errors = [], []
    for index, row in enumerate(files):
        refusal = new_files.refusal(call.shop, row)
        if refusal:
            errors.append(user_error(["files", str(index), refusal.key], refusal.message, refusal.code))
        else:
            made.append(new_files.make(call.shop, row))
    return {"files": made, "userErrors": errors}
