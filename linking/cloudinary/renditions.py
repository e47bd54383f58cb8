"""Renditions: the one URL and the one file name under which Shopify gets an asset.

https://cloudinary.com/documentation/image_transformations. The format is pinned, because Shopify wants the file name and
the URL to end in the same extension, and `f_auto` would depend on who asks. Videos become H.264 with AAC in an MP4, which
every browser plays: https://cloudinary.com/documentation/video_transcoding.
"""

import re
import time
from dataclasses import dataclass

from django.utils import timezone

import setup.cloudinary.delivery
from linking.cloudinary import delivery
from linking.domain import limits, showing
from linking.domain.assets import Asset
from linking.domain.filenames import file_name, mark_of
from linking.domain.formats import form_of
from linking.domain.notes import note
from linking.domain.reasons import GONE
from setup.models import Environment
from setup.reasons import NONE, Reason, Reasoned
from setup.zones import zone_of

# Cloudinary counts sound among the videos.
SOUNDS = {"mp3", "wav", "aac", "m4a", "ogg", "flac", "aiff", "opus", "amr"}
VIDEO_FORMAT = "f_mp4,vc_h264,ac_aac"
# https://shopify.dev/docs/api/admin-graphql/2026-10/input-objects/FileCreateInput: of originalSource, in characters.
LONGEST_URL = 2048
TOO_LONG = Reason("asset.long_address", most=LONGEST_URL)
UNREADABLE = Reason("asset.unreadable")
RAW, SOUND = Reason("asset.raw"), Reason("asset.sound")
# How long one plan may weigh heavy pictures, seconds: each may have to be made for it.
WEIGHING = 60.0


class NoRendition(Reasoned):
    """The asset cannot go to a store."""


@dataclass(frozen=True)
class Rendition:
    """`mark` identifies it: the same asset in the same version and transformation, whatever the asset is called today. `note`:
    what a report says of it."""

    mark: str
    name: str
    url: str
    note: Reason = NONE


def withheld(environment: Environment, asset: Asset) -> Reason:
    """Why this asset may not be shown to anybody outside Cloudinary now, be it by linking, in Files or to an AI; empty if it
    may. Every way out of Cloudinary asks this."""
    if asset.gone:
        return GONE
    if not asset.public_id:
        return UNREADABLE
    allowed = showing.Allowed(pending=environment.allow_pending, restricted=environment.allow_restricted)
    now = timezone.now().timestamp()
    field = environment.expiration_field.removeprefix("metadata:")
    return showing.withheld(asset, allowed, now=now) or (
        showing.expired(asset, field, zone_of(environment.time_zone), now=now) if field else NONE
    )


def linkable(environment: Environment, asset: Asset) -> Reason:
    """Why this asset cannot be linked now; empty if it can."""
    if not asset.public_id:
        return UNREADABLE
    if asset.resource_type not in ("image", "video"):
        return RAW
    if is_sound(asset):
        return SOUND
    return withheld(environment, asset)


def unfit(environment: Environment, asset: Asset, named: str = "") -> Reason:
    """Why this asset cannot go into galleries: it cannot be linked, or what becomes of it is more than Shopify takes; empty if it
    can. Pages count by this what plans go by. What is heavy is known only once it is delivered. `named`: see `of_asset`."""
    if trouble := linkable(environment, asset):
        return trouble
    transformation = transformation_of(environment, asset, named)
    if is_video(asset):
        return limits.video_trouble(asset.width, asset.height, asset.duration, transformation)
    return limits.image_trouble(asset.width, asset.height, transformation)


def transformation_of(environment: Environment, asset: Asset, named: str = "") -> str:
    """What marks of its renditions are made of."""
    if is_video(asset):
        return f"{VIDEO_FORMAT},{environment.video_transformation}"
    extension = form_of(asset.format).extension
    return f"t_{named}/f_{extension}" if named else f"f_{extension},{environment.image_transformation}"


def is_sound(asset: Asset) -> bool:
    return asset.resource_type == "video" and asset.width == 0 == asset.height and asset.format in SOUNDS


def is_video(asset: Asset) -> bool:
    return asset.resource_type == "video"


def of_asset(environment: Environment, asset: Asset, named: str = "") -> Rendition:
    """`named`: a named transformation for pictures instead of the environment's default. Raises NoRendition for what may not
    be shown, and for what Shopify would not take."""
    if trouble := unfit(environment, asset, named):
        raise NoRendition(trouble)
    transformation = transformation_of(environment, asset, named)
    extension, asked = "mp4", transformation
    if not is_video(asset):
        form = form_of(asset.format)
        extension, asked = form.extension, form.asked(transformation)
    mark = mark_of(asset.asset_id, asset.version, transformation)
    url = source_url(environment, asset, asked, extension)
    return Rendition(str(mark), file_name(asset.name, mark, extension), url, note(asset))


@dataclass(frozen=True)
class Shape:
    """What an asset becomes in Files, without its address. `kind`: image, video, or file (anything that is just kept). `asked`:
    the transformation as its address has it (linking.domain.formats). `by`: what an admin or a person chose of it."""

    kind: str
    transformation: str
    extension: str
    asked: str = ""
    by: str = ""

    def mark(self, asset_id: str, version: int) -> str:
        """Of the rendition of this version of the asset."""
        return str(mark_of(asset_id, version, self.transformation))

    def can_replace(self, name: str) -> bool:
        """Whether Shopify lets this be the new content of the file of that name: its kind and extension stay as they are,
        and a video's content cannot be replaced at all."""
        return self.kind != "video" and name.rpartition(".")[2] == self.extension


@dataclass(frozen=True)
class FileRendition:
    """A rendition for a store's Files."""

    rendition: Rendition
    shape: Shape

    @property
    def mark(self) -> str:
        return self.rendition.mark

    @property
    def name(self) -> str:
        return self.rendition.name


def shape_of(environment: Environment, asset: Asset, named: str = "") -> Shape:
    """Pictures and videos are transformed, SVG and everything else goes as it is. `named`: as for `of_asset`; with it a file is
    the same as in galleries. Raises NoRendition."""
    if trouble := withheld(environment, asset):
        raise NoRendition(trouble)
    if is_video(asset) and not is_sound(asset):
        by = environment.files_video_transformation or environment.video_transformation
        transformation = f"{VIDEO_FORMAT},{by}"
        if trouble := limits.video_trouble(asset.width, asset.height, asset.duration, transformation):
            raise NoRendition(trouble)
        return Shape("video", transformation, "mp4", transformation, by)
    if asset.resource_type == "image" and asset.format == "svg":
        return _kept_as_it_is(asset, "image")  # Shopify counts SVG among the pictures, and it is sharp at any size
    if asset.resource_type == "image" and asset.format != "pdf":
        form = form_of(asset.format)
        by = f"t_{named}" if named else environment.files_transformation or environment.image_transformation
        transformation = f"{by}/f_{form.extension}" if named else f"f_{form.extension},{by}"
        if trouble := limits.image_trouble(asset.width, asset.height, transformation):
            raise NoRendition(trouble)
        return Shape("image", transformation, form.extension, form.asked(transformation), by)
    return _kept_as_it_is(asset)


def _kept_as_it_is(asset: Asset, kind: str = "file") -> Shape:
    if asset.bytes > limits.FILE_BYTES:
        raise NoRendition(limits.file_weight_trouble(asset.bytes))
    raw = asset.resource_type == "raw"  # then the extension is part of the public ID
    extension = asset.public_id.rpartition(".")[2].lower() if raw else asset.format
    if not re.fullmatch(r"[a-z0-9]{1,10}", extension) or (raw and "." not in asset.public_id):
        raise NoRendition(Reason("asset.no_extension"))
    return Shape(kind, "", extension)


def of_file(environment: Environment, asset: Asset, named: str = "") -> FileRendition:
    """`named`: as for `of_asset`. Raises NoRendition."""
    shape = shape_of(environment, asset, named)
    mark = mark_of(asset.asset_id, asset.version, shape.transformation)
    url = source_url(environment, asset, shape.asked, shape.extension)
    rendition = Rendition(str(mark), file_name(asset.name, mark, shape.extension), url, note(asset))
    return FileRendition(rendition, shape)


def source_url(environment: Environment, asset: Asset, transformation: str, extension: str) -> str:
    """Where Shopify is to fetch it. One address that is too long makes it refuse a whole call. Raises NoRendition."""
    url = delivery_url(environment, asset, transformation, extension)
    if len(url) > LONGEST_URL:
        raise NoRendition(TOO_LONG)
    return url


def weighed(asset: Asset, rendition: Rendition, *, until: float) -> Rendition:
    """The rendition of a picture that is heavier than Shopify takes is weighed: it may have become light enough. Videos are
    weighed when they are fetched, for they may not have been made yet. After `until` (of the monotonic clock) nothing is weighed
    any more, and Shopify has the last word. Raises NoRendition."""
    if not is_video(asset) and asset.bytes > limits.IMAGE.bytes and time.monotonic() < until:
        trouble = limits.image_weight_trouble(delivery.weigh(rendition.url) or 0)
        if trouble:
            raise NoRendition(trouble)
    return rendition


def thumbnail(environment: Environment, asset: Asset, pixels: int = 112, crop: str = "fill") -> str:
    """A square of so many pixels, a video's of its poster frame; with another `crop` no side is longer. Empty for what has no
    picture, or none that Cloudinary would deliver.

    Signed for private and authenticated assets, for everybody who reads here, viewers too: runs, Links and Choose Assets show the
    same pictures. What only a token opens has none."""
    if not asset.public_id or asset.resource_type == "raw" or is_sound(asset) or asset.placeholder or asset.restricted:
        return ""
    url = delivery_url(environment, asset, f"c_{crop},w_{pixels},h_{pixels}/q_auto/f_jpg", "jpg")
    return url if len(url) <= LONGEST_URL else ""


def delivery_url(environment: Environment, asset: Asset, transformation: str, extension: str) -> str:
    """Always with the version, so that a re-uploaded asset has a new URL; signed where the delivery type asks for it."""
    # The public ID of a raw file has the extension in it.
    extension = "" if asset.resource_type == "raw" else extension
    return setup.cloudinary.delivery.delivery_url(
        environment, asset.place, version=asset.version, transformation=transformation, extension=extension
    )
