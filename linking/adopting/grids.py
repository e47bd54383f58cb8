"""What a picture looks like in a few cells. Pillow alone: ImageHash, with SciPy behind it, weighs 240 MB and sees no colours."""

from collections.abc import Callable
from io import BytesIO
from typing import TypeVar

from PIL import Image, ImageChops, ImageFilter, ImageOps

from linking.domain.adopting import GRID, Look

# What thumbnails come in. Whatever else bytes claim to be is not opened.
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
MOST_PIXELS = 1_000_000
FINE = 256  # of the details, at most


Made = TypeVar("Made")


def look_of(content: bytes) -> Look | None:
    """None for what is no picture, or none that can be a thumbnail."""

    def make(picture: Image.Image) -> Look:
        cells = picture.resize((GRID, GRID), Image.Resampling.BOX).tobytes()
        return Look(cells, picture.width / picture.height)

    return _read(content, make)


def brightness_of(content: bytes) -> Image.Image | None:
    """None for what is no picture."""
    return _read(content, lambda picture: picture.convert("L"))


def apart_in_detail(one: Image.Image, other: Image.Image) -> int:
    """How far the small cells are apart that differ most, beyond a quarter of the contrast around them: edges are where encoding
    and resizing change most. Cells are as small as two pixels of the smaller picture."""
    side = max(1, min(FINE, max(one.size) // 2, max(other.size) // 2))
    cells = [picture.resize((side, side), Image.Resampling.BOX) for picture in (one, other)]
    contrast = ImageChops.darker(*map(_contrast, cells)).point(lambda value: value // 4)
    _least, most = ImageChops.subtract(ImageChops.difference(*cells), contrast).getextrema()
    return int(most)  # type: ignore[arg-type]  # of one band


def _contrast(cells: Image.Image) -> Image.Image:
    """Of each cell with its neighbours."""
    return ImageChops.subtract(cells.filter(ImageFilter.MaxFilter(3)), cells.filter(ImageFilter.MinFilter(3)))


def _read(content: bytes, make: Callable[[Image.Image], Made]) -> Made | None:
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as opened:
            if not 0 < opened.width * opened.height <= MOST_PIXELS:  # before anything is decoded
                return None
            return make(_flat(ImageOps.exif_transpose(opened)))
    except Exception:
        # Of bytes that are broken Pillow's readers raise whatever comes up in them, and none of it is a reason for a plan to end.
        return None


def _flat(picture: Image.Image) -> Image.Image:
    """On white, as shops show it: what is transparent has a colour, too, and tools keep another one."""
    if picture.mode not in ("RGBA", "LA", "PA") and "transparency" not in picture.info:
        return picture.convert("RGB")
    layer = picture.convert("RGBA")
    below = Image.new("RGBA", layer.size, "white")
    return Image.alpha_composite(below, layer).convert("RGB")
