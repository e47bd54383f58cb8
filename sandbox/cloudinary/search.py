"""The Search API, https://cloudinary.com/documentation/search_api. It sees changes after the index lag."""

import time
from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox.cloudinary import answers
from sandbox.cloudinary.access import environment_of
from sandbox.cloudinary.environment import Environment
from sandbox.cloudinary.errors import Refused
from sandbox.cloudinary.expressions import matcher
from sandbox.cloudinary.paging import paged
from sandbox.cloudinary.records import Asset
from sandbox.world import World

KNOWN = {"expression", "max_results", "next_cursor", "sort_by", "with_field", "fields", "aggregate"}
WITH_FIELDS = {"context", "tags", "image_metadata", "image_analysis", "metadata", "quality_analysis"}
WITH_FIELDS |= {"accessibility_analysis"}
SORTED_BY = {"created_at", "uploaded_at", "public_id", "bytes", "width", "height", "format", "resource_type"}
ALWAYS = {"asset_id", "public_id", "asset_folder", "created_at", "status", "type", "resource_type"}


def add_routes(pages: Blueprint, world: World) -> None:
    @pages.post("/v1_1/<cloud>/resources/search")
    def search(cloud: str) -> Response:
        started = time.monotonic()
        environment = environment_of(world, cloud)
        query = request.get_json(silent=True)
        if not isinstance(query, dict) or (unknown := set(query) - KNOWN):
            raise Refused(400, f"Unknown parameters: {sorted(unknown)}" if isinstance(query, dict) else "Invalid JSON")
        found = found_assets(environment, query)
        page = paged(found, query.get("max_results"), query.get("next_cursor"), default=50)
        took = int((time.monotonic() - started) * 1000)
        shown = [item(environment, asset, query) for asset in page.items]
        return jsonify(total_count=len(found), time=took, resources=shown, **page.cursor)


def found_assets(environment: Environment, query: dict[str, Any]) -> list[Asset]:
    matches = matcher(str(query.get("expression") or ""))
    with environment.lock:
        found = [asset for asset in environment.index.assets() if matches(asset)]
    for order in reversed(query.get("sort_by") or []):
        ((name, direction),) = order.items() if isinstance(order, dict) and len(order) == 1 else ((None, None),)
        if name not in SORTED_BY:
            raise Refused(400, f"Invalid value for sort_by: {order}")
        attribute = "created_at" if name == "uploaded_at" else name
        found.sort(key=lambda asset: getattr(asset, attribute), reverse=direction == "desc")
    return found


def item(environment: Environment, asset: Asset, query: dict[str, Any]) -> dict[str, Any]:
    """Context comes flat here, in other answers below `custom`."""
    extras = as_list(query.get("with_field"))
    if wrong := [name for name in extras if name not in WITH_FIELDS]:
        raise Refused(400, f"Invalid value for with_field: {wrong[0]}")
    fields = set(answers.known_fields(as_list(query.get("fields"))))
    shown = answers.of_list(environment, asset, [*extras, *fields]) | {"status": "active"}
    if "context" in shown:
        shown["context"] = shown["context"]["custom"]
    return answers.only(shown, fields | ALWAYS) if fields else shown


def as_list(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value] if value else []
