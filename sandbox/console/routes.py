"""The pretend Console: a Media Library, and the launch of AssetLink from it."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlsplit

from flask import Blueprint, Response, jsonify, redirect, render_template, request

from sandbox.cloudinary.delivery import is_open
from sandbox.cloudinary.environment import Environment
from sandbox.cloudinary.records import Asset
from sandbox.cloudinary.signature import of_url
from sandbox.console import launches
from sandbox.console.people import PEOPLE, ROLES
from sandbox.world import World

MOST_CARDS = 5000  # of a big library the newest


def blueprint(world: World) -> Blueprint:
    """GET /console/ [?environment=<cloud name>], POST /console/launch."""
    pages = Blueprint("console", __name__, url_prefix="/console", template_folder="templates", static_folder="static")

    @pages.get("/")
    def library() -> Any:
        if request.host != urlsplit(world.base_url).netloc:
            # The app's cookies reach its frame only if Console and app share a host name, as base_url and app_url do.
            return redirect(f"{world.base_url}{request.full_path}")
        environment = chosen(world, request.args.get("environment"))
        if environment is None:
            return "There is no such product environment.", 404
        with environment.lock:
            assets = [card(environment, asset) for asset in newest_first(environment)[:MOST_CARDS]]
            unseen = len(environment.assets) - len(assets)
        folders = sorted({str(asset["folder"]) for asset in assets})
        return render_template(
            "console/library.html",
            world=world,
            environment=environment,
            assets=assets,
            unseen=unseen,
            folders=folders,
            people=PEOPLE,
            roles=ROLES,
            most=world.settings.launch_assets,
        )

    @pages.post("/launch")
    def launch() -> Response | tuple[Response, int]:
        """{environment, person, role, asset_ids} -> {url, token}; 400 {error}."""
        given = request.get_json(silent=True)
        given = given if isinstance(given, dict) else {}
        environment = chosen(world, given.get("environment"))
        person = next((known for known in PEOPLE if known["id"] == given.get("person", PEOPLE[0]["id"])), None)
        role, ids = given.get("role", next(iter(ROLES))), given.get("asset_ids")
        if environment is None or person is None or role not in ROLES:
            return jsonify(error="no such environment, person or role"), 400
        if not isinstance(ids, list) or not all(isinstance(one, str) for one in ids):
            return jsonify(error="asset_ids must be a list of ids"), 400
        most = world.settings.launch_assets
        if len(ids) > most:
            return jsonify(error=f"{len(ids):,} assets; apps take at most {most:,}"), 400
        signed = launches.token(environment, person, role, ids)
        return jsonify(url=f"{world.app_url}/launch", token=signed)

    return pages


def chosen(world: World, cloud_name: str | None) -> Environment | None:
    """The first one if nothing is said."""
    if cloud_name is None:
        return world.environments[0] if world.environments else None
    return world.environment(cloud_name)


def newest_first(environment: Environment) -> list[Asset]:
    return sorted(environment.assets.values(), key=lambda asset: (-asset.created_at, asset.public_id))


def card(environment: Environment, asset: Asset) -> dict[str, Any]:
    place = f"{environment.delivery_base}/{environment.cloud_name}/{asset.resource_type}/{asset.type}"
    return {
        "id": asset.asset_id,
        "name": asset.display_name,
        "public_id": asset.public_id,
        "type": asset.resource_type,
        "format": asset.format,
        "folder": asset.asset_folder,
        "size": f"{asset.width} × {asset.height}",
        "sku": asset.metadata.get("sku", ""),
        "limits": ", ".join(limits(environment, asset)),
        "text": " ".join([asset.display_name, asset.public_id, asset.asset_folder, *asset.tags, *texts(asset)]).lower(),
        "thumbnail": thumbnail(environment, asset, place),
    }


def limits(environment: Environment, asset: Asset) -> Iterator[str]:
    """Why the asset is not simply public."""
    if asset.placeholder:
        yield "placeholder"
    if asset.type != "upload":
        yield asset.type
    if asset.access_mode != "public" or not is_open(asset, environment.world.clock()):
        yield "restricted"
    yield from (f"{one['kind']}: {one['status']}" for one in asset.moderation)


def texts(asset: Asset) -> list[str]:
    return [str(value) for value in (*asset.metadata.values(), *asset.context.values())]


def thumbnail(environment: Environment, asset: Asset, place: str) -> str:
    steps = "c_fit,w_260,h_220/q_auto/f_jpg"
    path = f"{steps}/{quote(asset.public_id, safe='/')}.jpg"
    sign = f"s--{of_url(path, environment.keys.api_secret)}--/" if asset.type != "upload" else ""
    return f"{place}/{sign}{steps}/v{asset.version}/{quote(asset.public_id, safe='/')}.jpg"
