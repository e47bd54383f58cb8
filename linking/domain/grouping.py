"""From assets to groups: the assets that share one value of a field."""

from collections.abc import Iterable
from dataclasses import dataclass

from linking.domain.assets import Asset
from linking.domain.keying import Keying


@dataclass(frozen=True, slots=True)
class Group:
    """Assets that share `key`. The assets without any value form a group of their own, whose key is ``""``."""

    key: str
    assets: tuple[Asset, ...]


def group(assets: Iterable[Asset], keying: Keying) -> list[Group]:
    """Groups in order of first appearance, each with its key as first spelled; the group without a key last. An asset
    with several values is in several."""
    found: dict[str, list[Asset]] = {}
    spelled: dict[str, str] = {}
    for asset in assets:
        for key in keying.keys(asset) or ("",):
            same = keying.same(key)
            spelled.setdefault(same, key)
            found.setdefault(same, []).append(asset)
    keyless = found.pop("", [])
    groups = [Group(spelled[same], tuple(members)) for same, members in found.items()]
    return [*groups, Group("", tuple(keyless))] if keyless else groups
