"""Channels: targets that are no Shopify store (market place, social media, e-mail). Which renditions one takes and how they are
made, which assets are too small for it, and what its manifest is made of. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from linking.domain.assets import Asset
from setup.reasons import NONE, Reason
from setup.words import _, enumeration, gettext_lazy, quoted

LARGEST = 10_000  # pixels of a side
FITS: Mapping[str, Any] = {
    "pad": gettext_lazy("Whole, on a background"),
    "fill": gettext_lazy("Cropped to fill"),
    "limit": gettext_lazy("Whole, no larger"),
}
CROPS = {"pad": "c_pad", "fill": "c_fill,g_auto", "limit": "c_limit"}
FORMATS = {"jpg": "JPEG", "png": "PNG", "webp": "WebP"}
# What a column of a manifest can hold; all but `metadata:…`, which names one of the environment's fields.
SOURCES = (
    "file_name",
    "url",
    "sku",
    "position",
    "rendition",
    "width",
    "height",
    "name",
    "alt",
    "public_id",
    "asset_id",
)
IN_NAMES = ("sku", "name", "position", "rendition", "public_id")
BRACES = re.compile(r"\{([^{}]*)\}")
COLOUR = re.compile(r"[0-9a-f]{6}")
NO_PICTURE = Reason("channel.no_picture")
MOST_RENDITIONS, MOST_COLUMNS, LONGEST = 6, 40, 200


class BadChannel(ValueError):
    """What was written cannot be used; the text says why."""


@dataclass(frozen=True)
class Rendition:
    """`least`, `tall`: pixels that an asset has to have. `ground`: six hexadecimal digits, of what is padded."""

    name: str
    width: int
    height: int
    fit: str = "pad"
    ground: str = "ffffff"
    format: str = "jpg"
    least: int = 0
    tall: int = 0

    @property
    def transformation(self) -> str:
        ground = f",b_rgb:{self.ground}" if self.fit == "pad" else ""
        return f"{CROPS[self.fit]},w_{self.width},h_{self.height}{ground}/q_auto:good/f_{self.format}"

    @property
    def kind(self) -> str:
        """In words: “Cropped to fill, JPEG”."""
        return f"{FITS[self.fit]}, {FORMATS[self.format]}"

    def trouble(self, asset: Asset) -> Reason:
        """Why the asset cannot go there; empty if it can. What may be shown at all is asked elsewhere."""
        if asset.resource_type != "image" or not asset.width:
            return NO_PICTURE
        if asset.width < self.least or asset.height < self.tall:
            size = {"width": asset.width, "height": asset.height, "least": self.least, "tall": self.tall}
            return Reason("channel.too_small", **size)
        return NONE

    def size_of(self, asset: Asset) -> tuple[int, int]:
        """Pixels of what is delivered."""
        if self.fit != "limit":
            return self.width, self.height
        scale = min(1.0, self.width / asset.width, self.height / asset.height)
        return max(1, round(asset.width * scale)), max(1, round(asset.height * scale))


@dataclass(frozen=True)
class Column:
    """`source`: one of SOURCES, or `metadata:` with a field's ID."""

    source: str
    title: str


@dataclass(frozen=True)
class Profile:
    """`naming`: a template of file names, without the extension."""

    renditions: tuple[Rendition, ...]
    naming: str
    columns: tuple[Column, ...]

    def kept(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Profile":
        """As a row has it. Raises BadChannel for what nobody can have saved."""
        try:
            renditions = tuple(Rendition(**one) for one in kept["renditions"])
            columns = tuple(Column(**one) for one in kept["columns"])
            return cls(tuple(map(checked, renditions)), naming(kept["naming"]), columns)
        except (KeyError, TypeError, AttributeError):
            raise BadChannel(_("AssetLink cannot read this channel. Remove it, and make it again.")) from None


def checked(one: Rendition) -> Rendition:
    """Raises BadChannel."""
    sizes = (one.width, one.height, one.least, one.tall)
    known = one.fit in FITS and one.format in FORMATS and COLOUR.fullmatch(one.ground)
    if not known or min(sizes[:2]) < 1 or min(sizes) < 0 or max(sizes) > LARGEST:
        raise BadChannel(_("A side has 1 to 10,000 pixels. A background is six hexadecimal digits, such as ffffff."))
    return one


def naming(text: str) -> str:
    """Raises BadChannel."""
    parts = BRACES.split(text.strip())
    strange = [name for name in parts[1::2] if name not in IN_NAMES]
    if strange or any(sign in part for part in parts[::2] for sign in "{}"):
        known = enumeration([f"{{{name}}}" for name in IN_NAMES])
        said = _("There is no {name}. Write {known}.")
        raise BadChannel(said.format(name=quoted(f"{{{strange[0]}}}" if strange else "{"), known=known))
    if not text.strip() or len(text) > LONGEST:
        raise BadChannel(_("Enter a pattern for file names, at most 200 characters."))
    return text.strip()


def named(template: str, values: Mapping[str, str]) -> str:
    return BRACES.sub(lambda found: values.get(found[1], ""), template)


def columns_of(text: str) -> tuple[Column, ...]:
    """A line for each: what it holds, an equals sign, its title. Raises BadChannel."""
    found = []
    for line in filter(None, map(str.strip, text.splitlines())):
        source, sign, title = (part.strip() for part in line.partition("="))
        if source not in SOURCES and not (source.startswith("metadata:") and source != "metadata:"):
            known = enumeration([*SOURCES, "metadata:…"])
            raise BadChannel(_("There is no {name}. Write {known}.").format(name=quoted(source), known=known))
        found.append(Column(source, title if sign and title else source))
    if not found or len(found) > MOST_COLUMNS or any(len(one.title) > LONGEST for one in found):
        raise BadChannel(_("Write 1 to 40 columns, each in a line of its own: sku = item_sku."))
    return tuple(found)


def columns_text(columns: Sequence[Column]) -> str:
    return "\n".join(f"{one.source} = {one.title}" for one in columns)


URLS = (Column("sku", "sku"), Column("file_name", "file_name"), Column("url", "image_url"))
# What an admin begins with, and compares with the channel's own rules: ours are from memory, and they change.
PRESETS: Mapping[str, tuple[Any, Profile]] = {
    "amazon": (
        gettext_lazy("Amazon, main picture"),
        Profile(
            (Rendition("MAIN", 2000, 2000, least=1000, tall=1000),),
            "{sku}.MAIN.{position}",
            (Column("sku", "item_sku"), Column("url", "main_image_url"), Column("position", "position")),
        ),
    ),
    "instagram": (
        gettext_lazy("Instagram, square"),
        Profile((Rendition("square", 1080, 1080, "fill", least=600, tall=600),), "{sku}-{position}", URLS),
    ),
    "email": (
        gettext_lazy("E-mail"),
        Profile(
            (Rendition("normal", 600, 600, "limit"), Rendition("double", 1200, 1200, "limit")),
            "{name}-{rendition}",
            (*URLS, Column("width", "width"), Column("alt", "alt")),
        ),
    ),
}
