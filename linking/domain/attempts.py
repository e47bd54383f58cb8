"""How often work that does not get on is begun again, after what pause, and when it is enough."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Cause(StrEnum):
    """Why a try ended without getting on."""

    AWAY = "away"  # a service does not answer, or not yet
    BUSY = "busy"  # a service's hourly limit is used up
    STORAGE = "storage"  # the server has no room, or may not write: a person has to look
    CRASH = "crash"  # an error of our own, or a worker that was lost


@dataclass(frozen=True, slots=True)
class Limit:
    """So many tries in a row, with pauses of `first` seconds, then twice as long each, up to `longest`."""

    tries: int
    first: float
    longest: float

    def pause(self, tries: int) -> float | None:
        """Seconds before the next one, after so many; None: it is enough."""
        return min(self.longest, self.first * 2 ** (tries - 1)) if tries < self.tries else None

    @property
    def minutes(self) -> int:
        """Of all the pauses together."""
        return round(sum(self.pause(tries) or 0 for tries in range(1, self.tries)) / 60)


LIMITS: Mapping[Cause, Limit] = {
    Cause.AWAY: Limit(tries=10, first=5, longest=600),  # half an hour
    Cause.BUSY: Limit(tries=10, first=420, longest=420),  # the next hour has begun by then
    Cause.STORAGE: Limit(tries=150, first=5, longest=600),  # a day
    Cause.CRASH: Limit(tries=3, first=5, longest=60),  # what failed three times fails the fourth time, too
}
