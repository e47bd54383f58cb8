"""Reading assets: by ids, by list, one by one, https://cloudinary.com/documentation/admin_api#get_resources."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox.cloudinary import answers, embedded
from sandbox.cloudinary.access import environment_of
from sandbox.cloudinary.environment import Environment
from sandbox.cloudinary.errors import Refused
from sandbox.cloudinary.paging import Page, paged
from sandbox.cloudinary.records import Asset
from sandbox.world import World

RESOURCE_TYPES = ("image", "video", "raw")
TYPES = ("upload", "private", "authenticated", "fetch", "list")


def add_routes(pages: Blueprint, world: World) -> None:
    @pages.get("/v1_1/<cloud>/resources/by_asset_ids")
    def resources_by_asset_ids(cloud: str) -> Response:
        """Unknown ids are left out without a word, and the order is not the caller's."""
        environment = environment_of(world, cloud)
        asked = ids("asset_ids", world.settings.ids_per_call)
        found = [environment.assets[one] for one in sorted(asked) if one in environment.assets]
        return jsonify(resources=shown(environment, found), next_cursor=None)

    @pages.get("/v1_1/<cloud>/resources/<rt>/<type>")
    def resources(cloud: str, rt: str, type: str) -> Response:
        environment = environment_of(world, cloud)
        check(rt, type)
        if "public_ids[]" in request.args:
            found = [
                environment.at(rt, type, public_id) for public_id in ids("public_ids", world.settings.ids_per_call)
            ]
            return jsonify(resources=shown(environment, newest_first(one for one in found if one)))
        return listed(environment, rt, type)

    @pages.get("/v1_1/<cloud>/resources/<name>")
    def resource_by_asset_id(cloud: str, name: str) -> Response:
        """`name`: an asset_id, or a resource_type to list."""
        environment = environment_of(world, cloud)
        if name in RESOURCE_TYPES:
            return listed(environment, name, request.args.get("type"))
        asset = environment.assets.get(name)
        if asset is None:
            raise Refused(404, f"Resource not found - {name}")
        return jsonify(answers.of_detail(environment, asset) | embedded.shown(environment, asset, request.args))

    @pages.get("/v1_1/<cloud>/resources/<rt>/<type>/<path:public_id>")
    def resource(cloud: str, rt: str, type: str, public_id: str) -> Response:
        environment = environment_of(world, cloud)
        check(rt, type)
        asset = environment.at(rt, type, public_id)
        if asset is None:
            raise Refused(404, f"Resource not found - {public_id}")
        return jsonify(answers.of_detail(environment, asset) | embedded.shown(environment, asset, request.args))


def check(resource_type: str, type: str) -> None:
    if resource_type not in RESOURCE_TYPES:
        raise Refused(400, f"Invalid resource type {resource_type}")
    if type not in TYPES:
        raise Refused(400, f"Invalid type {type}")


def ids(name: str, most: int) -> list[str]:
    """Without doubles. Raises Refused."""
    given = request.args.getlist(f"{name}[]")
    if not given:
        raise Refused(400, f"Missing required parameter - {name}")
    if len(given) > most:
        raise Refused(400, f"Too many {name}: {len(given)}, at most {most} are allowed")
    return list(dict.fromkeys(given))


def newest_first(assets: Iterable[Asset]) -> list[Asset]:
    return sorted(assets, key=lambda asset: (-asset.created_at, asset.asset_id))


def shown(environment: Environment, assets: Iterable[Asset]) -> list[dict[str, Any]]:
    """As the query asks: `fields` wins over the flags."""
    if fields := request.args.get("fields"):
        wishes = answers.known_fields(name.strip() for name in fields.split(","))
        return [answers.only(answers.of_list(environment, asset, wishes), wishes) for asset in assets]
    flags = [name for flag, name in answers.FLAGS.items() if request.args.get(flag) in ("true", "1")]
    return [answers.of_list(environment, asset, flags) for asset in assets]


def listed(environment: Environment, resource_type: str, type: str | None) -> Response:
    prefix = request.args.get("prefix", "")
    found = [
        asset
        for asset in newest_first(environment.assets.values())
        if asset.resource_type == resource_type and type in (None, asset.type) and asset.public_id.startswith(prefix)
    ]
    page: Page[Asset] = paged(found, request.args.get("max_results"), request.args.get("next_cursor"), default=10)
    return jsonify(resources=shown(environment, page.items), **page.cursor)
