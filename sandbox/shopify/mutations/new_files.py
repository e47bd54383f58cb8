"""Rows that bring a new file into the store: fileCreate, productSet and productUpdate share them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sandbox.shopify import alts, filenames, media, staged
from sandbox.shopify.records import File
from sandbox.shopify.unsupported import Unsupported
from sandbox.shopify.wording import Refused

if TYPE_CHECKING:
    from sandbox.shopify.call import Call
    from sandbox.shopify.shop import Shop

LONGEST_SOURCE = 2048
LONGEST_ALT = 512
SET = {"at_once": "refused", "whole_call": "whole_call", "later": "later"}  # the setting, as codes of taken_name
TAKEN = "Filename already exists."
ALT_TOO_LONG = "The alt value exceeds the maximum limit of 512 characters."


@dataclass(frozen=True)
class Refusal:
    """Why a row is refused: the row's key that is wrong, the message, the FilesErrorCode."""

    key: str
    message: str
    code: str


def check_sources(rows: Iterable[dict[str, Any]]) -> None:
    """Raises INVALID_FIELD_ARGUMENTS for a source of a length that is refused before anything runs."""
    for row in rows:
        size = len(row["originalSource"]) if row.get("originalSource") is not None else 1
        if size > LONGEST_SOURCE:
            raise Refused("INVALID_FIELD_ARGUMENTS", f"originalSource is too long (maximum is {LONGEST_SOURCE})")
        if size < 1:
            raise Refused("INVALID_FIELD_ARGUMENTS", "originalSource is too short (minimum is 1)")


def is_web_address(source: str) -> bool:
    try:
        parts = urlsplit(source)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in source
    except ValueError:
        return False


def is_staged_video(shop: "Shop", source: str) -> bool:
    target = staged.of_source(shop, source)
    return target is not None and target.resource == "VIDEO"


def kind_of(row: dict[str, Any]) -> str:
    """The GraphQL type the file will have: by contentType, else by the extension of name or URL."""
    given = row.get("contentType")
    if given in ("EXTERNAL_VIDEO",):
        raise Unsupported(f"contentType {given}")
    if given:
        return {"IMAGE": "MediaImage", "FILE": "GenericFile", "VIDEO": "Video", "MODEL_3D": "Model3d"}[given]
    name = media.named(row["originalSource"], row.get("filename"))
    return "Model3d" if filenames.extension(name).lower() == "usdz" else filenames.kind_of(name)


def refusal(call: "Call", row: dict[str, Any]) -> Refusal | None:
    """The first thing wrong with a row: URL, then filename, then mode."""
    shop, source, filename = call.shop, row["originalSource"], row.get("filename")
    needs_upload = kind_of(row) == "Model3d" or (kind_of(row) == "Video" and not is_staged_video(shop, source))
    if not is_web_address(source) or needs_upload:
        return Refusal("originalSource", "File URL is invalid", "INVALID_IMAGE_SOURCE_URL")
    if len(row.get("alt") or "") > LONGEST_ALT:
        return Refusal("alt", ALT_TOO_LONG, "ALT_VALUE_LIMIT_EXCEEDED")
    if filename and filenames.extension(filename) != filenames.extension(filenames.of_url(source)):
        message = "Provided filename extension must match original source."
        return Refusal("filename", message, "MISMATCHED_FILENAME_AND_ORIGINAL_SOURCE")
    return _mode_refusal(call, row)


def _mode_refusal(call: "Call", row: dict[str, Any]) -> Refusal | None:
    mode, kind = row.get("duplicateResolutionMode") or "APPEND_UUID", row.get("contentType")
    if mode == "REPLACE" and kind != "IMAGE":
        message = f"Duplicate resolution mode 'REPLACE' is not supported for '{kind or 'MISSING'}' media type."
        return Refusal("duplicateResolutionMode", message, "INVALID_DUPLICATE_MODE_FOR_TYPE")
    if mode == "REPLACE" and not row.get("filename"):
        message = "Missing filename argument when attempting to use REPLACE duplicate mode."
        return Refusal("filename", message, "MISSING_FILENAME_FOR_DUPLICATE_MODE_REPLACE")
    if is_taken(call.shop, row) and on_taken(call, row) == "refused":
        return Refusal("filename", TAKEN, "FILENAME_ALREADY_EXISTS")
    return None


def is_taken(shop: "Shop", row: dict[str, Any]) -> bool:
    """Whether the row wants a name that is taken, and no other."""
    return row.get("duplicateResolutionMode") == "RAISE_ERROR" and name_of(shop, row) in shop.names


def taken_in(shop: "Shop", rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows that want a name that is taken, or that an earlier row takes."""
    found, names = [], set()
    for row in rows:
        name = name_of(shop, row)
        if is_taken(shop, row) or (name in names and row.get("duplicateResolutionMode") == "RAISE_ERROR"):
            found.append(row)
        names.add(name)
    return found


def on_taken(call: "Call", row: dict[str, Any]) -> str:
    """What becomes of a row whose name is taken: a code of the fault taken_name, or what the settings say."""
    fault = call.behaviours.first("taken_name", text=name_of(call.shop, row))
    return (fault.code or "refused") if fault else SET[call.shop.world.settings.duplicate_name]


def name_of(shop: "Shop", row: dict[str, Any]) -> str:
    """A staged video without a filename is called as its upload was announced: its address names nothing."""
    target = None if row.get("filename") else staged.of_source(shop, row["originalSource"])
    return media.named(row["originalSource"], target.filename if target else row.get("filename"))


def make(call: "Call", row: dict[str, Any]) -> File:
    """The file of a row that was not refused; REPLACE gives a file that is there new content and keeps its alt text."""
    shop = call.shop
    name, mode = name_of(shop, row), row.get("duplicateResolutionMode") or "APPEND_UUID"
    taken = shop.files.get(shop.names.get(name, ""))
    if taken and mode == "REPLACE" and taken.kind == "MediaImage":
        media.begin(shop, taken, row["originalSource"])
        shop.touch(taken)
        return taken
    outcome = on_taken(call, row) if taken and mode == "RAISE_ERROR" else ""
    if taken and outcome == "answered":
        return taken
    problem = media.duplicate_of(name) if outcome == "later" else None
    filename = name if problem else filenames.free(shop, name)
    alt = alts.kept(call, row.get("alt") or "")
    return media.create(shop, row["originalSource"], kind=kind_of(row), filename=filename, alt=alt, problem=problem)
