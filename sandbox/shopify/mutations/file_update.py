"""https://shopify.dev/docs/api/admin-graphql/2026-10/mutations/fileUpdate

Errors about the batch (field ["files"]) reject it whole: existence, then READY, then references and names. Errors about a
row's own field (alt, source) leave the other rows to be applied.
"""

from typing import TYPE_CHECKING, Any

from sandbox.shopify import alts, filenames, galleries, media, wording
from sandbox.shopify.call import Call, mutation, user_error
from sandbox.shopify.mutations import new_files
from sandbox.shopify.records import File
from sandbox.shopify.unsupported import Unsupported

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop

SAME_PICTURE = "Cannot update the preview image and image at the same time because they are one and the same."
FIXED_SOURCE = "Updating the original source is not supported for this media type."
FIXED_NAME = "Updating the filename is only supported on images and generic files"

Errors = list[dict[str, Any]]
Rows = list[dict[str, Any]]


@mutation("fileUpdate", "write_files")
def file_update(call: Call, files: Rows) -> dict[str, Any]:
    shop = call.shop
    check_doubles(files)
    new_files.check_sources(files)
    if any(row.get("referencesToAdd") or row.get("referencesToRemove") for row in files) and (
        "write_products" not in call.scopes
    ):
        raise wording.missing_products_permission()
    if error := batch_error(shop, files):
        return {"files": [], "userErrors": [error]}
    updated, errors = [], []
    before = {target: list(shop.products[target].media) for row in files for target in row.get("referencesToAdd") or ()}
    for index, row in enumerate(files):
        file = shop.files[row["id"]]
        if wrong := row_errors(shop, file, row, index):
            errors += wrong
        else:
            apply(call, file, row)
            updated.append(file)
    shuffle(call, before)
    return {"files": updated, "userErrors": errors}


def shuffle(call: Call, before: dict[str, list[str]]) -> None:
    """If it is scripted: what was added to each gallery stands at its end in the opposite order."""
    for product_id, gallery in before.items():
        product = call.shop.products[product_id]
        added = [file_id for file_id in product.media if file_id not in gallery]
        if len(added) > 1 and call.behaviours.first("media_shuffled"):
            product.media[-len(added) :] = reversed(added)


def check_doubles(rows: Rows) -> None:
    """Raises Unsupported for what nobody knows the outcome of, so that no app gets used to one."""
    if len({row["id"] for row in rows}) < len(rows):
        raise Unsupported("the same file in two rows of fileUpdate")
    for row in rows:
        named = [*(row.get("referencesToAdd") or ()), *(row.get("referencesToRemove") or ())]
        if len(set(named)) < len(named):
            raise Unsupported("the same product twice in a row of fileUpdate")


def batch_error(shop: "Shop", rows: Rows) -> dict[str, Any] | None:
    missing = [row["id"] for row in rows if row["id"] not in shop.files]
    if missing:
        listed = "[" + ", ".join(f'"{file_id}"' for file_id in dict.fromkeys(missing)) + "]"
        message = f"File id {listed} does not exist." if len(missing) == 1 else f"File ids {listed} do not exist."
        return user_error(["files"], message, "FILE_DOES_NOT_EXIST")
    if any(shop.files[row["id"]].status != "READY" for row in rows):
        return user_error(["files"], "Non-ready files cannot be updated.", "NON_READY_STATE")
    for row in rows:
        if error := name_error(shop.files[row["id"]], row) or reference_error(shop, row):
            return error
    if galleries.too_long(shop, ((pid, row["id"]) for row in rows for pid in row.get("referencesToAdd") or ())):
        return user_error(["files"], galleries.TOO_LONG, "PRODUCT_MEDIA_LIMIT_EXCEEDED")
    return None


def name_error(file: File, row: dict[str, Any]) -> dict[str, Any] | None:
    wanted = row.get("filename")
    if not wanted:
        return None
    if file.kind == "Video":
        return user_error(["files"], FIXED_NAME, "UNSUPPORTED_MEDIA_TYPE_FOR_FILENAME_UPDATE")
    if filenames.extension(wanted) != filenames.extension(file.filename):
        message = "The filename extension provided must match the original filename."
        return user_error(["files"], message, "INVALID_FILENAME_EXTENSION")
    return None


def reference_error(shop: "Shop", row: dict[str, Any]) -> dict[str, Any] | None:
    targets = [*(row.get("referencesToAdd") or ()), *(row.get("referencesToRemove") or ())]
    if any(target not in shop.products for target in targets):
        return user_error(["files"], "The reference target does not exist", "REFERENCE_TARGET_DOES_NOT_EXIST")
    if row.get("referencesToAdd") and not media.is_media(shop.files[row["id"]]):
        return user_error(["files"], "Generic files cannot be added to products.", "UNSUPPORTED_FILE_REFERENCE")
    return None


def row_errors(shop: "Shop", file: File, row: dict[str, Any], index: int) -> Errors:
    def error(key: str, message: str, code: str) -> dict[str, Any]:
        return user_error(["files", str(index), key], message, code)

    source, poster = row.get("originalSource"), row.get("previewImageSource")
    if source and poster:
        return [error(key, SAME_PICTURE, "INVALID") for key in ("previewImageSource", "originalSource")]
    if source and file.kind == "Video":
        return [error("originalSource", FIXED_SOURCE, "INVALID")]
    if poster and file.kind != "MediaImage":
        raise Unsupported("previewImageSource of anything but images")
    for key, given in (("originalSource", source), ("previewImageSource", poster)):
        if given and not new_files.is_web_address(given):
            return [error(key, "File URL is invalid", "INVALID_IMAGE_SOURCE_URL")]
    if len(row.get("alt") or "") > new_files.LONGEST_ALT:
        return [error("alt", new_files.ALT_TOO_LONG, "ALT_VALUE_LIMIT_EXCEEDED")]
    if row.get("filename") and shop.names.get(row["filename"], file.id) != file.id:
        return [error("filename", new_files.TAKEN, "FILENAME_ALREADY_EXISTS")]
    return []


def apply(call: Call, file: File, row: dict[str, Any]) -> None:
    shop = call.shop
    if row.get("alt") is not None:
        file.alt = alts.kept(call, row["alt"])
    if row.get("filename"):
        media.free_name(shop, file)
        file.filename = row["filename"]
        shop.names[file.filename] = file.id
    if source := row.get("originalSource") or row.get("previewImageSource"):
        media.begin(shop, file, source)
    for product_id in row.get("referencesToRemove") or ():
        galleries.detach(shop, product_id, {file.id})
    for product_id in row.get("referencesToAdd") or ():
        galleries.append(shop, product_id, file.id)
    shop.touch(file)
