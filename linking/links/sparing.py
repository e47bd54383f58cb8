"""Cloudinary's hourly limit while links are checked: pages that people wait for find enough of it left."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from linking.cloudinary.searching import Quota
from setup.cloudinary.client import CloudinaryClient
from setup.models import Environment

# Of the hourly limit; a check that comes to it goes on in the next hour.
SPARED = 0.5


class SparingClient(CloudinaryClient):
    """Keeps what Cloudinary's last answer said of the limit."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self.quota = Quota()

    def call(self, function: Callable[..., Any], *args: Any, **options: Any) -> dict[str, Any]:
        """Raises CloudinaryError."""
        answer = super().call(function, *args, **options)
        known = Quota.of(answer)
        if known.most:
            self.quota = known
        return answer

    @property
    def is_low(self) -> bool:
        return self.quota.left < self.quota.most * SPARED

    def until(self, now: datetime) -> datetime:
        """When there is more: as Cloudinary says, within an hour and a half."""
        said = datetime.fromtimestamp(self.quota.until, UTC) if self.quota.until else now + timedelta(hours=1)
        return min(max(said, now) + timedelta(seconds=30), now + timedelta(minutes=90))
