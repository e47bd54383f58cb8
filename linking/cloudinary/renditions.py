"""Renditions: the one URL and the one file name under which Shopify gets an asset.

https://cloudinary.com/documentation/image_transformations. The format is pinned, because Shopify wants the file name and
the URL to end in the same extension, and `f_auto` would depend on who asks. Videos become H.264 with AAC in an MP4, which
every browser plays: https://cloudinary.com/documentation/video_transcoding.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from cloudinary.utils import cloudinary_url

from linking.cloudinary import delivery
from linking.domain import limits
from linking.domain.assets import Asset
from linking.domain.filenames import file_name, mark_of
from setup.models import Environment

# Shopify shows these as they are; everything else becomes a JPEG.
KEPT = {"jpg": "jpg", "jpeg": "jpg", "png": "png", "webp": "webp", "gif": "gif"}
# Cloudinary counts sound among the videos.
SOUNDS = {"mp3", "wav", "aac", "m4a", "ogg", "flac", "aiff", "opus", "amr"}
VIDEO_FORMAT = "f_mp4,vc_h264,ac_aac"


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
    if asset.resource_type not in ("image", "video"):
        return "A gallery holds images and videos, not raw files."
    if asset.resource_type == "video" and asset.width == 0 == asset.height and asset.format in SOUNDS:
        return "A gallery holds images and videos, not sound."
    if asset.restricted:
        return "The asset's access is restricted in Cloudinary, so Shopify could not fetch it."
    return ""


def is_video(asset: Asset) -> bool:
    return asset.resource_type == "video"


def of_asset(environment: Environment, asset: Asset) -> Rendition:
    """Raises NoRendition for what is not publicly delivered, and for what Shopify would not take."""
    if trouble := linkable(asset):
        raise NoRendition(trouble)
    if is_video(asset):
        extension, transformation = "mp4", f"{VIDEO_FORMAT},{environment.video_transformation}"
        trouble = limits.video_trouble(asset.width, asset.height, asset.duration, transformation)
    else:
        extension = KEPT.get(asset.format, "jpg")
        transformation = f"f_{extension},{environment.image_transformation}"
        trouble = limits.image_trouble(asset.width, asset.height, transformation)
    if trouble:
        raise NoRendition(trouble)
    url = delivery_url(environment, asset, transformation, extension)
    mark = mark_of(asset.asset_id, asset.version, transformation)
    return Rendition(str(mark), file_name(asset.name, mark, extension), url)


def weighed(asset: Asset, rendition: Rendition) -> Rendition:
    """The rendition of a picture that is heavier than Shopify takes is weighed: it may have become light enough. Videos are
    weighed when they are fetched, for they may not have been made yet. Raises NoRendition."""
    if not is_video(asset) and asset.bytes > limits.IMAGE.bytes:
        trouble = limits.image_weight_trouble(delivery.weigh(rendition.url) or 0)
        if trouble:
            raise NoRendition(trouble)
    return rendition


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
