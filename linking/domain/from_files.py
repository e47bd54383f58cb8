"""What files carry (IPTC, XMP, EXIF) as values of a metadata field, or as alt texts: a name, and a pattern."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from linking.domain.assets import Asset
from linking.domain.fields import BadField, CloudinaryField
from linking.domain.keying import MAX_PATTERN, BadPattern, Keying, compiled
from linking.domain.sheet_columns import ALT, ASSET_ID, FIELD
from setup.embedded_values import Embedded
from setup.reasons import Reason
from setup.words import _

SHOWN = 5  # of several values


@dataclass(frozen=True)
class FromFiles:
    """`code`: the column that is filled. `several`: it takes more than one value. `replaces`: also values that assets have."""

    keying: Keying
    code: str
    several: bool = False
    replaces: bool = False

    @classmethod
    def of(cls, asked: Mapping[str, Any]) -> "FromFiles":
        """From a form, or from what is kept of one. Raises BadField, BadPattern."""
        field = CloudinaryField.parse(f"embedded:{asked.get('name', '')}")
        pattern, code = str(asked.get("regex") or ""), str(asked.get("code") or "")
        if len(pattern) > MAX_PATTERN:
            raise BadPattern(_("The pattern is too long."))
        compiled(pattern)
        if code != ALT and not (code.startswith(FIELD) and code != FIELD):
            raise BadField(_("Choose a field to fill."))
        return cls(Keying(field, pattern), code, bool(asked.get("several")), bool(asked.get("replaces")))

    @property
    def name(self) -> str:
        return self.keying.field.key

    @property
    def kept(self) -> dict[str, Any]:
        """As JSON, the inverse of `of`."""
        known = {"name": self.name, "regex": self.keying.pattern, "code": self.code}
        return known | {"several": self.several, "replaces": self.replaces}

    @property
    def columns(self) -> list[str]:
        """What `cells` hold, as those of a spreadsheet."""
        return [ASSET_ID, self.code]

    def cells(self, asset: Asset, embedded: Embedded) -> list[str] | Reason:
        """A row of a spreadsheet, or why there is none."""
        values = self.keying.keys(replace(asset, embedded={self.name: embedded.of(self.name) or ()}))
        if not values:
            return Reason("sheet.not_in_file")
        if len(values) > 1 and not self.several:
            return Reason("sheet.several_in_file", count=len(values), values=list(values[:SHOWN]))
        return [asset.asset_id, "; ".join(values)]
