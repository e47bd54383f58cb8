"""https://shopify.dev/docs/api/admin-graphql/2026-10/mutations/stagedUploadsCreate"""

from typing import Any

from sandbox.shopify import staged
from sandbox.shopify.call import Call, mutation, user_error
from sandbox.shopify.unsupported import Unsupported
from sandbox.shopify.wording import missing_scope

IMAGES = {f"image/{kind}" for kind in ("jpeg", "jpg", "png", "webp", "gif", "heic", "svg+xml", "bmp", "tiff")}
VIDEOS = {"video/mp4", "video/quicktime", "video/webm"}
NEVER = {"text/html", "application/x-msdownload"}
NO_SIZE = "file size is required for video resources"


@mutation("stagedUploadsCreate")
def staged_uploads_create(call: Call, input: list[dict[str, Any]]) -> dict[str, Any]:
    """A row that is refused is an empty target, in its place."""
    for row in input:
        require_scope(call, row)
    targets, errors = [], []
    for index, row in enumerate(input):
        wrong = refusal(row)
        if wrong:
            errors.append(user_error(["input", str(index), wrong[0]], wrong[1]))
        targets.append(EMPTY if wrong else made(call, row))
    return {"stagedTargets": targets, "userErrors": errors}


EMPTY: dict[str, Any] = {"url": None, "resourceUrl": None, "parameters": []}


def require_scope(call: Call, row: dict[str, Any]) -> None:
    """Of the resource: pictures and videos may be media of products, or files. Raises ACCESS_DENIED, Unsupported."""
    enough = {
        "IMAGE": {"write_files", "write_products"},
        "VIDEO": {"write_files", "write_products"},
        "FILE": {"write_files"},
        "BULK_MUTATION_VARIABLES": call.scopes,
    }
    if row["resource"] not in enough:
        raise Unsupported(f"staged uploads of {row['resource']}")
    if row["resource"] == "VIDEO" and row["httpMethod"] != "POST":
        raise Unsupported("staged uploads of videos by PUT")
    if not call.scopes.intersection(enough[row["resource"]]):
        raise missing_scope("stagedUploadsCreate", "write_files")


def refusal(row: dict[str, Any]) -> tuple[str, str] | None:
    """(field, message)"""
    if row["resource"] == "VIDEO" and row.get("fileSize") is None:
        return "fileSize", NO_SIZE
    if not recognized(row["resource"], row["mimeType"].lower()):
        return "mimeType", f"{row['filename']}: ({row['mimeType']}) is not a recognized format"
    return None


def recognized(resource: str, mime: str) -> bool:
    if resource == "FILE":
        return "/" in mime and mime not in NEVER
    return mime in {"IMAGE": IMAGES, "VIDEO": VIDEOS, "BULK_MUTATION_VARIABLES": {"text/jsonl"}}[resource]


def made(call: Call, row: dict[str, Any]) -> dict[str, Any]:
    target = staged.create(
        call.shop,
        resource=row["resource"],
        method=row["httpMethod"],
        filename=row["filename"],
        mime=row["mimeType"],
        size=row.get("fileSize"),
    )
    url, resource_url = staged.addresses(call.shop, target)
    parameters = [{"name": name, "value": value} for name, value in target.parameters.items()]
    return {"url": url, "resourceUrl": resource_url, "parameters": parameters}
