"""What Shopify takes, checked before anything is sent: https://help.shopify.com/manual/products/product-media/product-media-types

Every refusal says what is too much, by how much, and which transformation would fit.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from setup.reasons import NONE, Reason
from setup.words import number

MB, GB = 1024**2, 1024**3


@dataclass(frozen=True, slots=True)
class Limits:
    """`side`: the longest side; `short_side`: the other one; `pixels`: their product; None is no limit of its own."""

    bytes: int
    side: int
    short_side: int
    pixels: int
    seconds: float | None = None


IMAGE = Limits(bytes=20 * MB, side=5000, short_side=5000, pixels=25_000_000)
VIDEO = Limits(bytes=GB, side=4096, short_side=2160, pixels=4096 * 2160, seconds=600)
# Anything that is neither a picture nor a video.
FILE_BYTES = 20 * MB
# Ten minutes weigh more than this, at any quality that somebody would show.
MAYBE_LONG = 10 * MB
# What is suggested: safe under every number that is reported of Shopify, whatever the ratio.
IMAGE_FITS = "c_limit,w_4472,h_4472"
VIDEO_FITS = "c_limit,w_3840,h_2160"
VIDEO_FITS_UPRIGHT = "c_limit,w_2160,h_3840"

BOUNDED = ("limit", "fit", "mfit", "scale")
EXACT = ("fill", "thumb", "pad", "fill_pad", "auto")
# With these a picture's size cannot be known from the text alone: named ones, conditions, ratios, turns, layers, variables.
UNKNOWN = {"t", "if", "ar", "dpr", "a", "l", "u", "z"}
UNKNOWN_VALUES = re.compile(r"(?:^|,)(?:\$|e_trim|e_gen|fl_[^,]*(?:relative|layer))")
NUMBER = re.compile(r"\d{1,9}(?:\.\d{1,9})?\Z")


@lru_cache(maxsize=4096)  # pages ask it of the same thousand assets again and again
def output_size(width: int, height: int, transformation: str) -> tuple[int, int] | None:
    """The pixels of what is delivered; None if the transformation does not tell (named ones, ratios, turns)."""
    size = (float(width), float(height))
    for component in transformation.split("/"):
        step = _step(size, component)
        if step is None:
            return None
        size = step
    return max(1, round(size[0])), max(1, round(size[1]))


def _step(size: tuple[float, float], component: str) -> tuple[float, float] | None:
    values = dict(_pair(part) for part in component.split(","))
    if values.keys() & UNKNOWN or UNKNOWN_VALUES.search(component):
        return None
    wide, high, crop = values.get("w"), values.get("h"), values.get("c", "scale")
    if wide is None and high is None:
        return size
    if any(value is not None and not NUMBER.match(value) for value in (wide, high)):
        return None  # auto, iw, expressions
    if crop in BOUNDED:
        return _bounded(size, _pixels(size[0], wide), _pixels(size[1], high), crop)
    if crop in EXACT and wide is not None and high is not None:
        return _pixels(size[0], wide) or 0, _pixels(size[1], high) or 0
    if crop == "crop":
        return min(size[0], _pixels(size[0], wide) or size[0]), min(size[1], _pixels(size[1], high) or size[1])
    return None


def _bounded(size: tuple[float, float], wide: float | None, high: float | None, crop: str) -> tuple[float, float]:
    if crop == "scale" and wide is not None and high is not None:
        return wide, high
    ratios = [wish / side for wish, side in zip((wide, high), size, strict=True) if wish is not None and side]
    ratio = min(ratios, default=1.0)
    ratio = min(1.0, ratio) if crop == "limit" else max(1.0, ratio) if crop == "mfit" else ratio
    return size[0] * ratio, size[1] * ratio


def _pair(part: str) -> tuple[str, str]:
    name, _, value = part.partition("_")
    return name, value


def _pixels(side: float, value: str | None) -> float | None:
    """`500` is pixels; `0.5` and `1.0` are a share of the side."""
    if value is None:
        return None
    return side * float(value) if "." in value else float(value)


def image_trouble(width: int, height: int, transformation: str) -> Reason:
    """Why the delivered picture would be refused for its pixels; empty if not, or if it cannot be known."""
    size = output_size(width, height, transformation)
    if size is None or _fits(size, IMAGE):
        return NONE
    most = {"side": IMAGE.side, "megapixels": IMAGE.pixels // 1_000_000}
    return Reason("limit.picture_pixels", width=size[0], height=size[1], fits=IMAGE_FITS, **most)


def video_trouble(width: int, height: int, seconds: float | None, transformation: str) -> Reason:
    """The same for a video, of `seconds` as stored, and for its duration."""
    size = output_size(width, height, transformation)
    if size is not None and not _fits(size, VIDEO):
        fits = VIDEO_FITS if size[0] >= size[1] else VIDEO_FITS_UPRIGHT
        most = {"side": VIDEO.side, "short_side": VIDEO.short_side}
        return Reason("limit.video_pixels", width=size[0], height=size[1], fits=fits, **most)
    played = output_seconds(seconds, transformation)
    if played is not None and VIDEO.seconds is not None and played > VIDEO.seconds:
        return Reason("limit.video_seconds", seconds=played, most=VIDEO.seconds)
    return NONE


def output_seconds(seconds: float | None, transformation: str) -> float | None:
    """How long the delivered video plays; None if that is unknown."""
    if seconds is None:
        return None
    values = dict(_pair(part) for component in transformation.split("/") for part in component.split(","))
    if "t" in values or not all(NUMBER.match(values[name]) for name in ("so", "eo", "du") if name in values):
        return None
    start, end = float(values.get("so", 0)), float(values.get("eo", seconds))
    played = max(0.0, min(seconds, end) - start)
    return min(played, float(values["du"])) if "du" in values else played


def image_weight_trouble(size: int) -> Reason:
    """Why a picture of so many bytes would be refused."""
    return Reason("limit.picture_bytes", bytes=size) if size > IMAGE.bytes else NONE


def file_weight_trouble(size: int) -> Reason:
    """Why a file that is neither a picture nor a video would be refused."""
    return Reason("limit.file_bytes", bytes=size)


def video_weight_trouble(size: int) -> Reason:
    return Reason("limit.video_bytes", bytes=size) if size > VIDEO.bytes else NONE


def _fits(size: tuple[int, int], limits: Limits) -> bool:
    long, short = max(size), min(size)
    return long <= limits.side and short <= limits.short_side and long * short <= limits.pixels


def megabytes(size: int) -> str:
    """`12 MB`; rounded up, so that what is just too large does not read as if it fitted."""
    return f"{number(-(-size // MB))} MB"


def clock(seconds: float) -> str:
    """`10:00`, minutes and seconds."""
    whole = int(-(-seconds // 1))
    return f"{whole // 60}:{whole % 60:02d}"
