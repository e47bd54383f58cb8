"""The Upload API's changes to stored assets: metadata, context, tags, rename, destroy. Signed, without a rate limit.

https://cloudinary.com/documentation/image_upload_api_reference
"""

import re
import time
from collections.abc import Callable, Iterator
from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox.cloudinary import answers, signature
from sandbox.cloudinary.access import check_owner, environment_of
from sandbox.cloudinary.encoding import decoded_pairs
from sandbox.cloudinary.environment import Environment
from sandbox.cloudinary.errors import Refused
from sandbox.cloudinary.fields import checked_values
from sandbox.cloudinary.records import Asset
from sandbox.cloudinary.resources import RESOURCE_TYPES, TYPES
from sandbox.cloudinary.ruling import ruled
from sandbox.world import World

MOST_IDS = 1000
STALE = 3600  # seconds
NOTIFICATION = ("notification_url", "batch_id")  # left out of the signature of bulk calls
LONGEST_CONTEXT = 255


def add_routes(pages: Blueprint, world: World) -> None:
    @pages.post("/v1_1/<cloud>/<rt>/metadata")
    def metadata(cloud: str, rt: str) -> Response:
        """The same values for all public IDs of the call; if one of the assets cannot take them, none does."""
        environment = signed(world, cloud, rt, NOTIFICATION)
        with environment.lock:
            values = checked_values(environment.fields, decoded_pairs(needed("metadata")))
            clear = request.form.get("clear_invalid") in ("1", "true")
            after = {
                asset.asset_id: ruled(environment, asset.metadata, values, clear=clear)
                for asset in assets(environment, rt, dict.fromkeys(request.form.getlist("public_ids[]")))
            }
            return changed(environment, rt, lambda asset: setattr(asset, "metadata", after[asset.asset_id]))

    @pages.post("/v1_1/<cloud>/<rt>/context")
    def context(cloud: str, rt: str) -> Response:
        environment = signed(world, cloud, rt, NOTIFICATION)
        command = needed("command")
        if command == "remove_all":
            return changed(environment, rt, lambda asset: asset.context.clear())
        if command != "add":
            raise Refused(400, f"Invalid command {command}")
        pairs = decoded_pairs(needed("context"))
        check_context(pairs)
        return changed(environment, rt, lambda asset: asset.context.update(pairs))

    @pages.post("/v1_1/<cloud>/<rt>/tags")
    def tags(cloud: str, rt: str) -> Response:
        environment = signed(world, cloud, rt, NOTIFICATION)
        command = needed("command")
        given = [] if command == "remove_all" else [tag.strip() for tag in needed("tag").split(",")]
        if command not in TAG_COMMANDS:
            raise Refused(400, f"Invalid command {command}")
        return changed(environment, rt, lambda asset: setattr(asset, "tags", TAG_COMMANDS[command](asset.tags, given)))

    @pages.post("/v1_1/<cloud>/<rt>/rename")
    def rename(cloud: str, rt: str) -> Response:
        """The old address is unknown from now on, but for what the CDN holds of it, unless `invalidate` is set."""
        environment = signed(world, cloud, rt)
        with environment.lock:
            asset = existing(environment, rt, needed("from_public_id"))
            before = asset.place
            target, type = needed("to_public_id"), request.form.get("to_type") or asset.type
            if type not in TYPES:
                raise Refused(400, f"Invalid to_type {type}")
            make_room(environment, asset, target, type)
            environment.rename(asset, target, type)
        invalidate(world, environment, before)
        return jsonify(answers.of_list(environment, asset, answers.EXTRAS))

    @pages.post("/v1_1/<cloud>/<rt>/destroy")
    def destroy(cloud: str, rt: str) -> Response:
        """The CDN goes on delivering what it holds, unless `invalidate` is set."""
        environment = signed(world, cloud, rt)
        with environment.lock:
            asset = environment.at(rt, request.form.get("type") or "upload", needed("public_id"))
            if asset is None:
                return jsonify(result="not found")
            environment.remove(asset)
        invalidate(world, environment, asset.place)
        return jsonify(result="ok")


TAG_COMMANDS: dict[str, Callable[[list[str], list[str]], list[str]]] = {
    "add": lambda old, given: list(dict.fromkeys([*old, *given])),
    "remove": lambda old, given: [tag for tag in old if tag not in given],
    "replace": lambda old, given: list(dict.fromkeys(given)),
    "remove_all": lambda old, given: [],
    "set_exclusive": lambda old, given: list(dict.fromkeys([*old, *given])),
}


def signed(world: World, cloud: str, resource_type: str, also_unsigned: tuple[str, ...] = ()) -> Environment:
    """The environment, if the call is properly signed and fresh. Raises Refused."""
    environment = environment_of(world, cloud)
    if resource_type not in RESOURCE_TYPES:
        raise Refused(400, f"Invalid resource type {resource_type}")
    check_owner(world, environment, needed("api_key"))
    signature.check_call(request.form.to_dict(flat=False), environment.keys.api_secret, also_unsigned)
    stamp = needed("timestamp")
    if not re.fullmatch(r"\d{1,12}", stamp) or abs(time.time() - int(stamp)) > STALE:
        raise Refused(400, f"Stale request - reported time is {stamp} which is more than 1 hour ago")
    return environment


def needed(name: str) -> str:
    value = request.form.get(name)
    if not value:
        raise Refused(400, f"Missing required parameter - {name}")
    return value


def invalidate(world: World, environment: Environment, place: tuple[str, str, str]) -> None:
    """If the call asks for it, the CDN forgets what it holds of this place."""
    if request.form.get("invalidate") in ("1", "true"):
        world.renditions.purge(environment.cloud_name, place)


def existing(environment: Environment, resource_type: str, public_id: str) -> Asset:
    asset = environment.at(resource_type, request.form.get("type") or "upload", public_id)
    if asset is None:
        raise Refused(404, f"Resource not found - {public_id}")
    return asset


def changed(environment: Environment, resource_type: str, change: Callable[[Asset], Any]) -> Response:
    """Unknown public IDs are left out of the answer, without a word."""
    public_ids = request.form.getlist("public_ids[]")
    if not public_ids:
        raise Refused(400, "Missing required parameter - public_ids")
    if len(public_ids) > MOST_IDS:
        raise Refused(400, f"Too many public_ids: {len(public_ids)}, at most {MOST_IDS} are allowed")
    with environment.lock:
        found = list(assets(environment, resource_type, dict.fromkeys(public_ids)))
        for asset in found:
            change(asset)
            environment.touch(asset)
    return jsonify(public_ids=[asset.public_id for asset in found])


def assets(environment: Environment, resource_type: str, public_ids: Any) -> Iterator[Asset]:
    type = request.form.get("type") or "upload"
    return (asset for name in public_ids if (asset := environment.at(resource_type, type, name)))


def check_context(pairs: dict[str, str]) -> None:
    for key, value in pairs.items():
        if len(value) > LONGEST_CONTEXT:
            raise Refused(400, f"Context value of {key} is longer than {LONGEST_CONTEXT} characters")


def make_room(environment: Environment, asset: Asset, public_id: str, type: str) -> None:
    taken = environment.at(asset.resource_type, type, public_id)
    if taken is None or taken is asset:
        return
    if request.form.get("overwrite") not in ("1", "true"):
        raise Refused(400, f"to_public_id {public_id} already exists")
    environment.remove(taken)
