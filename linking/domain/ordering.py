"""The order of assets inside a group: by a field, as people count (setup.natural_order), those without a value last."""

from collections.abc import Iterable

from linking.domain.assets import Asset
from linking.domain.fields import CloudinaryField
from setup.natural_order import Natural, natural
from setup.spelling import plain


def first_of(values: Iterable[str]) -> str:
    """The first value that says anything; empty if none does."""
    return next(filter(None, map(plain, values)), "")


def rank(values: Iterable[str]) -> tuple[int, Natural]:
    """A sort key."""
    first = first_of(values)
    return (0 if first else 1, natural(first))


def arrange(assets: Iterable[Asset], field: CloudinaryField | None) -> tuple[Asset, ...]:
    """Sorted by the field's first value; equal ones, and all of them without a field, keep the order they came in."""
    if field is None:
        return tuple(assets)
    return tuple(sorted(assets, key=lambda asset: rank(field.values(asset))))


def by_hand(assets: Iterable[Asset], order: Iterable[str]) -> tuple[Asset, ...]:
    """As a person ordered them (asset ids); those that the order does not name follow as they come."""
    places = {asset_id: place for place, asset_id in enumerate(order)}
    return tuple(sorted(assets, key=lambda asset: places.get(asset.asset_id, len(places))))
