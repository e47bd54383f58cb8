"""The order of assets inside a group: by a field, naturally (a2 before a10), those without a value last."""

import re
from collections.abc import Iterable

from linking.domain.assets import Asset
from linking.domain.fields import CloudinaryField

DIGITS = re.compile(r"(\d+)")
NUMBER = re.compile(r"-?\d+(\.\d+)?")
Natural = tuple[tuple[int, int, str], ...]


def natural(text: str) -> Natural:
    """A sort key under which digits count as numbers and case does not matter."""
    parts = DIGITS.split(text.casefold())
    return tuple((0, int(part), "") if _is_number(part) else (1, 0, part) for part in parts if part)


def _is_number(part: str) -> bool:
    """What is longer is no number that anybody counts with, and Python refuses to read it."""
    return part.isdecimal() and len(part) <= 300


def rank(text: str | None) -> tuple[int, float, Natural]:
    """Numbers first by value, then text (ISO dates sort as text), then nothing."""
    if not text:
        return (2, 0.0, ())
    return (0, float(text), ()) if NUMBER.fullmatch(text) else (1, 0.0, natural(text))


def arrange(assets: Iterable[Asset], field: CloudinaryField | None) -> tuple[Asset, ...]:
    """Sorted by the field's first value; equal ones, and all of them without a field, keep the order they came in."""
    if field is None:
        return tuple(assets)
    return tuple(sorted(assets, key=lambda asset: rank(next(iter(field.values(asset)), None))))


def by_hand(assets: Iterable[Asset], order: Iterable[str]) -> tuple[Asset, ...]:
    """As a person ordered them (asset ids); those that the order does not name follow as they come."""
    places = {asset_id: place for place, asset_id in enumerate(order)}
    return tuple(sorted(assets, key=lambda asset: places.get(asset.asset_id, len(places))))
