"""https://shopify.dev/docs/api/admin-graphql/2026-10/mutations/fileDelete"""

from typing import Any

from sandbox.shopify import media
from sandbox.shopify.call import Call, mutation, user_error


@mutation("fileDelete", "write_files")
def file_delete(call: Call, fileIds: list[str]) -> dict[str, Any]:
    """Out of all products and variants at once, for good. One missing id refuses all."""
    ids = list(dict.fromkeys(fileIds))
    missing = [file_id for file_id in ids if file_id not in call.shop.files]
    if missing:
        listed = ",".join(missing)
        message = f"File id {listed} does not exist." if len(missing) == 1 else f"File ids {listed} do not exist."
        return {"deletedFileIds": None, "userErrors": [user_error(["fileIds"], message, "FILE_DOES_NOT_EXIST")]}
    for file_id in ids:
        media.remove(call.shop, call.shop.files[file_id])
    call.shop.world.changed()
    return {"deletedFileIds": ids, "userErrors": []}
