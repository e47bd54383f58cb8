"""Marks of what an asset is, by which it is known whether something happened to it."""

import hashlib
import json

from linking.domain.assets import Asset
from linking.domain.following import Prints


def prints_of(asset: Asset | None, shut: str = "") -> Prints:
    """`shut`: the code of why it may not be shown: it comes and goes with the time alone."""
    if asset is None:
        return Prints(0, "", "", gone=True)
    said = [asset.metadata, asset.context, sorted(asset.tags), asset.moderation, asset.windows, asset.restricted, shut]
    return Prints(asset.version, mark([*asset.place, asset.folder, asset.display_name]), mark(said))


def mark(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=list).encode()).hexdigest()[:32]
