"""Whether it answers, what it holds, how it is set: ping, usage, config."""

from flask import Blueprint, Response, jsonify

from sandbox.cloudinary import captioning
from sandbox.cloudinary.access import environment_of
from sandbox.cloudinary.answers import moment
from sandbox.cloudinary.environment import Environment
from sandbox.cloudinary.working import used
from sandbox.world import World

FREE_MEDIA_LIMITS = {
    "image_max_size_bytes": 10_485_760,
    "video_max_size_bytes": 104_857_600,
    "raw_max_size_bytes": 10_485_760,
    "image_max_px": 25_000_000,
    "asset_max_total_px": 50_000_000,
}


def add_ons(world: World, environment: Environment) -> dict[str, dict[str, int]]:
    """Each with what is used of its month's quota. How the line of one without a subscription looks is not recorded: here there
    is none."""
    quota = world.settings.add_on_quota
    lines = {name: {"usage": used(world, environment, name), "limit": quota} for name in world.settings.add_ons}
    if world.settings.captions in ("subscribed", "pending"):
        quota = world.settings.caption_quota
        lines["object_detection"] = {"usage": captioning.made(world, environment), "limit": quota}
    return lines


def add_routes(pages: Blueprint, world: World) -> None:
    @pages.get("/v1_1/<cloud>/ping")
    def ping(cloud: str) -> Response:
        """https://cloudinary.com/documentation/admin_api#ping"""
        return jsonify(status="ok")

    @pages.get("/v1_1/<cloud>/usage")
    def usage(cloud: str) -> Response:
        """https://cloudinary.com/documentation/admin_api#usage"""
        environment = environment_of(world, cloud)
        assets = environment.assets.values()
        return jsonify(
            plan="Free",
            last_updated=moment(world.clock())[:10],
            storage={"usage": sum(asset.bytes for asset in assets)},
            resources=len(assets),
            derived_resources=0,
            requests=0,
            media_limits=FREE_MEDIA_LIMITS,
            **add_ons(world, environment),
        )

    @pages.get("/v1_1/<cloud>/config")
    def config(cloud: str) -> Response:
        """https://cloudinary.com/documentation/admin_api#config"""
        environment = environment_of(world, cloud)
        oldest = min((asset.created_at for asset in environment.assets.values()), default=world.clock())
        return jsonify(cloud_name=cloud, created_at=moment(oldest), settings={"folder_mode": world.settings.folders})
