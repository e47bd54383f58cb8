"""Renditions: the one URL and the one file name under which Shopify gets an asset.

https://cloudinary.com/documentation/image_transformations. The format is pinned, because Shopify wants the file name and
the URL to end in the same extension, and `f_auto` would depend on who asks.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from cloudinary.utils import cloudinary_url

from linking.domain.assets import Asset
from linking.domain.filenames import file_name, mark_of
from setup.models import Environment

# Shopify shows these as they are; everything else becomes a JPEG.
KEPT = {"jpg": "jpg", "jpeg": "jpg", "png": "png", "webp": "webp", "gif": "gif"}


class NoRendition(Exception):
    """The asset cannot go to a store; the text says why."""


@dataclass(frozen=True)
class Rendition:
    """`mark` identifies it: the same asset in the same version and transformation, whatever the asset is called today."""

    mark: str
    name: str
    url: str


def linkable(asset: Asset) -> str:
    """Why this asset cannot be linked; empty if it can."""
    if asset.resource_type == "video":
        return "Videos are not linked yet; this version links images."
    if asset.resource_type != "image":
        return "A gallery holds images, not raw files."
    if asset.restricted:
        return "The asset's access is restricted in Cloudinary, so Shopify could not fetch it."
    return ""


def of_image(environment: Environment, asset: Asset) -> Rendition:
    """Raises NoRendition for what is not a publicly delivered image."""
    if trouble := linkable(asset):
        raise NoRendition(trouble)
    extension = KEPT.get(asset.format, "jpg")
    transformation = f"f_{extension},{environment.image_transformation}"
    url = delivery_url(environment, asset, transformation, extension)
    mark = mark_of(asset.asset_id, asset.version, transformation)
    return Rendition(str(mark), file_name(asset.name, mark, extension), url)


def thumbnail(environment: Environment, asset: Asset) -> str:
    """112 px square, a video's as its poster frame."""
    return delivery_url(environment, asset, "c_fill,w_112,h_112/q_auto/f_jpg", "jpg")


def delivery_url(environment: Environment, asset: Asset, transformation: str, extension: str) -> str:
    """Always with the version, so that a re-uploaded asset has a new URL; signed where the delivery type asks for it."""
    base = urlsplit(environment.delivery_base)
    own_host = {"cname": f"{base.netloc}{base.path}".rstrip("/"), "secure": False} if base.netloc else {"secure": True}
    url, _ = cloudinary_url(
        f"{asset.public_id}.{extension}",
        cloud_name=environment.cloud_name,
        resource_type=asset.resource_type,
        type=asset.delivery_type,
        version=asset.version,
        raw_transformation=transformation,
        sign_url=asset.delivery_type in ("private", "authenticated"),
        api_secret=environment.api_secret,
        **own_host,
    )
    return url
