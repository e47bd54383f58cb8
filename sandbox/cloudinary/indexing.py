"""What searches see: the assets as they were a moment ago, https://cloudinary.com/documentation/search_api."""

import copy
from collections.abc import Callable

from sandbox.cloudinary.records import Asset


class Index:
    """Copies of assets, each from the moment when it is due. Not thread-safe: its environment's lock guards it."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._seen: dict[str, Asset] = {}
        self._coming: list[tuple[float, str, Asset | None]] = []  # (due, asset_id, None if it is gone)

    def put(self, asset: Asset, *, due: float = 0) -> None:
        self._arrive(due, asset.asset_id, copy.deepcopy(asset))

    def remove(self, asset_id: str, *, due: float) -> None:
        self._arrive(due, asset_id, None)

    def _arrive(self, due: float, asset_id: str, asset: Asset | None) -> None:
        self._coming.append((due, asset_id, asset))
        self._settle()

    def _settle(self) -> None:
        now, waiting = self._clock(), []
        for entry in self._coming:
            due, asset_id, asset = entry
            if due > now:
                waiting.append(entry)
            elif asset is None:
                self._seen.pop(asset_id, None)
            else:
                self._seen[asset_id] = asset
        self._coming = waiting

    def assets(self) -> list[Asset]:
        """Newest first."""
        self._settle()
        return sorted(self._seen.values(), key=lambda asset: (-asset.created_at, asset.asset_id))
