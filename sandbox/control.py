"""The sandbox's own doors: what is in this world, how it behaves, and mishaps to rehearse."""

from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox import other_tool
from sandbox.building import draw_token
from sandbox.catalog.redrawing import redrawn
from sandbox.cloudinary.contents import UnreadableContent
from sandbox.cloudinary.environment import Environment
from sandbox.cloudinary.records import Asset
from sandbox.settings import MalformedSetting, is_time
from sandbox.world import World

Answer = Response | tuple[Response, int] | tuple[str, int]
CHANGEABLE = ("public_id", "type", "asset_folder", "display_name", "access_control", "access_mode", "moderation")


def blueprint(world: World) -> Blueprint:
    """GET /healthz, GET /world.json, POST /world/settings and /world/clock, and the mishaps below /world/."""
    pages = Blueprint("control", __name__)

    @pages.get("/healthz")
    def healthz() -> Response:
        return jsonify(status="ok")

    @pages.get("/world.json")
    def described() -> Response:
        return jsonify(world.as_json())

    @pages.get("/world/settings")
    def settings() -> Response:
        return jsonify(world.settings.as_json())

    @pages.post("/world/settings")
    def change_settings() -> Answer:
        try:
            world.settings.change(body() or {"": None})
        except MalformedSetting as wrong:
            return jsonify(error=str(wrong)), 400
        world.changed()
        return jsonify(world.settings.as_json())

    @pages.post("/world/clock")
    def clock() -> Answer:
        given = body()
        seconds: Any = given.get("forward")
        if set(given) != {"forward"} or not is_time(seconds):
            return jsonify(error='the body is {"forward": seconds}, from 0 on'), 400
        world.forward += float(seconds)
        world.changed()
        return jsonify(now=world.clock(), forward=world.forward)

    pages.register_blueprint(with_assets(world))
    pages.register_blueprint(with_stores(world))
    return pages


def with_assets(world: World) -> Blueprint:
    """What other people do in the Media Library while AssetLink works: delete, restore, overwrite, rename, move."""
    pages = Blueprint("with_assets", __name__, url_prefix="/world")

    @pages.delete("/assets/<asset_id>")
    def delete_asset(asset_id: str) -> Answer:
        environment, asset = find(world, asset_id)
        if environment is None or asset is None:
            return jsonify(error=f"no asset {asset_id}"), 404
        environment.remove(asset)
        world.renditions.purge(environment.cloud_name, asset.place)
        return "", 204

    @pages.put("/assets/<asset_id>")
    def overwrite_asset(asset_id: str) -> Answer:
        """{"redraw": true} gives it other content, too."""
        environment, asset = find(world, asset_id)
        if environment is None or asset is None:
            return jsonify(error=f"no asset {asset_id}"), 404
        try:
            content = redrawn(world.blobs.get(asset.blob), asset.version + 1) if body().get("redraw") else None
        except UnreadableContent as wrong:
            return jsonify(error=str(wrong)), 400
        environment.overwrite(asset, content)
        return jsonify(asset_id=asset_id, public_id=asset.public_id, version=asset.version)

    @pages.patch("/assets/<asset_id>")
    def change_asset(asset_id: str) -> Answer:
        """What the Media Library does, which invalidates: rename, move to a folder, another delivery type or access."""
        environment, asset = find(world, asset_id)
        if environment is None or asset is None:
            return jsonify(error=f"no asset {asset_id}"), 404
        change = {name: value for name, value in body().items() if name in CHANGEABLE}
        if not change or len(change) < len(body()):
            return jsonify(error=f"the body names some of {', '.join(CHANGEABLE)}"), 400
        with environment.lock:
            public_id, type = change.pop("public_id", asset.public_id), change.pop("type", asset.type)
            taken = environment.at(asset.resource_type, type, public_id)
            if taken not in (None, asset):
                return jsonify(error=f"{public_id} is taken"), 409
            world.renditions.purge(environment.cloud_name, asset.place)
            for name, value in change.items():
                setattr(asset, name, value)
            environment.rename(asset, public_id, type)
        return jsonify(asset_id=asset_id, public_id=public_id, type=type, version=asset.version)

    @pages.post("/assets/<asset_id>/restore")
    def restore_asset(asset_id: str) -> Answer:
        """From the backup of what was deleted."""
        for environment in world.environments:
            with environment.lock:
                asset = environment.backups.get(asset_id)
                if asset is not None and asset.place not in environment.places:
                    environment.restore(asset)
                    return jsonify(asset_id=asset_id, public_id=asset.public_id, version=asset.version)
        return jsonify(error=f"no backup of {asset_id}, or its place is taken"), 404

    return pages


def with_stores(world: World) -> Blueprint:
    """And in a store: revoke the token, delete a product, fill a gallery with another tool."""
    pages = Blueprint("with_stores", __name__, url_prefix="/world")

    @pages.post("/stores/<domain>/token")
    def revoke_token(domain: str) -> Answer:
        shop = world.shops.get(domain)
        if shop is None:
            return jsonify(error=f"no store {domain}"), 404
        shop.access_token = draw_token()
        world.changed()
        return jsonify(domain=domain, access_token=shop.access_token)

    @pages.post("/stores/<domain>/products/<name>/delete")
    def delete_product(domain: str, name: str) -> Answer:
        """`name`: the product's handle, or the number in its id."""
        shop = world.shops.get(domain)
        if shop is None:
            return jsonify(error=f"no store {domain}"), 404
        with shop.lock:
            product = shop.product_with(name) or shop.products.get(f"gid://shopify/Product/{name}")
            if product is None:
                return jsonify(error=f"no product {name} in {domain}"), 404
            shop.remove_product(product)
        world.changed()
        return "", 204

    @pages.post("/stores/<domain>/products/<name>/pictures")
    def add_picture(domain: str, name: str) -> Answer:
        """{"asset": its id, "as": one of sandbox.other_tool.WAYS, "name": the file's, if it is to have a certain one}."""
        shop, given = world.shops.get(domain), body()
        _, asset = find(world, str(given.get("asset")))
        product = (shop.product_with(name) or shop.products.get(f"gid://shopify/Product/{name}")) if shop else None
        if shop is None or product is None or asset is None:
            return jsonify(error=f"no product {name} in {domain}, or no such asset"), 404
        try:
            id = other_tool.add(shop, product, asset, str(given.get("as", "same")), str(given.get("name") or ""))
        except ValueError as wrong:
            return jsonify(error=str(wrong)), 400
        world.changed()
        return jsonify(id=id), 201

    return pages


def body() -> dict[str, Any]:
    """Empty for anything but a JSON object."""
    given = request.get_json(silent=True)
    return given if isinstance(given, dict) else {}


def find(world: World, asset_id: str) -> tuple[Environment | None, Asset | None]:
    for environment in world.environments:
        if asset := environment.assets.get(asset_id):
            return environment, asset
    return None, None
