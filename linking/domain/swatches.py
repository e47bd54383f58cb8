"""Swatches: assets that go to a metafield instead of the gallery, and who owns which."""

import dataclasses
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from linking.domain.assets import Asset
from linking.domain.fields import CloudinaryField
from setup import swatch_rules
from setup.spelling import plain


@dataclass(frozen=True, slots=True)
class SwatchRule:
    """An asset is a swatch if it has one of these `values` (folded) in this field (a tag, for the field `tags`). Without a field
    none is; but for an `automatic` one, which goes by the words for it: `types` are the structured metadata fields that tell
    what an asset is, by external ID, each with what its list calls a swatch besides."""

    field: CloudinaryField | None = None
    values: frozenset[str] = frozenset()
    automatic: bool = False
    types: Mapping[str, Iterable[str]] = dataclasses.field(default_factory=dict)

    @classmethod
    def parse(
        cls, field: str, value: str, *, off: bool = False, known: Sequence[Mapping[str, Any]] = ()
    ) -> "SwatchRule":
        """From what the environment has: a rule; else none if an admin turned them `off`; else what tells itself. `known`:
        structured metadata fields, each with "id", "label" and "values", its list of (external ID, label)."""
        if field and plain(value):
            listed = swatch_rules.values_of(known, field)
            return cls(CloudinaryField.parse(field), frozenset(swatch_rules.alike(value, listed)))
        return cls() if off else cls(automatic=True, types=swatch_rules.type_fields(known))

    @property
    def identity(self) -> Hashable:
        """Two rules with the same one name the same assets."""
        return (
            self.field,
            self.values,
            self.automatic,
            frozenset((name, *sorted(more)) for name, more in self.types.items()),
        )

    def names(self, asset: Asset) -> bool:
        if self.field is not None:
            return any(swatch_rules.folded_once(value) in self.values for value in self.field.values(asset))
        return self.automatic and self._tells_itself(asset)

    def _tells_itself(self, asset: Asset) -> bool:
        if any(map(swatch_rules.is_swatch, asset.tags)):
            return True
        for name, value in asset.metadata.items():
            if (name in self.types or swatch_rules.is_type_field(name)) and self._says_so(name, value):
                return True
        return any(
            swatch_rules.is_swatch(value) for key, value in asset.context.items() if swatch_rules.is_type_field(key)
        )

    def _says_so(self, name: str, value: str | tuple[str, ...]) -> bool:
        values, more = value if isinstance(value, tuple) else (value,), self.types.get(name, ())
        return any(swatch_rules.is_swatch(one) or swatch_rules.folded_once(one) in more for one in values)


def first_come(wishes: Mapping[str, Sequence[str]]) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """Of several swatches for one owner the first wins: (owner -> asset, [(owner, asset that came too late), …])."""
    won = {owner: assets[0] for owner, assets in wishes.items() if assets}
    late = [
        (owner, asset) for owner, assets in wishes.items() for asset in dict.fromkeys(assets[1:]) if asset != assets[0]
    ]
    return won, late


def number(found: Iterable[tuple[str, str]]) -> int:
    """Of (product, asset) pairs, one for each variant that gets it: a swatch is one picture in a product, as one in its gallery
    is, however many variants show it. Two products that show it have two."""
    return len(set(found))
