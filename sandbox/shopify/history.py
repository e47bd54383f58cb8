"""How a store was some seconds ago, for reads that are scripted to lag behind."""

import copy
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sandbox.shopify.behaviours import Behaviours
from sandbox.shopify.records import File, Product

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop

KIND = "stale_reads"


@dataclass
class State:
    """Copies; what did not change is shared with the state before."""

    products: dict[str, Product] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)


class History:
    """Kept only while stale reads are scripted for the store. Not thread-safe: its shop's lock guards it."""

    def __init__(self) -> None:
        self._states: list[tuple[float, State]] = []  # (since when, how it was then)
        self._span: float | None = None  # seconds to look back; None: nothing is kept

    @property
    def kept(self) -> bool:
        return self._span is not None

    def follow(self, shop: "Shop") -> None:
        """Begins with the fault, and ends when it is gone. Called before anything changes."""
        lags = [f.seconds for f in shop.world.faults.scripted("shopify", KIND, shop.domain)]
        began = self._span is None
        self._span = max(lags, default=None)
        if self._span is None:
            self._states.clear()
        elif began:
            self.note(shop, shop.now())

    def note(self, shop: "Shop", at: float) -> None:
        """Writes down how the store is from then on, if it changed; what is too old to be asked for is forgotten."""
        if self._span is None:
            return
        last_at, last = self._states[-1] if self._states else (at, State())
        state = State(copies(last.products, shop.products), copies(last.files, shop.files))
        if not self._states or state != last:
            self._states.append((max(at, last_at), state))
        oldest = shop.now() - self._span
        while len(self._states) > 1 and self._states[1][0] <= oldest:
            self._states.pop(0)

    def view(self, shop: "Shop", behaviours: Behaviours) -> "Shop":
        """The store as this query sees it: itself, or a copy with earlier products and files."""
        fault = behaviours.first(KIND)
        if fault is None or not self._states or (fault.code == "alternating" and fault.struck % 2 == 0):
            return shop
        moment = shop.now() - fault.seconds
        earlier = [state for since, state in self._states if since <= moment]
        state = earlier[-1] if earlier else self._states[0][1]
        seen = copy.copy(shop)
        seen.products, seen.files = state.products, state.files
        return seen


def copies(before: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    return {key: before[key] if before.get(key) == record else copied(record) for key, record in now.items()}


def copied(record: Product | File) -> Product | File:
    """Contents, downloads and metafields are replaced as a whole when they change, so they may be shared."""
    if isinstance(record, File):
        return replace(record)
    variants = [replace(variant, metafields=dict(variant.metafields)) for variant in record.variants]
    return replace(
        record,
        variants=variants,
        metafields=dict(record.metafields),
        media=list(record.media),
        tags=list(record.tags),
    )
