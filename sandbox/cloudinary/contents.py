"""What a picture, a video, a sound or a PDF is, read from its bytes."""

from dataclasses import dataclass
from io import BytesIO

import av
from PIL import Image, UnidentifiedImageError

from sandbox import vectors
from sandbox.cloudinary import pages

FORMATS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "GIF": "gif", "BMP": "bmp", "TIFF": "tif", "AVIF": "avif"}
FORMATS |= {"PSD": "psd", "ICO": "ico"}
AVIF = (b"avif", b"avis")  # brands of a container that films have, too; they may stand behind a general one


class UnreadableContent(ValueError):
    """The bytes are neither a picture nor a video that we know."""


@dataclass(frozen=True)
class Content:
    """Sizes in pixels; duration in seconds, None for pictures."""

    resource_type: str
    format: str
    width: int
    height: int
    duration: float | None = None


def measure(content: bytes) -> Content:
    """Cloudinary counts PDFs among the pictures and sound among the videos. Raises UnreadableContent."""
    if content.startswith(b"%PDF-"):
        return Content("image", "pdf", *pages.SIZE)
    if content.startswith(b"ID3"):
        return Content("video", "mp3", 0, 0, 1.0)
    if (content[4:8] == b"ftyp" and not any(brand in content[8:64] for brand in AVIF)) or content[
        :4
    ] == b"\x1aE\xdf\xa3":
        return measured_video(content)
    try:
        if vectors.is_svg(content):
            return Content("image", "svg", *vectors.size_of(content))
        with Image.open(BytesIO(content), formats=list(FORMATS)) as picture:
            return Content("image", FORMATS[str(picture.format)], *picture.size)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as wrong:
        raise UnreadableContent("it is not a picture that can be read") from wrong


def measured_video(content: bytes) -> Content:
    try:
        with av.open(BytesIO(content), "r") as video:
            stream = video.streams.video[0]
            seconds = float(video.duration or 0) / av.time_base
            kind = "webm" if content[:4] == b"\x1aE\xdf\xa3" else "mov" if content[8:10] == b"qt" else "mp4"
            return Content("video", kind, stream.width, stream.height, round(seconds, 3))
    except (av.FFmpegError, IndexError, ValueError) as wrong:
        raise UnreadableContent("it is not a video that can be read") from wrong
