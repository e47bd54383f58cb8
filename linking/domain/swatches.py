"""Swatches: assets that go to a metafield instead of the gallery, and who owns which."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from linking.domain.assets import Asset
from linking.domain.fields import CloudinaryField
from setup.spelling import plain


@dataclass(frozen=True, slots=True)
class SwatchRule:
    """An asset is a swatch if it has this value in this field (a tag, for the field `tags`). No field: none is."""

    field: CloudinaryField | None = None
    value: str = ""

    @classmethod
    def parse(cls, field: str, value: str) -> "SwatchRule":
        return cls(CloudinaryField.parse(field), value) if field and plain(value) else cls()

    def names(self, asset: Asset) -> bool:
        return self.field is not None and plain(self.value) in map(plain, self.field.values(asset))


def first_come(wishes: Mapping[str, Sequence[str]]) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """Of several swatches for one owner the first wins: (owner -> asset, [(owner, asset that came too late), …])."""
    won = {owner: assets[0] for owner, assets in wishes.items() if assets}
    late = [
        (owner, asset) for owner, assets in wishes.items() for asset in dict.fromkeys(assets[1:]) if asset != assets[0]
    ]
    return won, late
