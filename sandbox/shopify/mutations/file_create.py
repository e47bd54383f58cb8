"""https://shopify.dev/docs/api/admin-graphql/2026-10/mutations/fileCreate"""

from typing import Any

from sandbox.shopify.call import Call, mutation, user_error
from sandbox.shopify.mutations import new_files


@mutation("fileCreate", "write_files")
def file_create(call: Call, files: list[dict[str, Any]]) -> dict[str, Any]:
    """Files come in the order of their rows. Whether a refused row holds up the others is a setting: nobody knows."""
    new_files.check_sources(files)
    settings = call.shop.world.settings
    if settings.duplicate_name == "whole_call" and any(new_files.is_taken(call.shop, row) for row in files):
        return {"files": [], "userErrors": [user_error(["files"], new_files.TAKEN, "FILENAME_ALREADY_EXISTS")]}
    made, errors = [], []
    if settings.refused_rows == "with_all":
        errors = [
            user_error(["files", str(index), refusal.key], refusal.message, refusal.code)
            for index, row in enumerate(files)
            if (refusal := new_files.refusal(call.shop, row))
        ]
    for index, row in enumerate(() if errors else files):
        refusal = new_files.refusal(call.shop, row)
        if refusal:
            errors.append(user_error(["files", str(index), refusal.key], refusal.message, refusal.code))
        else:
            made.append(new_files.make(call.shop, row))
    return {"files": made, "userErrors": errors}
