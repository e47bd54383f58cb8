"""Upload presets, https://cloudinary.com/documentation/admin_api#upload_presets."""

import re
import secrets
from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox.cloudinary import add_ons, upload_settings
from sandbox.cloudinary.access import environment_of
from sandbox.cloudinary.environment import Environment
from sandbox.cloudinary.errors import Refused
from sandbox.cloudinary.paging import paged
from sandbox.cloudinary.transformation import Malformed, parse
from sandbox.world import World

NAME = re.compile(r"[^?&#%/\\<>+]{1,255}")
# The SDK sends them as "1" and "0"; they are answered as what they are.
SWITCHES = {"use_filename", "unique_filename", "use_filename_as_display_name", "overwrite", "backup", "faces", "colors"}
OF_ITS_OWN = ("name", "unsigned", "disallow_public_id", "live", "timestamp")


def add_routes(pages: Blueprint, world: World) -> None:
    @pages.get("/v1_1/<cloud>/upload_presets")
    def upload_presets(cloud: str) -> Response:
        environment = environment_of(world, cloud)
        names = sorted(environment.presets)
        page = paged(names, request.args.get("max_results"), request.args.get("next_cursor"), default=10)
        return jsonify(presets=[shown(environment, name) for name in page.items], **page.cursor)

    @pages.get("/v1_1/<cloud>/upload_presets/<name>")
    def upload_preset(cloud: str, name: str) -> Response:
        environment = environment_of(world, cloud)
        return jsonify(shown(environment, known(environment, name)))

    @pages.post("/v1_1/<cloud>/upload_presets")
    def create_upload_preset(cloud: str) -> Response:
        environment = environment_of(world, cloud)
        given: dict[str, Any] = request.get_json(silent=True) or request.form.to_dict()
        with environment.lock:
            name = str(given.get("name") or secrets.token_hex(4))
            if not NAME.fullmatch(name):
                raise Refused(400, f"Invalid preset name {name}")
            if name in environment.presets:
                raise Refused(409, f"Preset {name} already exists")
            environment.presets[name] = settled(world, environment, given)
        world.changed()
        return jsonify(message="created", name=name)

    @pages.put("/v1_1/<cloud>/upload_presets/<name>")
    def update_upload_preset(cloud: str, name: str) -> Response:
        environment = environment_of(world, cloud)
        given: dict[str, Any] = request.get_json(silent=True) or request.form.to_dict()
        with environment.lock:
            environment.presets[known(environment, name)] = settled(world, environment, given)
        world.changed()
        return jsonify(message="updated")

    @pages.delete("/v1_1/<cloud>/upload_presets/<name>")
    def delete_upload_preset(cloud: str, name: str) -> Response:
        environment = environment_of(world, cloud)
        with environment.lock:
            del environment.presets[known(environment, name)]
        world.changed()
        return jsonify(message="deleted")


def settled(world: World, environment: Environment, given: dict[str, Any]) -> dict[str, Any]:
    """What is kept of a preset, checked as an upload with it would be. Raises Refused."""
    for text in [str(given.get("transformation") or ""), *upload_settings.eager_of(given)]:
        try:
            parse(text, environment.transformations)
        except Malformed as wrong:
            raise Refused(400, str(wrong)) from None
    unsigned = given.get("unsigned") in (True, "true")
    if unsigned and given.get("overwrite") in (True, "true", "1"):
        raise Refused(400, "overwrite is not allowed for unsigned upload presets")
    upload_settings.access_of(given)
    upload_settings.values_of(environment, given, "file")
    add_ons.check(world, given)
    kept = {name: value for name, value in given.items() if name not in OF_ITS_OWN and value is not None}
    settings = {name: value in (True, "true", "1") if name in SWITCHES else value for name, value in kept.items()}
    return {"unsigned": unsigned, "settings": settings}


def known(environment: Environment, name: str) -> str:
    """Raises Refused."""
    if name not in environment.presets:
        raise Refused(404, f"Can't find upload preset with name {name}")
    return name


def shown(environment: Environment, name: str) -> dict[str, Any]:
    return {"name": name, **environment.presets[name]}
