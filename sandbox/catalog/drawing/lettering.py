"""Words on pictures, in the font that the imaging library carries: it has no accents and no other scripts."""

import unicodedata
from functools import lru_cache

from PIL import ImageFont

UNDECOMPOSED = str.maketrans(
    {"ø": "o", "Ø": "O", "æ": "ae", "Æ": "AE", "œ": "oe", "ß": "ss", "ł": "l", "Ł": "L", "đ": "d"}
)
UNDECOMPOSED |= str.maketrans({"–": "-", "—": "-", "’": "'", "‘": "'", "“": '"', "”": '"', "×": "x", "…": "..."})
UNDECOMPOSED |= str.maketrans({"⁄": "/"})
HAS = "·"  # beside ASCII


@lru_cache(maxsize=8)
def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def legible(text: str) -> str:
    """Without accents, and without what the font does not have."""
    plain = unicodedata.normalize("NFKD", text).translate(UNDECOMPOSED)
    return " ".join("".join(sign for sign in plain if sign in HAS or (sign.isascii() and sign.isprintable())).split())
