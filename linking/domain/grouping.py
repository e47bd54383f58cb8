"""From assets to groups: the assets that share one value of a field."""

from collections.abc import Iterable
from dataclasses import dataclass

from linking.domain.assets import Asset
from linking.domain.fields import CloudinaryField


@dataclass(frozen=True, slots=True)
class Group:
    """Assets that share `key`. The assets without any value form a group of their own, whose key is ``""``."""

    key: str
    assets: tuple[Asset, ...]


def group(assets: Iterable[Asset], field: CloudinaryField) -> list[Group]:
    """Groups in order of first appearance, the group without a key last. An asset with several values is in several."""
    found: dict[str, list[Asset]] = {}
    for asset in assets:
        for key in field.values(asset) or ("",):
            found.setdefault(key, []).append(asset)
    keyless = found.pop("", [])
    groups = [Group(key, tuple(members)) for key, members in found.items()]
    return [*groups, Group("", tuple(keyless))] if keyless else groups
