"""Calls of Cloudinary's Admin API that nobody waits for: counted, and never so many that people's pages find nothing left."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from linking.cloudinary.searching import Quota
from linking.models import EventWork
from setup.cloudinary.client import CloudinaryClient

SHARE = 0.3  # of the hourly limit
UNKNOWN = 500  # calls an hour, of the smallest plans, until Cloudinary has said how many there are
HOUR = timedelta(hours=1)


class OverBudget(Exception):
    """Until the next hour, nothing more is asked."""


class MeteredClient(CloudinaryClient):
    """Counts its calls, those of threads too. `left`: how many it may make."""

    def __init__(self, work: EventWork, *, now: datetime) -> None:
        super().__init__(work.environment)
        self.before = work.spent if work.hour == hour_of(now) else 0
        self.calls, self.most = 0, work.hourly or UNKNOWN
        self._lock = threading.Lock()

    def call(self, function: Callable[..., Any], *args: Any, **options: Any) -> dict[str, Any]:
        """Raises CloudinaryError."""
        with self._lock:
            self.calls += 1
        answer = super().call(function, *args, **options)
        if quota := Quota.of(answer).most:
            self.most = quota
        return answer

    @property
    def left(self) -> int:
        return max(0, int(self.most * SHARE) - self.before - self.calls)

    def check(self) -> None:
        """Raises OverBudget."""
        if not self.left:
            raise OverBudget

    def spent(self, *, now: datetime) -> dict[str, int]:
        """The fields of the row that keep it."""
        return {"spent": self.before + self.calls, "hour": hour_of(now), "hourly": self.most}


def hour_of(now: datetime) -> int:
    return int(now.timestamp() // 3600)


def next_hour(now: datetime) -> datetime:
    """A little after it began: clocks differ."""
    return datetime.fromtimestamp((hour_of(now) + 1) * 3600 + 30, UTC)
