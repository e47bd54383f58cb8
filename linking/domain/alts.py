"""Alt texts: how long they may be, what a field or a caption makes of one, and what a picture that is there already keeps."""

import re
from collections import Counter
from collections.abc import Iterable
from enum import IntEnum, StrEnum

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


class Sense(IntEnum):
    """How well what a field holds serves as an alt text."""

    MEANT = 0  # by the field's name
    TEXT = 1
    NAME = 2
    NONE = 3  # numbers, dates, yes and no, addresses, codes


MEANT = re.compile(r"\b(alt|alternative|caption|description|title)\b", re.IGNORECASE)
ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://|www\.", re.IGNORECASE)
YES_OR_NO = ("true", "false", "yes", "no")
# Where an asset is kept says nothing of what it shows.
PLACES = ("public_id", "folder")


def sense_of(code: str, label: str, values: Iterable[str]) -> Sense:
    """Of a Cloudinary field, by its name and by what most of these `values` of it look like."""
    sorts = Counter(_sense(value) for value in values)
    most = max(sorts, key=lambda sense: (sorts[sense], -sense)) if sorts else Sense.NONE
    if most == Sense.NONE or code in PLACES:
        return Sense.NONE
    named = MEANT.search(re.sub(r"[_:-]+", " ", f"{code} {label}"))
    return Sense.MEANT if named else most


def _sense(value: str) -> Sense:
    text = plain(value)
    codes = len(text.split()) == 1 and any(map(str.isdigit, text))
    if codes or text.casefold() in YES_OR_NO or ADDRESS.match(text):
        return Sense.NONE
    if not any(map(str.isalpha, text)):
        return Sense.NONE
    return Sense.TEXT if len(text.split()) > 1 else Sense.NAME
