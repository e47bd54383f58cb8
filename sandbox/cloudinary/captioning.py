"""AI captions of stored pictures, by the Analyze API; `explicit` asks here, too.

https://cloudinary.com/documentation/cloudinary_ai_content_analysis_addon,
https://cloudinary.com/documentation/analyze_api_reference. The address that the SDK's `api.analyze` still calls answers 404
here: code that relies on it fails. A caption stays nowhere; an add-on has a monthly quota of its own.
"""

import random
import time
import uuid
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from flask import Blueprint, Response, jsonify, request
from PIL import Image

from sandbox.cloudinary.access import environment_of
from sandbox.cloudinary.environment import Environment
from sandbox.cloudinary.errors import Refused
from sandbox.cloudinary.records import Asset
from sandbox.world import World

ADD_ON = "Cloudinary AI Content Analysis"
NO_SUBSCRIPTION = f"You don't have an active subscription for {ADD_ON}"
USED_UP = f"You have used up this month's quota of {ADD_ON}"
COLOURS = {
    "black": (20, 20, 22),
    "grey": (128, 130, 134),
    "white": (245, 243, 240),
    "red": (190, 50, 45),
    "orange": (220, 130, 60),
    "yellow": (225, 195, 80),
    "green": (85, 135, 90),
    "blue": (70, 110, 170),
    "purple": (110, 65, 115),
    "pink": (226, 170, 170),
    "brown": (130, 90, 60),
    "beige": (222, 205, 175),
}


def add_routes(pages: Blueprint, world: World) -> None:
    @pages.post("/v2/analysis/<cloud>/analyze/captioning")
    def analyze(cloud: str) -> Response | tuple[Response, int]:
        environment = environment_of(world, cloud)
        given = request.get_json(silent=True)
        source = given.get("source") if isinstance(given, dict) else None
        asset = environment.assets.get(str(source.get("asset_id"))) if isinstance(source, dict) else None
        if asset is None:
            return refusal(400, "user_error", "MA_00003", "invalid request: source")
        try:
            found = detected(world, environment, asset)
        except Refused as refused:
            if refused.message == NO_SUBSCRIPTION:
                return refusal(
                    403, "auth_error", "MA_00007", "account does not have an active subscription for feature"
                )
            return refusal(429, "rate_limit_error", "MA_00009", refused.message)
        analysis = {"data": found.get("data", {}), "model_version": 1}
        data = {"entity": asset.asset_id, "analysis": analysis}
        return jsonify(data=data, limits={"items": [limit(world, environment)]}, request_id=uuid.uuid4().hex)

    @pages.post("/v2/<cloud>/analysis/analyze/uri")
    def old_analyze(cloud: str) -> Response:
        raise Refused(404, "Unknown route")


def refusal(status: int, category: str, code: str, message: str) -> tuple[Response, int]:
    """An error in the shape of version 2 of the API."""
    return jsonify(error={"category": category, "code": code, "message": message}), status


def detected(world: World, environment: Environment, asset: Asset) -> dict[str, Any]:
    """What `info.detection.captioning` holds. Raises Refused."""
    spend(world, environment)
    time.sleep(random.uniform(*world.settings.caption_seconds))
    if world.faults.take_caption(public_id=asset.public_id):
        return {"status": "failed", "data": {}}
    if world.settings.captions == "pending":
        return {"status": "pending"}
    text = caption(asset, world.blobs.get(asset.blob))
    return {"status": "complete", "data": {"caption": text}, "schema_version": 1, "model_version": 6}


def spend(world: World, environment: Environment) -> None:
    """One of the month's captions. Raises Refused."""
    if world.settings.captions == "absent":
        raise Refused(420, NO_SUBSCRIPTION)
    with environment.lock:
        count = made(world, environment)
        if count >= world.settings.caption_quota:
            raise Refused(420, f"{USED_UP}. Try again on {reset(world):%Y-%m-%d} 00:00:00 UTC")
        environment.captions = {"month": month(world), "made": count + 1}
    world.changed()


def made(world: World, environment: Environment) -> int:
    """Captions of this month."""
    return environment.captions["made"] if environment.captions["month"] == month(world) else 0


def month(world: World) -> str:
    return f"{datetime.fromtimestamp(world.clock(), UTC):%Y-%m}"


def reset(world: World) -> datetime:
    """When the month's quota comes back."""
    now = datetime.fromtimestamp(world.clock(), UTC)
    return datetime(now.year + now.month // 12, now.month % 12 + 1, 1, tzinfo=UTC)


def limit(world: World, environment: Environment) -> dict[str, Any]:
    """What an answer says of the quota, after it has counted itself."""
    quota = world.settings.caption_quota
    left = max(0, quota - made(world, environment))
    known = {"type": "object_detection", "used_by_request": 1, "remaining": left, "limit": quota}
    return known | {"reset_time": reset(world).isoformat()}


def caption(asset: Asset, content: bytes) -> str:
    """A sentence that is true of the picture: its main colour, and what its name says."""
    with Image.open(BytesIO(content)) as picture:
        picture.draft("RGB", (64, 64))
        red, green, blue = picture.convert("RGB").resize((1, 1)).getpixel((0, 0))  # type: ignore[misc]
    name = asset.display_name.replace("-", " ").replace("_", " ")
    return f"a mostly {nearest((red, green, blue))} picture of {name}"


def nearest(colour: tuple[int, int, int]) -> str:
    def distance(name: str) -> int:
        return sum((one - other) ** 2 for one, other in zip(colour, COLOURS[name], strict=True))

    return min(COLOURS, key=distance)
