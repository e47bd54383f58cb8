"""Signed uploads of files, https://cloudinary.com/documentation/image_upload_api_reference#upload

Only what is sent as a file, and only the parameters below: another one is refused, since to pass over it would be a lie.
"""

import hashlib
import secrets
from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox.cloudinary import answers, stored
from sandbox.cloudinary.contents import UnreadableContent, measure
from sandbox.cloudinary.encoding import decoded_pairs
from sandbox.cloudinary.environment import RAW, Environment
from sandbox.cloudinary.errors import Refused
from sandbox.cloudinary.fields import checked_values
from sandbox.cloudinary.records import Asset
from sandbox.cloudinary.resources import TYPES
from sandbox.world import World

OF_CALLS = {"file", "api_key", "signature", "timestamp", "signature_algorithm"}
GIVEN = {"public_id", "type", "tags", "context", "metadata", "asset_folder", "display_name", "overwrite", "invalidate"}
UNREADABLE = "Invalid image file"


def add_routes(pages: Blueprint, world: World) -> None:
    @pages.post("/v1_1/<cloud>/<rt>/upload")
    def upload(cloud: str, rt: str) -> Response:
        """A taken public ID gets a new version, unless `overwrite` is off."""
        environment = stored.signed(world, cloud, "image" if rt == "auto" else rt)
        if unknown := request.form.keys() - OF_CALLS - GIVEN:
            raise Refused(400, f"The sandbox does not know the upload parameter {min(unknown)}")
        content, filename = file_of_call()
        kind = kind_of(content, rt)
        type = request.form.get("type") or "upload"
        if type not in TYPES:
            raise Refused(400, f"Invalid type {type}")
        public_id = request.form.get("public_id") or secrets.token_hex(10)
        values = values_of_call(environment)
        with environment.lock:
            taken = environment.at(kind, type, public_id)
            if taken is not None and request.form.get("overwrite") in ("0", "false"):
                return jsonify(uploaded(environment, taken, filename) | {"existing": True})
            if taken is None:
                raw = kind == "raw"
                lag = world.settings.index_lag
                asset = environment.add_asset(
                    content=content, public_id=public_id, raw=raw, type=type, lag=lag, **values
                )
                return jsonify(uploaded(environment, asset, filename))
            environment.overwrite(taken, content)
            for name, value in values.items():
                setattr(taken, name, value)
            stored.invalidate(world, environment, taken.place)
            return jsonify(uploaded(environment, taken, filename) | {"overwritten": True})


def file_of_call() -> tuple[bytes, str]:
    """Its bytes, and what it was called. Raises Refused."""
    sent = request.files.get("file")
    if sent is None and request.form.get("file"):
        raise Refused(400, "The sandbox takes files only, no addresses")
    content = sent.read() if sent else b""
    if sent is None or not content:
        raise Refused(400, "Missing required parameter - file")
    return content, (sent.filename or "file").rpartition("/")[2].rpartition(".")[0]


def kind_of(content: bytes, resource_type: str) -> str:
    """Raises Refused for a file that is not what it is uploaded as; `auto` takes anything."""
    if resource_type == "raw":
        return "raw"
    try:
        found = measure(content).resource_type
    except UnreadableContent:
        found = RAW.resource_type
    if resource_type not in ("auto", found):
        raise Refused(400, UNREADABLE if resource_type == "image" else "Unsupported video format or file")
    return found


def values_of_call(environment: Environment) -> dict[str, Any]:
    """What is given, by the names of an asset's attributes. Raises Refused."""
    form = request.form
    found: dict[str, Any] = {}
    if "tags" in form:
        found["tags"] = [tag for one in form["tags"].split(",") if (tag := one.strip())]
    if "context" in form:
        pairs = decoded_pairs(form["context"])
        stored.check_context(pairs)
        found["context"] = pairs
    if "metadata" in form:
        found["metadata"] = checked_values(environment.fields, decoded_pairs(form["metadata"]))
    return found | {name: form[name] for name in ("asset_folder", "display_name") if name in form}


def uploaded(environment: Environment, asset: Asset, filename: str) -> dict[str, Any]:
    signed = f"public_id={asset.public_id}&version={asset.version}{environment.keys.api_secret}"
    return answers.of_list(environment, asset, answers.EXTRAS) | {
        "version_id": hashlib.md5(f"{asset.asset_id}{asset.version}".encode(), usedforsecurity=False).hexdigest(),
        "signature": hashlib.sha1(signed.encode(), usedforsecurity=False).hexdigest(),
        "tags": list(asset.tags),
        "etag": asset.blob[:32],
        "pages": answers.pages_of(environment, asset),
        "placeholder": asset.placeholder,
        "original_filename": filename,
        "api_key": environment.keys.api_key,
    }
