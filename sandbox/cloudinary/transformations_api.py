"""Named transformations, https://cloudinary.com/documentation/admin_api#transformations."""

from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox.cloudinary.access import environment_of
from sandbox.cloudinary.environment import Environment
from sandbox.cloudinary.errors import Refused
from sandbox.cloudinary.paging import paged
from sandbox.cloudinary.transformation import Malformed, parse, parsed_component
from sandbox.world import World


def add_routes(pages: Blueprint, world: World) -> None:
    @pages.get("/v1_1/<cloud>/transformations")
    def transformations(cloud: str) -> Response:
        """All, or with ?transformation=t_name that one."""
        environment = environment_of(world, cloud)
        if wished := request.args.get("transformation"):
            name = known(environment, wished)
            return jsonify(**shown(name), info=steps_of(environment.transformations[name]), derived=[])
        names = sorted(environment.transformations)
        page = paged(names, request.args.get("max_results"), request.args.get("next_cursor"), default=10)
        return jsonify(transformations=[shown(name) for name in page.items], **page.cursor)

    @pages.post("/v1_1/<cloud>/transformations")
    def create_transformation(cloud: str) -> Response:
        environment = environment_of(world, cloud)
        given: dict[str, Any] = request.get_json(silent=True) or request.form.to_dict()
        name, text = bare(str(given.get("name") or "")), str(given.get("transformation") or "")
        if not name or not text:
            raise Refused(400, "Missing required parameter - " + ("transformation" if name else "name"))
        if name in environment.transformations:
            raise Refused(409, f"Transformation {name} already exists")
        try:
            parse(text, environment.transformations)
        except Malformed as wrong:
            raise Refused(400, str(wrong)) from None
        environment.transformations[name] = text
        world.changed()
        return jsonify(message="created")

    @pages.put("/v1_1/<cloud>/transformations")
    def update_transformation(cloud: str) -> Response:
        """`unsafe_update`: a new definition under the old name."""
        environment = environment_of(world, cloud)
        given: dict[str, Any] = request.get_json(silent=True) or request.form.to_dict()
        name, text = known(environment, str(given.get("transformation") or "")), given.get("unsafe_update")
        if text:
            try:
                parse(str(text), environment.transformations)
            except Malformed as wrong:
                raise Refused(400, str(wrong)) from None
            environment.transformations[name] = str(text)
            world.changed()
        return jsonify(message="updated")

    @pages.delete("/v1_1/<cloud>/transformations")
    def delete_transformation(cloud: str) -> Response:
        environment = environment_of(world, cloud)
        given: dict[str, Any] = request.get_json(silent=True) or request.args.to_dict()
        del environment.transformations[known(environment, str(given.get("transformation")))]
        world.changed()
        return jsonify(message="deleted")


# As answers call parameters, https://cloudinary.com/documentation/admin_api#get_transformation_details; others come as they are.
LONG = {"w": "width", "h": "height", "c": "crop", "g": "gravity", "b": "background", "e": "effect", "q": "quality"}
LONG |= {"a": "angle", "ar": "aspect_ratio", "r": "radius", "x": "x", "y": "y", "z": "zoom", "o": "opacity"}
LONG |= {"so": "start_offset", "eo": "end_offset", "du": "duration", "ac": "audio_codec", "vc": "video_codec"}
LONG |= {"f": "fetch_format", "fl": "flags", "br": "bit_rate", "dpr": "dpr", "fps": "fps", "co": "color"}


def steps_of(text: str) -> list[dict[str, Any]]:
    """A definition as its details show it: a step each, with long names."""
    steps = []
    for component in filter(None, text.split("/")):
        values = parsed_component(component).values
        step: dict[str, Any] = {LONG[name]: value for name, value in values.items() if name in LONG}
        if "t" in values:
            step["transformation"] = [values["t"]]
        if raw := ",".join(f"{name}_{value}" for name, value in values.items() if name not in LONG and name != "t"):
            step["raw_transformation"] = raw
        steps.append(step)
    return steps


def bare(name: str) -> str:
    return name.removeprefix("t_")


def known(environment: Environment, name: str) -> str:
    """Raises Refused."""
    if bare(name) not in environment.transformations:
        raise Refused(404, f"Transformation not found - {name}")
    return bare(name)


def shown(name: str) -> dict[str, Any]:
    return {"name": f"t_{name}", "allowed_for_strict": True, "used": True, "named": True}
