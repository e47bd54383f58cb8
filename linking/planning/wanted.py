"""What groups bring to products, before galleries are read."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from linking.domain.assets import Asset
from linking.domain.options import Claim
from linking.planning.carriers import Carriers
from linking.planning.swatches import Wish


class Entering(NamedTuple):
    """A group that enters a product, as the store answered for its key; `chosen`: by hand; `position`: the place that a program
    gave it, 0 for none; `roles`: what it said that assets are (linking.domain.named_products)."""

    key: str
    members: Sequence[Asset]
    product: Mapping
    chosen: bool = False
    position: int = 0
    roles: Mapping[str, str] = {}

    @property
    def positions(self) -> Iterable[int]:
        """Of the variants that carry its key. A release that did not ask for them kept none."""
        return (self.product.get("positions") or {}).values()


@dataclass
class Wanted:
    """What the groups bring to one product, in order."""

    product: Mapping
    keys: list[str] = field(default_factory=list)
    assets: dict[str, Asset] = field(default_factory=dict)
    key_of: dict[str, str] = field(default_factory=dict)
    # The images of each group for the variants that carry its key, and its first swatch.
    pictures: list[Claim] = field(default_factory=list)
    chips: list[Claim] = field(default_factory=list)
    swatches: list[Wish] = field(default_factory=list)
    carriers: Carriers = field(default_factory=Carriers)
    # The keys for which a person chose the product.
    by_hand: set[str] = field(default_factory=set)
    # Asset id -> what the store answered for that key.
    card_of: dict[str, Mapping] = field(default_factory=dict)
    # Where they begin in the gallery, if a program said so; of several groups the first one counts.
    position: int = 0
