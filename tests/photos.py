"""Drawn photographs with enough in them that no two are alike, and what other tools make of one."""

import io
import random
from functools import cache

from PIL import Image, ImageDraw, ImageFilter


@cache
def photo(seed: int, size: tuple[int, int] = (600, 800), *, detail: bool = False) -> bytes:
    """As a camera would bring it: another for each seed. `detail`: the same thing with another label, a twelfth of the width."""
    chance = random.Random(seed)
    drawn = Image.new("RGB", size, tuple(chance.randrange(200, 256) for _ in range(3)))
    pen = ImageDraw.Draw(drawn)
    for _ in range(24):
        x, y = chance.randrange(size[0]), chance.randrange(size[1])
        w, h = chance.randrange(30, size[0] // 2), chance.randrange(30, size[1] // 3)
        pen.ellipse((x - w, y - h, x + w, y + h), fill=tuple(chance.randrange(256) for _ in range(3)))
    side, middle = size[0] // 12, (size[0] // 2, size[1] // 2)
    colour = (250, 30, 30) if detail else (30, 30, 250)
    pen.rectangle((middle[0], middle[1], middle[0] + side, middle[1] + side), fill=colour)
    return saved(drawn.filter(ImageFilter.GaussianBlur(1.5)), 92)


def saved(picture: Image.Image, quality: int = 85, form: str = "JPEG") -> bytes:
    out = io.BytesIO()
    picture.save(out, form, quality=quality)
    return out.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content)).convert("RGB")


def encoded_again(content: bytes) -> bytes:
    return saved(opened(content), 60)


def resized(content: bytes, width: int) -> bytes:
    whole = opened(content)
    return saved(whole.resize((width, round(whole.height * width / whole.width)), Image.Resampling.LANCZOS), 82)


def square(content: bytes) -> bytes:
    """The middle of it."""
    whole = opened(content)
    side = min(whole.size)
    left, top = (whole.width - side) // 2, (whole.height - side) // 2
    return saved(whole.crop((left, top, left + side, top + side)))


def faded(content: bytes) -> bytes:
    """A little darker all over: nearly the same, and not the same."""
    return saved(opened(content).point(lambda value: round(value * 0.93)), 95)
