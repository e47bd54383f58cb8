"""HEIC, as phones write it: nothing here can decode it, so a drawn picture of its shape stands for it, and counts as HEIC.

https://nokiatech.github.io/heif/technical.html: boxes as in MP4; `ispe` says the size of an image, or of a tile of one.
"""

import re
import struct
from io import BytesIO
from pathlib import Path

from PIL import Image

from sandbox.catalog.drawing.cards import card, tone_of
from sandbox.catalog.drawing.colors import lighter
from sandbox.catalog.drawing.lettering import legible

FORMAT = "heic"
BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
OTHERS = (b"avif", b"avis")  # of the same container, and readable
BEGINNING = 64 * 1024
SHAPE, MOST = (4032, 3024), 1200


def is_one(content: bytes) -> bool:
    return content[4:8] == b"ftyp" and content[8:12] in BRANDS and not any(one in content[12:64] for one in OTHERS)


def stand_in(path: Path, content: bytes) -> bytes:
    """A JPEG."""
    width, height = size_of(content)
    scale = MOST / max(width, height, 1)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    picture = Image.new("RGB", size, lighter(tone_of(legible(path.stem)), 0.72))  # the card's ground
    with Image.open(BytesIO(card(path.stem, path.name, path.name, 1))) as drawn:
        drawn.thumbnail(picture.size)
        picture.paste(drawn, ((picture.width - drawn.width) // 2, (picture.height - drawn.height) // 2))
    kept = BytesIO()
    picture.save(kept, "JPEG", quality=80)
    return kept.getvalue()


def size_of(content: bytes) -> tuple[int, int]:
    """Of the largest image in it; a phone's usual one if it says nothing."""
    found = re.finditer(rb"ispe.{4}(.{8})", content[:BEGINNING], re.DOTALL)
    sizes = [struct.unpack(">II", match[1]) for match in found]
    return max(
        (one for one in sizes if all(0 < side < 100_000 for side in one)),
        key=lambda one: one[0] * one[1],
        default=SHAPE,
    )
