"""Deleted assets come back from their backups, https://cloudinary.com/documentation/admin_api#restore_resources_by_asset_id."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox.cloudinary import answers
from sandbox.cloudinary.access import environment_of
from sandbox.cloudinary.environment import Environment
from sandbox.cloudinary.errors import Refused
from sandbox.cloudinary.records import Asset
from sandbox.cloudinary.resources import check
from sandbox.world import World

NO_BACKUP = {"error": "no_backup"}


def add_routes(pages: Blueprint, world: World) -> None:
    @pages.post("/v1_1/<cloud>/resources/restore")
    def restore_by_asset_ids(cloud: str) -> Response:
        environment = environment_of(world, cloud)
        return jsonify({id: restored(environment, environment.backups.get(id)) for id in named("asset_ids")})

    @pages.post("/v1_1/<cloud>/resources/<rt>/<type>/restore")
    def restore(cloud: str, rt: str, type: str) -> Response:
        """Of several that had this public ID, the one that was deleted last."""
        environment = environment_of(world, cloud)
        check(rt, type)
        latest = {asset.public_id: asset for asset in environment.backups.values() if asset.place[:2] == (rt, type)}
        return jsonify({id: restored(environment, latest.get(id)) for id in named("public_ids")})


def named(field: str) -> Iterable[str]:
    """Raises Refused."""
    body = request.get_json(silent=True)
    ids = body.get(field) if isinstance(body, dict) else None
    if not isinstance(ids, list) or not ids:
        raise Refused(400, f"Missing required parameter - {field}")
    return dict.fromkeys(str(one) for one in ids)


def restored(environment: Environment, asset: Asset | None) -> dict[str, Any]:
    """Not over another asset that has taken the place meanwhile."""
    with environment.lock:
        if asset is None or asset.place in environment.places:
            return NO_BACKUP
        environment.restore(asset)
        return answers.of_list(environment, asset, answers.EXTRAS)
