"""Assets as the API shows them, https://cloudinary.com/documentation/admin_api#get_resources."""

import copy
import hashlib
from collections.abc import Collection, Iterable
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from sandbox.cloudinary.environment import Environment
from sandbox.cloudinary.errors import Refused
from sandbox.cloudinary.places import address_of, moment
from sandbox.cloudinary.records import Asset

MOVING = ("gif", "webp", "png", "avif")
ALWAYS = ("asset_id", "public_id")
EXTRAS = ("tags", "context", "metadata", "moderation")
FLAGS = {"tags": "tags", "context": "context", "metadata": "metadata", "moderations": "moderation"}
FIELDS = {*ALWAYS, *EXTRAS, "asset_folder", "folder", "filename", "format", "version", "version_id", "signature"}
FIELDS |= {"resource_type", "type", "created_at", "uploaded_at", "bytes", "backup_bytes", "width", "height", "status"}
FIELDS |= {"aspect_ratio", "access_control", "pixels", "custom", "moderation", "url", "secure_url", "etag"}


def of_list(environment: Environment, asset: Asset, extras: Collection[str]) -> dict[str, Any]:
    """An item of a list: no duration; tags, context, metadata and moderation only when asked for, and only if there are
    any."""
    shown = {
        "asset_id": asset.asset_id,
        "public_id": asset.public_id,
        "format": asset.format,
        "version": asset.version,
        "resource_type": asset.resource_type,
        "type": asset.type,
        "created_at": moment(asset.created_at),
        "bytes": asset.bytes,
        "width": asset.width,
        "height": asset.height,
        **place_of(environment, asset),
        "access_mode": asset.access_mode,
        "url": address(environment, asset),
        "secure_url": address(environment, asset),
    }
    if asset.access_control:
        shown["access_control"] = asset.access_control
    if asset.placeholder:
        shown |= {"placeholder": True, "backup": True}
    if "tags" in extras and asset.tags:
        shown["tags"] = list(asset.tags)
    if "context" in extras and asset.context:
        shown["context"] = {"custom": dict(asset.context)}
    if "metadata" in extras and asset.metadata:
        shown["metadata"] = dict(asset.metadata)
    if "moderation" in extras and asset.moderation:
        shown["moderation"] = [dict(one) for one in asset.moderation]
    if "etag" in extras:
        shown["etag"] = etag_of(environment, asset)
    return shown


def place_of(environment: Environment, asset: Asset) -> dict[str, str]:
    if environment.world.settings.folders == "fixed":
        return {"folder": asset.public_id.rpartition("/")[0]}
    return {"asset_folder": asset.asset_folder, "display_name": asset.display_name}


def known_fields(names: Iterable[str]) -> list[str]:
    """Raises Refused. The list is Cloudinary's: it has neither display_name nor duration."""
    given = list(names)
    if unknown := [name for name in given if name not in FIELDS]:
        raise Refused(400, f"Invalid value for fields: {unknown[0]}")
    return given


def of_detail(environment: Environment, asset: Asset) -> dict[str, Any]:
    """One asset by itself: everything."""
    shown = of_list(environment, asset, EXTRAS)
    shown |= {
        "etag": etag_of(environment, asset),
        "pages": pages_of(environment, asset),
        "derived": [],
        "placeholder": asset.placeholder,
    }
    if asset.info:
        shown["info"] = copy.deepcopy(asset.info)
    if asset.duration is not None:
        shown |= {"duration": asset.duration, "is_audio": False}
    return shown


def etag_of(environment: Environment, asset: Asset) -> str:
    """The MD5 of the original, in hex."""
    blobs = environment.world.blobs
    return md5_of(blobs.path(asset.blob))


@lru_cache(maxsize=4096)
def md5_of(path: Path) -> str:
    """Of a blob, which never changes."""
    return hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()


def pages_of(environment: Environment, asset: Asset) -> int:
    """Frames of what moves."""
    if asset.format not in MOVING:
        return 1
    with Image.open(BytesIO(environment.world.blobs.get(asset.blob))) as picture:
        return getattr(picture, "n_frames", 1)


def only(shown: dict[str, Any], fields: Collection[str]) -> dict[str, Any]:
    """The wished-for fields; the two ids always come along."""
    return {name: value for name, value in shown.items() if name in fields or name in ALWAYS}


def address(environment: Environment, asset: Asset) -> str:
    return address_of(environment.delivery_base, environment.cloud_name, asset)
