"""A picture that stands for one that is elsewhere: a card in the product's colour with the product's name and the file's."""

import colorsys
import zlib
from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageDraw

from sandbox.catalog.drawing.colors import Rgb, darker, lighter
from sandbox.catalog.drawing.lettering import font, legible

SIZE = (400, 500)
FORMATS = {"jpg": "JPEG", "jpeg": "JPEG", "png": "PNG", "webp": "WEBP", "gif": "GIF"}
MARGIN = 26


def card(title: str, name: str, address: str, number: int) -> bytes:
    """In the format that the name's ending says. `number`: the picture's place in its gallery."""
    title, name = legible(title), legible(name)
    tone, picture = tone_of(title), blank(title).copy()
    pen = ImageDraw.Draw(picture)
    shape(pen, tone, zlib.crc32(address.encode()))
    pen.text((SIZE[0] - MARGIN, MARGIN), str(number), fill=darker(tone, 0.5), font=font(36), anchor="ra")
    pen.text((MARGIN, 450), shortened(name, 40), fill=darker(tone, 0.45), font=font(15))
    return saved(picture, FORMATS.get(name.rpartition(".")[2].lower(), "JPEG"))


@lru_cache(maxsize=8)
def blank(title: str) -> Image.Image:
    """With the product's name only: its pictures come one after another."""
    tone = tone_of(title)
    picture = Image.new("RGB", SIZE, lighter(tone, 0.72))
    lines = wrapped(title, 24)
    for at, line in enumerate(lines):
        place = MARGIN, 434 - 30 * (len(lines) - at)
        ImageDraw.Draw(picture).text(place, line, fill=darker(tone, 0.65), font=font(24))
    return picture


def tone_of(title: str) -> Rgb:
    """One colour for all pictures of a product, however the next product is called."""
    hue = zlib.crc32(title.encode()) % 360 / 360
    red, green, blue = (round(part * 255) for part in colorsys.hls_to_rgb(hue, 0.45, 0.38))
    return red, green, blue


def shape(pen: ImageDraw.ImageDraw, tone: Rgb, seed: int) -> None:
    """Another one for every address, so that pictures of a product can be distinguished at a glance."""
    side, x, y = 140 + seed % 90, 70 + seed // 90 % 80, 60 + seed // 7200 % 70
    box, fill = (x, y, x + side, y + side), lighter(tone, 0.25)
    kind = seed // 504_000 % 4
    if kind == 0:
        pen.ellipse(box, fill=fill)
    elif kind == 1:
        pen.rounded_rectangle(box, side // 6, fill=fill)
    elif kind == 2:
        pen.polygon([(x, y + side), (x + side // 2, y), (x + side, y + side)], fill=fill)
    else:
        pen.regular_polygon((x + side // 2, y + side // 2, side // 2), 6, rotation=seed % 60, fill=fill)


def wrapped(text: str, width: int) -> list[str]:
    """Three lines at most."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return [shortened(line, width) for line in lines[:3]]


def shortened(text: str, most: int) -> str:
    """With its end, where numbers and endings are."""
    return text if len(text) <= most else f"{text[: most // 2]}..{text[2 - most // 2 :]}"


def saved(picture: Image.Image, form: str) -> bytes:
    out = BytesIO()
    picture.save(out, form, **({"quality": 80} if form in ("JPEG", "WEBP") else {}))
    return out.getvalue()
