"""Renditions by place: the named transformation of a product page, a list, a thumbnail and a swatch, as Setup prepares them.
Where Cloudinary has it not, a plain one of the same size."""

from dataclasses import dataclass
from typing import Any

from linking.cloudinary.renditions import delivery_url, is_video
from linking.domain.assets import Asset
from setup.models import Environment
from setup.preparing.parts import BY_SLUG
from setup.words import gettext_lazy

WIDTHS = (320, 768, 1280, 1600)  # of srcset
AUTO = "f_auto,q_auto"  # the best format that a browser says it reads
BLUR = "c_limit,w_24/e_blur:300,q_30/f_jpg"
VIDEO = "product_video"
PLAIN_VIDEO = "c_limit,w_1920,h_1080"


@dataclass(frozen=True)
class Place:
    """`named`: its named transformation in Cloudinary; `side`: of the plain one."""

    code: str
    label: Any
    named: str
    side: int


PLACES = (
    Place("page", gettext_lazy("Product page"), "product_page", 1600),
    Place("list", gettext_lazy("Lists"), "product_list", 640),
    Place("thumbnail", gettext_lazy("Thumbnail"), "product_thumbnail", 160),
    Place("swatch", gettext_lazy("Swatch"), "product_swatch", 96),
)
BY_CODE = {place.code: place for place in PLACES}


@dataclass(frozen=True)
class Shown:
    """A picture at a place. `transformation`: without format and quality."""

    url: str
    width: int
    height: int
    transformation: str


def has_named(environment: Environment, name: str) -> bool:
    """Whether Cloudinary was seen to have it; the prefix that some lists carry makes no difference."""
    return bool({name, f"t_{name}"} & set(environment.seen.get("transformations", [])))


def shown_at(environment: Environment, asset: Asset, place: Place) -> Shown:
    """A picture as it is delivered there; of a video, the picture of its beginning."""
    if has_named(environment, place.named):
        chosen = BY_SLUG[f"transformation-{place.named}"].choices(environment)
        width, height, by = chosen["width"], chosen["height"], f"t_{place.named}"
    else:
        width, height = within(asset.width, asset.height, place.side)
        by = f"c_limit,w_{place.side},h_{place.side}"
    return Shown(address(environment, asset, by), width, height, by)


def srcset(environment: Environment, asset: Asset, shown: Shown) -> dict[int, str]:
    """By width, none wider than the picture itself: what says it is 1,600 wide is."""
    widths = [width for width in WIDTHS if not shown.width or width < shown.width]
    found = {width: address(environment, asset, f"{shown.transformation}/c_limit,w_{width}") for width in widths}
    if 0 < shown.width <= max(WIDTHS):
        found[shown.width] = shown.url
    return found


def address(environment: Environment, asset: Asset, by: str) -> str:
    """A picture's, in the format that fits who asks; of a video the picture of its beginning."""
    if is_video(asset):
        return delivery_url(environment, asset, f"so_0/{by}/f_jpg,q_auto", "jpg")
    return delivery_url(environment, asset, f"{by}/{AUTO}", "")


def blurred(environment: Environment, asset: Asset) -> str:
    """A picture of a few bytes to stand there until the real one has come."""
    return delivery_url(environment, asset, f"so_0/{BLUR}" if is_video(asset) else BLUR, "jpg")


def video_address(environment: Environment, asset: Asset) -> str:
    by = f"t_{VIDEO}" if has_named(environment, VIDEO) else PLAIN_VIDEO
    return delivery_url(environment, asset, f"{by}/f_mp4,vc_h264,ac_aac,q_auto", "mp4")


def within(width: int, height: int, side: int) -> tuple[int, int]:
    """The size of a picture that was made to fit into a square; (0, 0) where its own is not known."""
    if not width or not height:
        return 0, 0
    scale = min(1.0, side / width, side / height)
    return max(1, round(width * scale)), max(1, round(height * scale))
