"""Cloudinary's HTTP surface: the Admin API and the Upload API's changes to stored assets."""

import uuid

from flask import Blueprint, Response, request

from sandbox.cloudinary import (
    account,
    backups_api,
    captioning,
    errors,
    explicit,
    fields_api,
    folders_api,
    presets_api,
    resources,
    rules_api,
    search,
    stored,
    triggers_api,
    uploads,
    working,
)
from sandbox.cloudinary import transformations_api as named
from sandbox.cloudinary.access import check_key, environment_of, limits, spend
from sandbox.cloudinary.errors import Refused
from sandbox.mishaps import after, before
from sandbox.world import World

UPLOAD_API = (
    "upload",
    "upload_asked",
    "metadata",
    "context",
    "tags",
    "rename",
    "destroy",
    "explicit",
)  # signed, and without a limit
SEARCHES = ("search", "search_folders")


def blueprint(world: World) -> Blueprint:
    pages = Blueprint("cloudinary", __name__)
    for room in (
        account,
        backups_api,
        resources,
        search,
        folders_api,
        fields_api,
        rules_api,
        named,
        presets_api,
        stored,
        uploads,
        captioning,
        explicit,
        triggers_api,
    ):
        room.add_routes(pages, world)
    pages.register_error_handler(Refused, errors.answer)

    @pages.route("/v1_1/<cloud>/<path:rest>", methods=["GET", "POST", "PUT", "DELETE"])
    def unknown(cloud: str, rest: str) -> Response:
        raise Refused(404, f"Unknown route {request.method} {rest}")

    @pages.before_request
    def check() -> Response | None:
        scripted = before(world, "cloudinary", operation=endpoint(), text=text())
        if scripted is not None:
            return scripted
        environment = environment_of(world, cloud())
        if endpoint() not in UPLOAD_API:
            check_key(world, environment, request)
            spend(environment, searching=endpoint() in SEARCHES)
        working.finish(environment)
        return None

    @pages.after_request
    def sign(response: Response) -> Response:
        response.headers["X-Request-Id"] = uuid.uuid4().hex
        environment = world.environment(cloud())
        if environment:
            with environment.lock:
                response.headers.update(limits(environment, searching=endpoint() in SEARCHES)[0].headers())
        return after(response)

    return pages


def endpoint() -> str:
    """The name under which faults know the request: resources_by_asset_ids, search, metadata_fields, context, ..."""
    return (request.endpoint or "").rpartition(".")[2]


def cloud() -> str:
    return str((request.view_args or {}).get("cloud"))


def text() -> str:
    """What a fault's `match` is looked for in: the address, and the form that an upload call sends."""
    return " ".join([request.full_path, *request.form.values()])
