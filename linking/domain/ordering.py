"""Orders: of the assets inside a group, by one field and then by a second; and of the groups that enter one product.

A field of a list orders as its list does, every other one as people count (setup.natural_order). What has no value goes last,
whichever way the others stand.
"""

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from linking.domain.assets import Asset
from linking.domain.fields import CloudinaryField
from setup.natural_order import Natural, natural
from setup.spelling import plain

Sorted = TypeVar("Sorted")


@dataclass(frozen=True)
class Order:
    """By `field`, the first values first unless `descending`. `listed`: the values of its list, in the list's order."""

    field: CloudinaryField
    descending: bool = False
    listed: tuple[str, ...] = ()
    # Of each listed value. Of two that read alike the first counts.
    places: Mapping[str, int] = dataclasses.field(init=False, repr=False, compare=False, hash=False)

    def __post_init__(self) -> None:
        places: dict[str, int] = {}
        for place, value in enumerate(map(plain, self.listed)):
            places.setdefault(value, place)
        object.__setattr__(self, "places", places)

    def value(self, asset: Asset) -> str:
        """What it is ordered by: the first of its values that says anything; of those in the list, the one that stands first
        there. Empty: it has none."""
        values = [value for value in map(plain, self.field.values(asset)) if value]
        if len(values) > 1 and self.places:
            return min(values, key=lambda value: self.places.get(value, len(self.places)))
        return next(iter(values), "")

    def rank(self, value: str) -> tuple[int, Natural]:
        """Of a value that says anything. What is not in the list, or not any more, comes behind all that is."""
        return self.places.get(value, len(self.places)), natural("" if value in self.places else value)


Orders = Sequence[Order]


def orders_by(settings: Mapping[str, Any], offered: Iterable[Mapping[str, Any]]) -> tuple[Order, ...]:
    """`settings`: by their names in a selection; `offered`: its fields (linking.domain.stored.offered_fields). A second field
    counts only behind a first one that is another. Raises BadField."""
    wanted = [(settings["order_field"], settings["order_descending"])] if settings["order_field"] else []
    if wanted and settings["then_field"] not in ("", settings["order_field"]):
        wanted.append((settings["then_field"], settings["then_descending"]))
    listed = {one["code"]: one["values"] for one in offered} if wanted else {}
    return tuple(Order(CloudinaryField.parse(code), down, tuple(listed.get(code, ()))) for code, down in wanted)


def arrange(assets: Iterable[Asset], orders: Orders) -> tuple[Asset, ...]:
    """Sorted by the first order, where that tells no difference by the second; where none does, as they came."""
    found = tuple(assets)
    for order in reversed(orders):
        found = _sorted(found, order)
    return found


def _sorted(assets: Sequence[Asset], order: Order) -> tuple[Asset, ...]:
    """Stable, also for those that are equal in a descending order."""
    having = [(value, asset) for asset in assets if (value := order.value(asset))]
    having.sort(key=lambda one: order.rank(one[0]), reverse=order.descending)
    return (*(asset for _, asset in having), *(asset for asset in assets if not order.value(asset)))


def by_hand(assets: Iterable[Asset], order: Iterable[str]) -> tuple[Asset, ...]:
    """As a person ordered them (asset ids); those that the order does not name follow as they come."""
    places = {asset_id: place for place, asset_id in enumerate(order)}
    return tuple(sorted(assets, key=lambda asset: places.get(asset.asset_id, len(places))))


class GroupOrder(StrEnum):
    """How groups that enter one product stand in its gallery."""

    VARIANTS = "variants"  # as its variants do; groups of which the store names no variant follow
    KEY = "key"
    LIST = "list"  # as on the page: in which they were selected


def among_each_other(
    groups: Iterable[Sorted],
    how: GroupOrder,
    *,
    key: Callable[[Sorted], str],
    variants: Callable[[Sorted], Iterable[int]],
) -> list[Sorted]:
    """The groups that enter one product. `key`: of a group; `variants`: the positions, from 1, of the variants that carry it.
    Stable."""
    match how:
        case GroupOrder.KEY:
            return sorted(groups, key=lambda group: natural(key(group)))
        case GroupOrder.VARIANTS:
            return sorted(groups, key=lambda group: min(variants(group), default=MOST_VARIANTS + 1))
        case _:
            return list(groups)


# https://shopify.dev/docs/api/admin-graphql/2026-10/objects/Product: what a product may have at most.
MOST_VARIANTS = 2048
