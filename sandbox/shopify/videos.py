"""What Shopify accepts as a video (1 GB, 10 minutes, 4K; MP4, MOV or WebM), and its poster.

https://help.shopify.com/manual/products/product-media/product-media-types
"""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

try:
    import av
except ImportError:  # a sandbox without it knows videos by their size only
    av = None  # type: ignore[assignment]

MAX_BYTES = 1024**3
MAX_SECONDS = 600
LONG_SIDE, SHORT_SIDE = 4096, 2160
FORMATS = {"mov", "mp4", "webm"}


@dataclass(frozen=True)
class Measured:
    """Pixels and milliseconds; `poster` is a JPEG. All None without PyAV."""

    width: int | None = None
    height: int | None = None
    duration: int | None = None
    poster: bytes | None = None


class RefusedVideo(Exception):
    """`code` is a FileErrorCode."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


def measure(path: Path) -> Measured:
    """Reads the header and the first picture, not the whole file. Raises RefusedVideo."""
    if path.stat().st_size > MAX_BYTES:
        raise RefusedVideo("VIDEO_VALIDATION_ERROR", "The video is larger than 1 GB.")
    if av is None:
        return Measured()
    try:
        with av.open(str(path)) as container:
            return _checked(container)
    except (av.FFmpegError, ValueError, IndexError) as wrong:
        raise RefusedVideo("VIDEO_METADATA_READ_ERROR", "The video's metadata could not be read.") from wrong


def _checked(container: Any) -> Measured:
    if not FORMATS & set(container.format.name.split(",")):
        raise RefusedVideo("VIDEO_INVALID_FILETYPE_ERROR", "The file is no MP4, MOV or WebM video.")
    if not container.streams.video:
        raise RefusedVideo("VIDEO_METADATA_READ_ERROR", "The file has no video in it.")
    stream = container.streams.video[0]
    width, height = stream.width, stream.height
    seconds = (container.duration or 0) / av.time_base
    if seconds > MAX_SECONDS:
        raise RefusedVideo("VIDEO_MAX_DURATION_ERROR", f"The video is longer than {MAX_SECONDS // 60} minutes.")
    if max(width, height) > LONG_SIDE or min(width, height) > SHORT_SIDE:
        widest = LONG_SIDE if width >= height else SHORT_SIDE
        code = "VIDEO_MAX_WIDTH_ERROR" if width > widest else "VIDEO_MAX_HEIGHT_ERROR"
        raise RefusedVideo(code, f"The video has {width} x {height} pixels, which is more than 4K.")
    frame = next(container.decode(stream), None)
    if frame is None:
        raise RefusedVideo("VIDEO_METADATA_READ_ERROR", "The video has no picture in it.")
    return Measured(width, height, round(seconds * 1000), _jpeg(frame.to_image()))


def _jpeg(picture: Any) -> bytes:
    out = BytesIO()
    picture.save(out, "JPEG", quality=80)
    return out.getvalue()
