"""What an upload is asked for: by its call, by its preset, and by what the call of a stranger may say.

https://cloudinary.com/documentation/image_upload_api_reference#upload and
https://cloudinary.com/documentation/upload_presets
"""

import json
import re
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sandbox.cloudinary.encoding import decoded_pairs
from sandbox.cloudinary.environment import Environment
from sandbox.cloudinary.errors import Refused
from sandbox.cloudinary.fields import checked_values
from sandbox.cloudinary.stored import check_context
from sandbox.cloudinary.transformation import Malformed, parse

OF_CALLS = {"file", "api_key", "signature", "timestamp", "signature_algorithm", "upload_preset"}
GIVEN = {"public_id", "type", "tags", "context", "metadata", "asset_folder", "display_name", "overwrite", "invalidate"}
GIVEN |= {"use_filename", "unique_filename", "use_filename_as_display_name", "filename_override", "public_id_prefix"}
GIVEN |= {"eager", "eager_async", "access_control", "access_mode", "transformation", "backup", "faces", "colors"}
GIVEN |= {"categorization", "auto_tagging", "detection", "auto_transcription", "notification_url"}
GIVEN |= {"media_metadata", "image_metadata"}
# Without a signature an upload may say only this.
UNSIGNED: tuple[str, ...] = (
    "upload_preset",
    "callback",
    "public_id",
    "folder",
    "asset_folder",
    "public_id_prefix",
    "tags",
    "context",
)
UNSIGNED += ("metadata", "face_coordinates", "custom_coordinates", "source", "regions", "filename_override")
UNSIGNED += ("manifest_transformation", "manifest_json", "template", "template_vars")
OFF = (False, "0", "false")
DRAWN = 6  # characters that make a file's name unique


def settings_of(environment: Environment, form: Mapping[str, str]) -> dict[str, Any]:
    """The preset's, with the call's over them. Raises Refused."""
    preset: dict[str, Any] = {}
    if name := form.get("upload_preset"):
        if name not in environment.presets:
            raise Refused(400, "Upload preset not found")
        preset = environment.presets[name]["settings"]
    found = preset | {key: value for key, value in form.items() if key not in OF_CALLS}
    if unknown := found.keys() - GIVEN:
        raise Refused(400, f"The sandbox does not know the upload parameter {min(unknown)}")
    for value in [*eager_of(found), str(found.get("transformation") or "")]:
        try:
            parse(value, environment.transformations)
        except Malformed as wrong:
            raise Refused(400, str(wrong)) from None
    return found


def check_stranger(environment: Environment, form: Mapping[str, str]) -> None:
    """An upload without a signature names a preset that allows it, and nothing that only an owner may say. Raises Refused."""
    name = form.get("upload_preset")
    if not name:
        raise Refused(400, "Upload preset must be specified when using unsigned upload")
    if name not in environment.presets:
        raise Refused(400, "Upload preset not found")
    if not environment.presets[name]["unsigned"]:
        raise Refused(400, "Upload preset must be whitelisted for unsigned uploads")
    for key in form:
        if key not in (*UNSIGNED, "file"):
            allowed = ",".join(UNSIGNED)
            raise Refused(
                400,
                f"{key} parameter is not allowed when using unsigned upload. Only {allowed} upload parameters are allowed.",
            )


def public_id_of(given: Mapping[str, Any], filename: str) -> str:
    """The call's, or the file's name, or one that is drawn. Raises Refused."""
    if wished := str(given.get("public_id") or ""):
        if re.search(r"[?&#%<>\\]|^\s|\s$|^/|/$|//", wished):
            raise Refused(400, f"public_id ({wished}) is invalid")
        name = wished
    elif given.get("use_filename") and given["use_filename"] not in OFF:
        name = re.sub(r"[^\w.-]+", "_", str(given.get("filename_override") or filename)).strip("_") or "file"
        if given.get("unique_filename", True) not in OFF:
            name += f"_{secrets.token_hex(DRAWN // 2)}"
    else:
        name = secrets.token_hex(10)
    prefix = str(given.get("public_id_prefix") or "").strip("/")
    return f"{prefix}/{name}" if prefix else name


def eager_of(given: Mapping[str, Any]) -> list[str]:
    """Transformations, one a rendition."""
    return [one for one in str(given.get("eager") or "").split("|") if one]


def access_of(given: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    """Raises Refused for what is no list of rules, and for a time that ends before it begins."""
    text = given.get("access_control")
    if not text:
        return None
    try:
        rules = json.loads(text) if isinstance(text, str) else text
        for rule in rules:
            if rule.get("access_type") not in ("anonymous", "token"):
                raise ValueError(rule)
            start, end = (datetime.fromisoformat(rule[name]) if rule.get(name) else None for name in ("start", "end"))
            if start and end and start >= end:
                raise ValueError(rule)
    except (TypeError, ValueError, AttributeError):
        raise Refused(400, "Invalid access_control") from None
    return list(rules)


def values_of(environment: Environment, given: Mapping[str, Any], filename: str) -> dict[str, Any]:
    """By the names of an asset's attributes. Mandatory fields have their default. Raises Refused."""
    found: dict[str, Any] = {}
    if "tags" in given:
        tags = given["tags"]
        listed = tags if isinstance(tags, list) else str(tags).split(",")
        found["tags"] = [tag for one in listed if (tag := str(one).strip())]
    if "context" in given:
        pairs = decoded_pairs(str(given["context"]))
        check_context(pairs)
        found["context"] = pairs
    metadata = {
        name: field.default_value
        for name, field in environment.fields.items()
        if field.mandatory and field.default_value is not None and not field.default_disabled
    }
    if "metadata" in given:
        metadata |= checked_values(environment.fields, decoded_pairs(str(given["metadata"])))
    if access := access_of(given):
        found["access_control"] = access
    if metadata:
        found["metadata"] = metadata
    if given.get("use_filename_as_display_name") and given["use_filename_as_display_name"] not in OFF:
        found["display_name"] = filename
    return found | {name: str(given[name]) for name in ("asset_folder", "display_name") if given.get(name)}
