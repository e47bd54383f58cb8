"""Folders: of the root, of a folder, found by name, and new ones, https://cloudinary.com/documentation/admin_api#folders.

An asset's folder is there with it, and all above it. One that was made stays without assets, too.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox.cloudinary import answers
from sandbox.cloudinary.access import environment_of
from sandbox.cloudinary.environment import Environment
from sandbox.cloudinary.errors import Refused
from sandbox.cloudinary.paging import paged
from sandbox.cloudinary.sorting import DIRECTIONS
from sandbox.cloudinary.terms import contains, pattern
from sandbox.world import World

SORTED_BY = ("name", "path", "created_at")


@dataclass(frozen=True)
class Folder:
    path: str
    created_at: float

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def parent(self) -> str:
        return self.path.rpartition("/")[0]

    def as_json(self, environment: Environment) -> dict[str, Any]:
        id = hashlib.sha256(f"{environment.keys.environment_id}/{self.path}".encode()).hexdigest()[:34]
        return {"name": self.name, "path": self.path, "external_id": id}


def add_routes(pages: Blueprint, world: World) -> None:
    @pages.get("/v1_1/<cloud>/folders")
    def root_folders(cloud: str) -> Response:
        return children(environment_of(world, cloud), "")

    @pages.get("/v1_1/<cloud>/folders/<path:path>")
    def subfolders(cloud: str, path: str) -> Response:
        environment = environment_of(world, cloud)
        if path not in known_folders(environment):
            raise Refused(404, f"Can't find folder with path {path}")
        return children(environment, path)

    @pages.post("/v1_1/<cloud>/folders/<path:path>")
    def create_folder(cloud: str, path: str) -> Response:
        environment = environment_of(world, cloud)
        parts = [part for part in path.split("/") if part]
        made = "/".join(parts)
        with environment.lock:
            environment.folders.setdefault(made, world.clock())
        world.changed()
        return jsonify(success=True, path=made, name=parts[-1])

    @pages.post("/v1_1/<cloud>/folders/search")
    def search_folders(cloud: str) -> Response:
        """`expression`: one term, of the name (`name:knit*`) or the path, or none; the newest first unless `sort_by` says
        otherwise."""
        environment = environment_of(world, cloud)
        query = request.get_json(silent=True)
        if not isinstance(query, dict) or set(query) - {"expression", "sort_by", "max_results", "next_cursor"}:
            raise Refused(400, "Invalid parameters of a search for folders")
        found = matching(known_folders(environment).values(), str(query.get("expression") or ""))
        found.sort(key=lambda folder: (-folder.created_at, folder.path))
        for order in reversed(query.get("sort_by") or []):
            ((name, direction),) = order.items() if isinstance(order, dict) and len(order) == 1 else ((None, None),)
            if name not in SORTED_BY or direction not in DIRECTIONS:
                raise Refused(400, f"Invalid value for sort_by: {order}")
            found.sort(key=attrgetter(name), reverse=direction == "desc")
        page = paged(found, query.get("max_results"), query.get("next_cursor"), default=50)
        shown = [one.as_json(environment) | {"created_at": answers.moment(one.created_at)} for one in page.items]
        return jsonify(total_count=len(found), time=1, folders=shown, **page.cursor)


def children(environment: Environment, path: str) -> Response:
    found = sorted((one for one in known_folders(environment).values() if one.parent == path), key=by_name)
    page = paged(found, request.args.get("max_results"), request.args.get("next_cursor"), default=10)
    shown = [one.as_json(environment) for one in page.items]
    return jsonify(folders=shown, next_cursor=page.cursor.get("next_cursor"), total_count=len(found))


def known_folders(environment: Environment) -> dict[str, Folder]:
    """By path; each is as old as the first asset in it or below it."""
    dynamic = environment.world.settings.folders == "dynamic"
    ages: dict[str, float] = {}
    with environment.lock:
        for asset in environment.assets.values():
            path = asset.asset_folder if dynamic else asset.public_id.rpartition("/")[0]
            if path and asset.created_at < ages.get(path, float("inf")):
                ages[path] = asset.created_at
        for path, made in environment.folders.items():
            ages[path] = min(made, ages.get(path, made))
    for path, age in list(ages.items()):
        while path := path.rpartition("/")[0]:
            ages[path] = min(age, ages.get(path, age))
    return {path: Folder(path, age) for path, age in ages.items()}


def matching(folders: Iterable[Folder], expression: str) -> list[Folder]:
    """Raises Refused."""
    if not expression.strip():
        return list(folders)
    field, operator, value = expression.strip().partition("=" if "=" in expression else ":")
    if field not in ("name", "path") or not value:
        raise Refused(400, f"Query Error (at position 0): the sandbox searches folders by name or path: {expression}")
    wanted = pattern(value.removeprefix('"').removesuffix('"'))
    if operator == "=":
        return [one for one in folders if wanted.equals(getattr(one, field).lower())]
    return [one for one in folders if contains(getattr(one, field).lower(), wanted)]


def by_name(folder: Folder) -> tuple[str, str]:
    return folder.name.casefold(), folder.path
