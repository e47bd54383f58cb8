"""What a picture looks like in a few cells. Pillow alone: ImageHash, with SciPy behind it, weighs 240 MB and sees no colours."""

from io import BytesIO

from PIL import Image, ImageOps

from linking.domain.adopting import GRID, Look

# What thumbnails come in. Whatever else bytes claim to be is not opened.
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
MOST_PIXELS = 1_000_000


def look_of(content: bytes) -> Look | None:
    """None for what is no picture, or none that can be a thumbnail."""
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as opened:
            if not 0 < opened.width * opened.height <= MOST_PIXELS:  # before anything is decoded
                return None
            picture = ImageOps.exif_transpose(opened)
            shape = picture.width / picture.height
            cells = _flat(picture).resize((GRID, GRID), Image.Resampling.BOX).tobytes()
    except Exception:
        # Of bytes that are broken Pillow's readers raise whatever comes up in them, and none of it is a reason for a plan to end.
        return None
    return Look(cells, shape)


def _flat(picture: Image.Image) -> Image.Image:
    """On white, as shops show it: what is transparent has a colour, too, and tools keep another one."""
    if picture.mode not in ("RGBA", "LA", "PA") and "transparency" not in picture.info:
        return picture.convert("RGB")
    layer = picture.convert("RGBA")
    below = Image.new("RGBA", layer.size, "white")
    return Image.alpha_composite(below, layer).convert("RGB")
