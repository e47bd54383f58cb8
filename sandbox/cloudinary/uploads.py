"""Uploads of files, https://cloudinary.com/documentation/image_upload_api_reference#upload: signed, or unsigned with a
preset that allows it; whole or in parts; from a server or a browser.

Only what is sent as a file, and only known parameters: another one is refused, since to pass over it would be a lie.
"""

import hashlib
from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox.cloudinary import add_ons, answers, chunks, embedded, ruling, stored, upload_settings, working
from sandbox.cloudinary.access import environment_of
from sandbox.cloudinary.contents import UnreadableContent, measure
from sandbox.cloudinary.environment import RAW, Environment
from sandbox.cloudinary.errors import Refused
from sandbox.cloudinary.records import Asset
from sandbox.cloudinary.rendering import SAVED_AS, rendered
from sandbox.cloudinary.resources import TYPES
from sandbox.cloudinary.transformation import parse
from sandbox.world import World

UNREADABLE = "Invalid image file"
# What browsers ask before they send something to another site.
FOR_BROWSERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "POST, OPTIONS",
    "Access-Control-Allow-Headers": "Content-Range, X-Unique-Upload-Id, X-Requested-With, Cache-Control",
    "Access-Control-Max-Age": "600",
}


def add_routes(pages: Blueprint, world: World) -> None:
    parts = chunks.Chunks()

    @pages.route("/v1_1/<cloud>/<rt>/upload", methods=["OPTIONS"])
    def upload_asked(cloud: str, rt: str) -> Response:
        return Response(status=204)

    @pages.after_request
    def for_browsers(response: Response) -> Response:
        if (request.endpoint or "").rpartition(".")[2] in ("upload", "upload_asked"):
            response.headers.update(FOR_BROWSERS)
        return response

    @pages.post("/v1_1/<cloud>/<rt>/upload")
    def upload(cloud: str, rt: str) -> Response:
        """A taken public ID gets a new version, unless `overwrite` is off."""
        environment = admitted(world, cloud, "image" if rt == "auto" else rt)
        given = upload_settings.settings_of(environment, request.form)
        content, filename = file_of_call()
        public_id = upload_settings.public_id_of(given, filename)
        if part := chunks.part_of(request.headers):
            whole = parts.add(cloud, part, content)
            if whole is None:  # the next part names the public ID that this one was answered
                return jsonify(done=False, public_id=public_id, bytes=part.end + 1, resource_type=rt)
            content = whole
        type = given.get("type") or "upload"
        if type not in TYPES:
            raise Refused(400, f"Invalid type {type}")
        kind = kind_of(content, rt)
        if kind == "image":
            content = normalised(environment, given, content)
        values = upload_settings.values_of(environment, given, filename)
        metadata = ruling.of_upload(environment, values.pop("metadata", {}))
        asked = add_ons.check(world, given)
        with environment.lock:
            taken = environment.at(kind, type, public_id)
            if taken is not None and given.get("overwrite") in upload_settings.OFF:
                return jsonify(uploaded(environment, taken, filename, given) | {"existing": True})
            if taken is None:
                raw = kind == "raw"
                lag = world.settings.index_lag
                asset = environment.add_asset(
                    content=content, public_id=public_id, raw=raw, type=type, lag=lag, metadata=metadata, **values
                )
                working.begin(environment, asset, asked, given)
                shown = uploaded(environment, asset, filename, given) | working.shown(asset)
                return jsonify(shown | eager(environment, asset, given))
            environment.overwrite(taken, content)
            for name, value in values.items():
                setattr(taken, name, value)
            if "metadata" in given:
                taken.metadata = metadata
            working.begin(environment, taken, asked, given)
            stored.invalidate(world, environment, taken.place)
            shown = uploaded(environment, taken, filename, given) | working.shown(taken) | {"overwritten": True}
            return jsonify(shown | eager(environment, taken, given))


def normalised(environment: Environment, given: dict[str, Any], content: bytes) -> bytes:
    """An incoming transformation replaces the original, of pictures that can be drawn here."""
    form = measure(content).format
    if not given.get("transformation") or form not in SAVED_AS:
        return content
    return rendered(content, parse(str(given["transformation"]), environment.transformations), form)


def admitted(world: World, cloud: str, resource_type: str) -> Environment:
    """Raises Refused."""
    if "signature" in request.form or "api_key" in request.form:
        return stored.signed(world, cloud, resource_type)
    environment = environment_of(world, cloud)
    if "upload_preset" not in request.form:
        return stored.signed(world, cloud, resource_type)  # which says what is missing
    upload_settings.check_stranger(environment, request.form)
    return environment


def eager(environment: Environment, asset: Asset, given: dict[str, Any]) -> dict[str, Any]:
    """The renditions that are made beforehand; here their addresses, which make them when they are first asked for."""
    wished = upload_settings.eager_of(given)
    if not wished:
        return {}
    address = answers.address(environment, asset)
    kind, _, rest = address.partition(f"/{asset.type}/")
    made = [
        {"transformation": one, "secure_url": f"{kind}/{asset.type}/{one}/{rest}", "format": asset.format}
        for one in wished
    ]
    return {"eager": made}


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


def uploaded(environment: Environment, asset: Asset, filename: str, given: dict[str, Any]) -> dict[str, Any]:
    signed = f"public_id={asset.public_id}&version={asset.version}{environment.keys.api_secret}"
    return answers.of_list(environment, asset, answers.EXTRAS) | {
        "version_id": hashlib.md5(f"{asset.asset_id}{asset.version}".encode(), usedforsecurity=False).hexdigest(),
        "signature": hashlib.sha1(signed.encode(), usedforsecurity=False).hexdigest(),
        "tags": list(asset.tags),
        "etag": answers.etag_of(environment, asset),
        "pages": answers.pages_of(environment, asset),
        "placeholder": asset.placeholder,
        "original_filename": filename,
        "api_key": environment.keys.api_key,
        **embedded.shown(environment, asset, given),
    }
