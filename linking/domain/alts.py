"""Alt texts of pictures that are in a gallery already: keep, fill empty, or overwrite."""

from enum import StrEnum

MAX_ALT = 512  # Shopify's limit, in characters


class AltPolicy(StrEnum):
    KEEP = "keep"
    FILL = "fill"
    OVERWRITE = "overwrite"


def new_alt(policy: str, current: str, wanted: str) -> str:
    """What the picture's alt text shall be. An asset without a text never takes one away."""
    if not wanted or policy == AltPolicy.KEEP:
        return current
    return wanted if policy == AltPolicy.OVERWRITE or not current else current
