"""A part that is away is named once in the log when it goes and once when it is back: not every few seconds in between."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import redis.exceptions

log = logging.getLogger(__name__)
REFUSALS = (redis.exceptions.OutOfMemoryError, redis.exceptions.ReadOnlyError)


@contextmanager
def refusals_as_outage() -> Iterator[None]:
    """RQ waits for a Redis that is away, and would end with a traceback at one that is full or became a replica."""
    try:
        yield
    except REFUSALS as error:
        raise redis.exceptions.ConnectionError(str(error)) from error


class Outage:
    """Of one part, as one process sees it. `meanwhile`: what that means, for the log. Threads may share it."""

    def __init__(self, part: str, meanwhile: str) -> None:
        self.part, self.meanwhile = part, meanwhile
        self._lasts, self._lock = False, threading.Lock()

    def goes_on(self, error: object) -> None:
        if self._turns(lasts=True):
            why = (str(error).strip().splitlines() or [type(error).__name__])[0]
            log.warning("%s cannot be used: %s. %s", self.part, why.rstrip("."), self.meanwhile)

    def is_over(self) -> None:
        if self._turns(lasts=False):
            log.info("%s can be used again.", self.part)

    def _turns(self, *, lasts: bool) -> bool:
        with self._lock:
            turned, self._lasts = self._lasts != lasts, lasts
        return turned


class InsteadOfRq(logging.Filter):
    """RQ says every few seconds, in two threads, that it cannot connect."""

    def __init__(self, outage: Outage) -> None:
        super().__init__()
        self._outage = outage

    def filter(self, record: logging.LogRecord) -> bool:
        if "could not connect to Redis" not in str(record.msg):
            return True
        why = record.args[1] if isinstance(record.args, tuple) and len(record.args) > 1 else "it does not answer"
        self._outage.goes_on(why)
        return False
