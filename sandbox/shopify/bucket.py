"""The leaky bucket of query cost, one per app and store, https://shopify.dev/docs/api/usage/limits."""

from collections.abc import Callable
from typing import Any

# Points, points per second; development stores have those of the standard plans.
PLANS = {"development": (2000, 100), "basic": (2000, 100), "advanced": (4000, 200), "plus": (20000, 1000)}


class Bucket:
    """Starts full. Not thread-safe: its shop's lock guards it."""

    def __init__(self, plan: str, clock: Callable[[], float]) -> None:
        self.size, self.restore_rate = PLANS[plan]
        self._clock = clock
        self._level, self._at = float(self.size), clock()

    @property
    def available(self) -> int:
        """Whole points, restored up to now."""
        now = self._clock()
        self._level = min(self.size, self._level + max(0.0, now - self._at) * self.restore_rate)
        self._at = now
        return int(self._level)

    def admits(self, requested: int) -> bool:
        return self.available >= requested

    def charge(self, points: int) -> None:
        self._level -= points

    def status(self) -> dict[str, Any]:
        return {
            "maximumAvailable": float(self.size),
            "currentlyAvailable": self.available,
            "restoreRate": float(self.restore_rate),
        }

    def dump(self) -> dict[str, float]:
        return {"level": self._level, "at": self._at}

    def load(self, data: dict[str, float]) -> None:
        self._level, self._at = data["level"], data["at"]
