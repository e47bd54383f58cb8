"""What assets are called says what they are of: a pattern (linking.domain.name_patterns), read on one of an asset's names, and
the metadata fields that its parts go to."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from linking.domain.assets import Asset
from linking.domain.incoming import IMAGES, VIDEOS
from linking.domain.name_patterns import READ, BadNamePattern, Named, NamePattern
from linking.domain.sheet_columns import ASSET_ID, FIELD, SheetField
from setup.spelling import composed
from setup.words import _

EXTENSIONS = IMAGES | VIDEOS
# Fields that take what a part says, by type; a SKU may be one of several.
TAKES: Mapping[str, Sequence[str]] = {
    "sku": ("string", "set", "enum"),
    "sequence": ("integer", "string"),
    "type": ("enum", "set", "string"),
}
# What the fields that Prepare makes are called.
USUAL: Mapping[str, Sequence[str]] = {
    "sku": ("sku", "skus"),
    "sequence": ("sequence", "position"),
    "type": ("asset_type", "type"),
}


class Reads(StrEnum):
    """What of an asset is read."""

    NAME = "name"
    PUBLIC_ID = "public_id"
    PREFIX = "prefix"
    FOLDER = "folder"


@dataclass(frozen=True)
class Convention:
    """`fills`: part of a name (READ) -> external ID of the field that it goes to. `replaces`: also values that assets have."""

    pattern: NamePattern
    reads: Reads = Reads.NAME
    fills: Mapping[str, str] = field(default_factory=dict)
    replaces: bool = False

    @classmethod
    def of(cls, asked: Mapping[str, Any]) -> "Convention":
        """From a form, or from what is kept of one. Raises BadNamePattern."""
        pattern = NamePattern.parse(str(asked.get("pattern", "")))
        reads = next((one for one in Reads if one == asked.get("reads")), Reads.NAME)
        given = asked.get("fills")
        known = given if isinstance(given, Mapping) else {}
        fills = {part: str(known[part]) for part in READ if known.get(part) and f"{{{part}}}" in pattern.text}
        if reads == Reads.PREFIX and pattern.is_open:
            text = _("End the pattern with the character that follows, such as {example}.")
            raise BadNamePattern(text.format(example="{sku}_"))
        if not fills:
            raise BadNamePattern(_("Choose at least one field that a part of the name goes to."))
        if len(set(fills.values())) < len(fills):
            raise BadNamePattern(_("Two parts of the name go to the same field. Choose different ones."))
        return cls(pattern, reads, fills, bool(asked.get("replaces")))

    @property
    def kept(self) -> dict[str, Any]:
        """As JSON, the inverse of `of`."""
        fills = dict(self.fills)
        return {"pattern": self.pattern.text, "reads": self.reads.value, "fills": fills, "replaces": self.replaces}

    @property
    def columns(self) -> list[str]:
        """What `cells` hold, as those of a spreadsheet."""
        return [ASSET_ID, *(f"{FIELD}{id}" for id in self.fills.values())]

    def read(self, asset: Asset) -> Named | None:
        """None where the name does not fit."""
        return self.pattern.read_stem(self.subject(asset), begins=self.reads == Reads.PREFIX)

    def subject(self, asset: Asset) -> str:
        """What is read, without a file's extension."""
        match self.reads:
            case Reads.FOLDER:
                return composed(asset.folder or asset.public_id.rpartition("/")[0])
            case Reads.NAME:
                return composed(stem(f"{asset.folder}/{asset.spelled_name}" if asset.folder else asset.spelled_name))
            case _:
                return composed(stem(asset.public_id))

    def cells(self, asset: Asset) -> list[str] | None:
        """A row of a spreadsheet; None where the name does not fit."""
        named = self.read(asset)
        return None if named is None else [asset.asset_id, *(part_of(named, part) for part in self.fills)]


def part_of(named: Named, part: str) -> str:
    """As a cell says it."""
    value = getattr(named, part)
    return "" if value is None else str(value)


def stem(path: str) -> str:
    """Without the extension of a picture or video: what else follows a dot may be a part of a SKU."""
    before, dot, after = path.rpartition(".")
    return before if dot and before and not before.endswith("/") and after.lower() in EXTENSIONS else path


def fitting(fields: Sequence[SheetField], part: str) -> list[SheetField]:
    """Those that take what it says."""
    return [one for one in fields if one.type in TAKES[part]]


def usual(fields: Sequence[SheetField]) -> dict[str, str]:
    """The field of each part, as far as one is called so."""
    return dict(_usual(fields))


def _usual(fields: Sequence[SheetField]) -> Iterator[tuple[str, str]]:
    for part, names in USUAL.items():
        ids = [one.id for one in fitting(fields, part)]
        if found := next((name for name in names if name in ids), ""):
            yield part, found
