"""The hourly limit of the Admin API, https://cloudinary.com/documentation/admin_api#usage_limits.

Whether searches have a limit of their own is not verified: they count among all calls here, and where the setting `search_limit`
is not 0, against that one as well.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime

HOUR = 3600


class Spending:
    """Counts calls per clock hour. Not thread-safe: its environment's lock guards it."""

    def __init__(self, limit: Callable[[], int], clock: Callable[[], float]) -> None:
        self._limit, self._clock = limit, clock
        self._hour, self._spent = 0, 0

    @property
    def limit(self) -> int:
        return self._limit()

    @property
    def remaining(self) -> int:
        self._turn()
        return max(0, self.limit - self._spent)

    @property
    def reset(self) -> datetime:
        self._turn()
        return datetime.fromtimestamp((self._hour + 1) * HOUR, UTC)

    def spend(self) -> bool:
        """False if nothing is left of this hour."""
        if self.remaining == 0:
            return False
        self._spent += 1
        return True

    def headers(self) -> dict[str, str]:
        return {
            "X-FeatureRateLimit-Limit": str(self.limit),
            "X-FeatureRateLimit-Remaining": str(self.remaining),
            "X-FeatureRateLimit-Reset": format_datetime(self.reset, usegmt=True),
        }

    def _turn(self) -> None:
        hour = int(self._clock() // HOUR)
        if hour != self._hour:
            self._hour, self._spent = hour, 0

    def dump(self) -> list[int]:
        return [self._hour, self._spent]

    def load(self, data: list[int]) -> None:
        self._hour, self._spent = data
