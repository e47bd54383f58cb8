"""Alt texts: how long they may be, what a field or a caption makes of one, and what a picture that is there already keeps."""

from enum import StrEnum

from linking.domain.assets import Asset
from linking.domain.fields import CloudinaryField
from setup.spelling import plain

MAX_ALT = 512  # Shopify's limit, in characters
ADVISED_ALT = 125  # what screen readers read in one go
MAX_CONTEXT = 255  # Cloudinary's limit for a value of an asset's context


class AltPolicy(StrEnum):
    KEEP = "keep"
    FILL = "fill"
    OVERWRITE = "overwrite"


class AltSource(StrEnum):
    TYPED = "typed"  # also no text on purpose
    FIELD = "field"
    AI = "ai"
    ASSET = "asset"  # the asset's own context


# A person wrote these texts, or accepted them: they are set whatever the policy, which is for texts that come from fields.
EXPLICIT = (AltSource.TYPED, AltSource.AI)


def new_alt(policy: str, current: str, wanted: str, *, explicit: bool = False) -> str:
    """What the picture's alt text shall be. `explicit`: a person decided on `wanted`; empty, it is decorative. Otherwise an
    asset without a text never takes one away."""
    if explicit:
        return wanted
    if not wanted or policy == AltPolicy.KEEP:
        return current
    return wanted if policy == AltPolicy.OVERWRITE or not plain(current) else current


def one_line(text: str) -> str:
    """Line breaks and doubled spaces mean nothing in an alt text. In NFC, so that a service that tidies it up keeps it."""
    return plain(" ".join(text.split()))


def cut(text: str, most: int = MAX_ALT) -> str:
    """At most `most` characters; a longer text ends with a whole word and an ellipsis."""
    text = one_line(text)
    if len(text) <= most:
        return text
    kept = text[:most]
    whole, _, _ = kept.rpartition(" ")
    return (whole or kept[:-1]).rstrip(" ,;:–-") + "…"


def own(asset: Asset) -> str:
    """What the asset brings along."""
    return plain(asset.context.get("alt", ""))


def from_field(field: CloudinaryField, asset: Asset) -> str:
    """The asset's values of the field as a text; empty if it has none."""
    return cut(", ".join(field.values(asset)))
