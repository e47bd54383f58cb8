"""The Search API, https://cloudinary.com/documentation/search_api. It sees changes after the index lag.

A cursor names the last asset that was shown, and the search that it belongs to: what arrives meanwhile shifts no page, and
another expression or order has no use for it.
"""

import base64
import binascii
import hashlib
import json
import time
from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox.cloudinary import answers, embedded
from sandbox.cloudinary.access import environment_of
from sandbox.cloudinary.environment import Environment
from sandbox.cloudinary.errors import Refused
from sandbox.cloudinary.expressions import matcher
from sandbox.cloudinary.indexing import Row
from sandbox.cloudinary.paging import size_of
from sandbox.cloudinary.records import Asset
from sandbox.cloudinary.sorting import Order
from sandbox.world import World

KNOWN = {"expression", "max_results", "next_cursor", "sort_by", "with_field", "fields", "aggregate"}
WITH_FIELDS = {"context", "tags", "image_metadata", "image_analysis", "metadata", "quality_analysis"}
WITH_FIELDS |= {"accessibility_analysis"}
ALWAYS = {"asset_id", "public_id", "asset_folder", "created_at", "status", "type", "resource_type"}


def add_routes(pages: Blueprint, world: World) -> None:
    @pages.post("/v1_1/<cloud>/resources/search")
    def search(cloud: str) -> Response:
        started = time.monotonic()
        environment = environment_of(world, cloud)
        query = request.get_json(silent=True)
        if not isinstance(query, dict) or (unknown := set(query) - KNOWN):
            raise Refused(400, f"Unknown parameters: {sorted(unknown)}" if isinstance(query, dict) else "Invalid JSON")
        total, found, cursor = found_page(environment, query)
        shown = [item(environment, asset, query) for asset in found]
        took = int((time.monotonic() - started) * 1000)
        return jsonify(total_count=total, time=took, resources=shown, **cursor)


def found_page(environment: Environment, query: dict[str, Any]) -> tuple[int, list[Asset], dict[str, str]]:
    """How many there are, those of the page, and {"next_cursor": ...} if there are more. Raises Refused."""
    expression, dynamic = str(query.get("expression") or ""), environment.world.settings.folders == "dynamic"
    order = Order.of(query.get("sort_by") or [])
    matches = matcher(expression, now=environment.world.clock(), dynamic=dynamic)
    size = size_of(query.get("max_results"), 50)
    known_as = (expression, order, dynamic)
    after = row_after(query.get("next_cursor"), known_as, order)
    with environment.lock:
        ranked = environment.index.ranked(known_as if matches.lasting else None, matches.test, order.row)
        rows, more = ranked.page(size, after)
        found = [environment.index.asset(row[-1]) for row in rows]
        return len(ranked.rows), found, {"next_cursor": cursor_of(rows[-1], known_as, order)} if more else {}


def cursor_of(row: Row, known_as: object, order: Order) -> str:
    return base64.urlsafe_b64encode(json.dumps([mark(known_as), *order.plain(row)]).encode()).decode()


def row_after(cursor: object, known_as: object, order: Order) -> Row | None:
    """Raises Refused."""
    if not cursor:
        return None
    try:
        name, *values = json.loads(base64.urlsafe_b64decode(str(cursor).encode()))
        if name != mark(known_as):
            raise ValueError("it belongs to another search")
        return order.from_plain(values)
    except (ValueError, TypeError, binascii.Error):
        raise Refused(400, f"Invalid value for next_cursor: {cursor}") from None


def mark(known_as: object) -> str:
    return hashlib.sha256(repr(known_as).encode()).hexdigest()[:12]


def item(environment: Environment, asset: Asset, query: dict[str, Any]) -> dict[str, Any]:
    """Context comes flat here, in other answers below `custom`."""
    extras = as_list(query.get("with_field"))
    if wrong := [name for name in extras if name not in WITH_FIELDS]:
        raise Refused(400, f"Invalid value for with_field: {wrong[0]}")
    carried = environment.world.settings.embedded_in_search
    if "image_metadata" in extras and carried == "refused":
        raise Refused(400, "Invalid value for with_field: image_metadata")
    fields = set(answers.known_fields(as_list(query.get("fields"))))
    shown = answers.of_list(environment, asset, [*extras, *fields])
    shown |= {
        "status": "active",
        "uploaded_at": answers.moment(asset.uploaded),
        "etag": answers.etag_of(environment, asset),
    }
    shown |= {"filename": asset.public_id.rpartition("/")[2], "pixels": asset.width * asset.height}
    shown["aspect_ratio"] = round(asset.width / asset.height, 5) if asset.height else None
    if carried == "there":
        shown |= embedded.shown(environment, asset, extras)
    if "context" in shown:
        shown["context"] = shown["context"]["custom"]
    return answers.only(shown, fields | ALWAYS) if fields else shown


def as_list(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value] if value else []
