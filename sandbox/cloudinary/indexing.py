"""What searches see: the assets as they were a moment ago, https://cloudinary.com/documentation/search_api.

Each search is remembered with what it found, in its order, and kept in step as assets come, change and go. So the hundredth
page costs what the first one does, however many assets there are.
"""

import heapq
import itertools
from bisect import bisect_left, bisect_right, insort
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from sandbox.cloudinary.records import Asset

Row = tuple[Any, ...]  # what an asset is sorted by; its asset_id comes last, so that no two are equal
MOST_REMEMBERED = 24


class Ranked:
    """The assets that `matches`, by `row`."""

    def __init__(self, matches: Callable[[Asset], bool], row: Callable[[Asset], Row], assets: Iterable[Asset]) -> None:
        self._matches, self._row = matches, row
        self.rows = sorted(row(asset) for asset in assets if matches(asset))

    def change(self, before: Asset | None, after: Asset | None) -> None:
        if before is not None and self._matches(before):
            del self.rows[bisect_left(self.rows, self._row(before))]
        if after is not None and self._matches(after):
            insort(self.rows, self._row(after))

    def page(self, size: int, after: Row | None) -> tuple[Sequence[Row], bool]:
        """The rows that follow, and whether there are more. What arrives meanwhile before `after` shifts nothing."""
        start = 0 if after is None else bisect_right(self.rows, after)
        return self.rows[start : start + size], start + size < len(self.rows)


class Index:
    """Copies of assets, each from the moment when it is due. Not thread-safe: its environment's lock guards it."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._seen: dict[str, Asset] = {}
        self._coming: list[tuple[float, int, str, Asset | None]] = []  # (due, nth, asset_id, None if it is gone)
        self._nth = itertools.count()
        self._remembered: OrderedDict[Hashable, Ranked] = OrderedDict()

    def put(self, asset: Asset, *, due: float = 0) -> None:
        if due == 0:
            self._settle()
            self._change(asset.asset_id, copied(asset))
            return
        heapq.heappush(self._coming, (due, next(self._nth), asset.asset_id, copied(asset)))

    def remove(self, asset_id: str, *, due: float) -> None:
        heapq.heappush(self._coming, (due, next(self._nth), asset_id, None))

    def ranked(self, key: Hashable | None, matches: Callable[[Asset], bool], row: Callable[[Asset], Row]) -> Ranked:
        """`key` names the search, to find it again; None for one that means something else a moment later."""
        self._settle()
        found = self._remembered.get(key) if key is not None else None
        if found is None:
            found = Ranked(matches, row, self._seen.values())
        if key is not None:
            self._remembered[key] = found
            self._remembered.move_to_end(key)
            if len(self._remembered) > MOST_REMEMBERED:
                self._remembered.popitem(last=False)
        return found

    def asset(self, asset_id: str) -> Asset:
        return self._seen[asset_id]

    def assets(self) -> Iterable[Asset]:
        """In no order."""
        self._settle()
        return self._seen.values()

    def _settle(self) -> None:
        now = self._clock()
        while self._coming and self._coming[0][0] <= now:
            _, _, asset_id, asset = heapq.heappop(self._coming)
            self._change(asset_id, asset)

    def _change(self, asset_id: str, after: Asset | None) -> None:
        before = self._seen.pop(asset_id, None)
        if after is not None:
            self._seen[asset_id] = after
        for known in self._remembered.values():
            known.change(before, after)


def copied(asset: Asset) -> Asset:
    """So that later changes are not seen before their time."""
    metadata = {name: list(value) if isinstance(value, list) else value for name, value in asset.metadata.items()}
    return replace(
        asset,
        tags=list(asset.tags),
        context=dict(asset.context),
        metadata=metadata,
        access_control=None if asset.access_control is None else [dict(one) for one in asset.access_control],
        moderation=[dict(one) for one in asset.moderation],
    )
