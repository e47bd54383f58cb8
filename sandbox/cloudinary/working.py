"""What add-ons do of what uploads and `explicit` asked for: pending at first, and complete a moment later, by the world's clock.

https://cloudinary.com/documentation/notifications has the notice that says so. How long one takes differs from asset to asset;
here it is the setting `add_on_seconds`, and the next call sees what has become of it.
"""

import copy
import json
import re
from collections.abc import Mapping
from typing import Any

from sandbox.cloudinary import answers, captioning
from sandbox.cloudinary.add_ons import NAMES, PARAMETERS, TAGGING
from sandbox.cloudinary.environment import Environment
from sandbox.cloudinary.errors import Refused
from sandbox.cloudinary.records import Asset
from sandbox.world import World

KEPT = (*PARAMETERS, "notification_url")
MOST_NOTICES = 100


def begin(environment: Environment, asset: Asset, wished: list[str], given: Mapping[str, Any]) -> None:
    """Each counts once against its month's quota, and is ready later. Raises Refused; then nothing is begun."""
    world = environment.world
    for name in wished:
        spend(world, environment, name)
    for name in wished:
        put(asset, name, {"status": "pending"})
        row = {"asset_id": asset.asset_id, "version": asset.version, "name": name}
        row["due"] = world.clock() + world.settings.add_on_seconds
        environment.working.append(row | {key: given[key] for key in KEPT if given.get(key) not in (None, "")})
    if wished:
        world.changed()


def spend(world: World, environment: Environment, name: str) -> None:
    """Raises Refused."""
    if name == "captioning":
        captioning.spend(world, environment)
        return
    count = used(world, environment, name)
    if count >= world.settings.add_on_quota:
        again = f"{captioning.reset(world):%Y-%m-%d} 00:00:00 UTC"
        raise Refused(420, f"You have used up this month's quota of {NAMES[name]}. Try again on {again}")
    environment.used[f"{captioning.month(world)} {name}"] = count + 1


def used(world: World, environment: Environment, name: str) -> int:
    """Calls of this month."""
    return environment.used.get(f"{captioning.month(world)} {name}", 0)


def put(asset: Asset, name: str, found: dict[str, Any]) -> None:
    """Where `info` has it."""
    if name == "transcription":
        asset.info["auto_transcription"] = found
    else:
        asset.info.setdefault("categorization" if name in TAGGING else "detection", {})[name] = found


def shown(asset: Asset) -> dict[str, Any]:
    return {"info": copy.deepcopy(asset.info)} if asset.info else {}


def finish(environment: Environment) -> None:
    """What is ready by the world's clock becomes so. Of an asset that is gone, or has another version, nothing does."""
    world = environment.world
    if not any(row["due"] <= world.clock() for row in environment.working):
        return
    with environment.lock:
        now = world.clock()
        ready = sorted((row for row in environment.working if row["due"] <= now), key=lambda row: row["due"])
        environment.working = [row for row in environment.working if row["due"] > now]
        for row in ready:
            asset = environment.assets.get(row["asset_id"])
            if asset is not None and asset.version == row["version"]:
                put(asset, row["name"], WORK[row["name"]](environment, asset, row))
                environment.touch(asset)
                body = notice(environment, asset, row)
                environment.notices = [*environment.notices, body][-MOST_NOTICES:]
                environment.events.tell(body)
        world.changed()


def tagged(environment: Environment, asset: Asset, row: Mapping[str, Any]) -> dict[str, Any]:
    """Words of the asset's name; those that are sure enough become its tags."""
    words = [word for word in re.split(r"[^a-z]+", asset.display_name.lower()) if len(word) > 2]
    found = [{"tag": word, "confidence": round(0.95 - at / 10, 2)} for at, word in enumerate(dict.fromkeys(words[:8]))]
    if "auto_tagging" in row:
        sure = [str(one["tag"]) for one in found if float(str(one["confidence"])) >= float(row["auto_tagging"])]
        asset.tags = list(dict.fromkeys([*asset.tags, *sure]))
    return {"status": "complete", "data": found}


def described(environment: Environment, asset: Asset, row: Mapping[str, Any]) -> dict[str, Any]:
    if asset.resource_type != "image":
        return {"status": "failed"}
    text = captioning.caption(asset, environment.world.blobs.get(asset.blob))
    return {"status": "complete", "data": {"caption": text}, "schema_version": 1, "model_version": 6}


def transcribed(environment: Environment, asset: Asset, row: Mapping[str, Any]) -> dict[str, Any]:
    """A raw file beside the video, and one for each language of a translation: what Cloudinary calls them is not recorded."""
    if asset.resource_type != "video":
        return {"status": "failed"}
    wish = row.get("auto_transcription")
    wish = json.loads(wish) if isinstance(wish, str) and wish.startswith("{") else wish
    languages = [f".{one}" for one in (wish.get("translate", ()) if isinstance(wish, dict) else ())]
    line = {"start_time": 0.0, "end_time": round(asset.duration or 1.0, 2), "transcript": asset.display_name}
    content = json.dumps([line]).encode()
    for language in ["", *languages]:
        name = f"{asset.public_id}{language}.transcript"
        if environment.at("raw", asset.type, name) is None:
            lag = environment.world.settings.index_lag
            folder = asset.asset_folder
            environment.add_asset(
                content=content, public_id=name, raw=True, type=asset.type, lag=lag, asset_folder=folder
            )
    return {"status": "complete"}


def notice(environment: Environment, asset: Asset, row: Mapping[str, Any]) -> dict[str, Any]:
    """The body by which a call's `notification_url`, or a trigger for `info`, would learn of it."""
    name = row["name"]
    where = asset.info["auto_transcription"] if name == "transcription" else {**asset.info.get("categorization", {})}
    known = where if name == "transcription" else (where | asset.info.get("detection", {}))[name]
    address = answers.address(environment, asset)
    return {
        "notification_type": "info",
        "info_kind": "auto_transcription" if name == "transcription" else name,
        "info_status": known["status"],
        "info_data": known.get("data"),
        "public_id": asset.public_id,
        "asset_id": asset.asset_id,
        "resource_type": asset.resource_type,
        "type": asset.type,
        "version": asset.version,
        "uploaded_at": answers.moment(asset.uploaded),
        "url": address,
        "secure_url": address,
        "etag": answers.etag_of(environment, asset),
        "notification_url": row.get("notification_url"),
    }


WORK = {**dict.fromkeys(TAGGING, tagged), "captioning": described, "transcription": transcribed}
