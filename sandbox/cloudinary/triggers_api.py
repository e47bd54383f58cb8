"""Triggers: where events are sent to, https://cloudinary.com/documentation/admin_api#triggers."""

import secrets
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, jsonify, request

from sandbox.cloudinary import answers
from sandbox.cloudinary.access import environment_of
from sandbox.cloudinary.environment import Environment
from sandbox.cloudinary.errors import Refused
from sandbox.world import World

MOST = 30
EVENTS = {
    "all",
    "access_control_changed",
    "bulk_refresh_auto_fetch",
    "create_folder",
    "delete",
    "delete_by_token",
    "delete_folder",
    "eager",
    "error",
    "explode",
    "generate_archive",
    "info",
    "invalidate_custom_cdn",
    "moderation",
    "moderation_summary",
    "move",
    "move_or_rename_asset_folder",
    "multi",
    "publish",
    "rename",
    "report",
    "resource_context_changed",
    "resource_display_name_changed",
    "resource_metadata_changed",
    "resource_tags_changed",
    "restore_asset_version",
    "sprite",
    "upload",
}
HERE = ("localhost", "127.0.0.1")  # http addresses of this machine are taken, as the sandbox itself is one


def add_routes(pages: Blueprint, world: World) -> None:
    @pages.get("/v1_1/<cloud>/triggers")
    def triggers(cloud: str) -> Response:
        environment, wanted = environment_of(world, cloud), request.args.get("event_type")
        with environment.lock:
            found = [shown(row) for row in environment.triggers.values() if wanted in (None, row["event_type"])]
        return jsonify(triggers=found, total=len(found))

    @pages.post("/v1_1/<cloud>/triggers")
    def create_trigger(cloud: str) -> Response:
        environment, given = environment_of(world, cloud), request.get_json(silent=True) or {}
        uri, event, kind = checked(given.get("uri")), given.get("event_type"), given.get("uri_type") or "webhook"
        if event not in EVENTS:
            raise Refused(400, f"Invalid value for parameter: event_type {event}")
        if kind != "webhook":
            raise Refused(400, f"The sandbox has triggers of type webhook only, not {kind}")
        with environment.lock:
            if len(environment.triggers) >= MOST:
                raise Refused(400, f"Maximum number of triggers ({MOST}) reached")
            if any(row["uri"] == uri and row["event_type"] == event for row in environment.triggers.values()):
                raise Refused(409, "Trigger already exists")
            id, now = secrets.token_hex(32), world.clock()
            row = {"id": id, "uri": uri, "uri_type": kind, "event_type": event, "created_at": now, "updated_at": now}
            row["product_environment_id"] = environment.keys.environment_id
            if not environment.triggers:
                environment.events.begin()
            environment.triggers[id] = row
        world.changed()
        return jsonify(shown(row))

    @pages.put("/v1_1/<cloud>/triggers/<id>")
    def update_trigger(cloud: str, id: str) -> Response:
        environment = environment_of(world, cloud)
        uri = checked((request.get_json(silent=True) or {}).get("new_uri"))
        with environment.lock:
            known(environment, id).update(uri=uri, updated_at=world.clock())
        world.changed()
        return jsonify(message="ok")

    @pages.delete("/v1_1/<cloud>/triggers/<id>")
    def delete_trigger(cloud: str, id: str) -> Response:
        environment = environment_of(world, cloud)
        with environment.lock:
            known(environment, id)
            del environment.triggers[id]
        world.changed()
        return jsonify(message="ok")


def known(environment: Environment, id: str) -> dict[str, Any]:
    """Raises Refused."""
    if id not in environment.triggers:
        raise Refused(404, f"Trigger not found - {id}")
    return environment.triggers[id]


def checked(uri: object) -> str:
    """Raises Refused."""
    if not isinstance(uri, str) or not uri:
        raise Refused(400, "Missing required parameter - uri")
    parts = urlsplit(uri)
    if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in HERE)):
        raise Refused(400, "Invalid value for parameter: uri. It must be an https address")
    return uri


def shown(row: dict[str, Any]) -> dict[str, Any]:
    return row | {name: answers.moment(row[name]) for name in ("created_at", "updated_at")}
