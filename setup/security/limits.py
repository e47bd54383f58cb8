"""How often somebody may do something. Counted in Redis for all processes; while it is away, each process counts alone.

A limit holds for one person, and ten times it for the whole product environment.
"""

import threading
import time

import redis.exceptions
from django.conf import settings

from setup.models import Member
from setup.redis_client import client
from setup.words import gettext_lazy, ngettext, number

MINUTE, HOUR = 60, 3600
PERIODS = {
    "launch": MINUTE,
    "dry_run": HOUR,
    "sync": HOUR,
    "look": MINUTE,  # what asks Cloudinary while somebody waits
    "deliver": MINUTE,  # events that somebody sends by hand
    "search": MINUTE,  # of the Media Library
    "bring": MINUTE,  # signatures for files, fifty at a time
    "request": MINUTE,
    "api": MINUTE,  # of a key
    "delivery": MINUTE,  # media by SKU, of an address
    "webhook": MINUTE,
    "refusal": MINUTE,  # refused launches that are written down
    "sign_in": MINUTE,
    "code": HOUR,  # e-mails with codes
    "uninstalling": HOUR,  # how often a store is asked whether a notice is true
}
TOGETHER = 10
REST = 5.0  # seconds for which a Redis that does not answer is not asked again


class TooMany(Exception):
    """`text` says when to try again; `seconds` until then."""

    def __init__(self, text: str, seconds: int) -> None:
        super().__init__(text)
        self.text, self.seconds = text, seconds


TEXTS = {
    "launch": gettext_lazy("AssetLink was opened too often just now."),
    "dry_run": gettext_lazy("Too many dry runs were started in the last hour."),
    "sync": gettext_lazy("Too many runs were started in the last hour."),
    "look": gettext_lazy("Cloudinary was asked too often just now."),
    "deliver": gettext_lazy("Events were sent too often just now."),
    "search": gettext_lazy("You searched the Media Library too often just now."),
    "bring": gettext_lazy("You uploaded too many files just now."),
    "request": gettext_lazy("Too many requests came from here just now."),
    "api": gettext_lazy("Too many requests came with this key just now."),
    "sign_in": gettext_lazy("Too many people tried to sign in from here just now."),
    "code": gettext_lazy("Too many codes were sent in the last hour."),
}


def spend(name: str, member: Member) -> None:
    """One more of the member and of the environment. Raises TooMany."""
    limit = settings.LIMITS[name]
    spend_as(name, f"m{member.pk}", limit)
    spend_as(name, f"e{member.environment_id}", limit * TOGETHER)


def spend_as(name: str, who: str, limit: int) -> None:
    """One more of anybody that a short text names. Raises TooMany."""
    spend_counted(name, who, limit)


def spend_counted(name: str, who: str, limit: int) -> tuple[int, int]:
    """The same, and how many are left for how many seconds. Raises TooMany."""
    period, now = PERIODS[name], time.time()
    window = int(now // period)
    spent, seconds = count(f"limit:{name}:{who}:{window}", period), int((window + 1) * period - now) + 1
    if spent > limit:
        raise TooMany(f"{TEXTS.get(name, TEXTS['request'])} {again_in(seconds)}", seconds)
    return limit - spent, seconds


def again_in(seconds: int) -> str:
    if seconds < 90:
        text, n = ngettext("Try again in {n} second.", "Try again in {n} seconds.", seconds), seconds
    else:
        n = round(seconds / 60)
        text = ngettext("Try again in {n} minute.", "Try again in {n} minutes.", n)
    return text.format(n=number(n))


def count(key: str, period: int, by: int = 1) -> int:
    """How often this key was counted in its period, this time included, which counts as so many."""
    if _away.is_over():
        try:
            with client().pipeline() as pipe:
                pipe.incr(key, by)
                pipe.expire(key, 2 * period)
                return int(pipe.execute()[0])
        except redis.exceptions.RedisError:
            _away.begin()
    return _here.count(key, period, by)


class _Away:
    """Whether Redis is to be left alone for a moment, so that no page waits for it twice."""

    def __init__(self) -> None:
        self._until = 0.0

    def begin(self) -> None:
        self._until = time.monotonic() + REST

    def is_over(self) -> bool:
        return time.monotonic() >= self._until


class _Here:
    """Counts of this process."""

    def __init__(self) -> None:
        self._counts: dict[str, tuple[int, float]] = {}
        self._lock = threading.Lock()

    def count(self, key: str, period: int, by: int) -> int:
        now = time.monotonic()
        with self._lock:
            if len(self._counts) > 10_000:
                self._counts = {known: kept for known, kept in self._counts.items() if kept[1] > now}
            n, _ = self._counts.get(key, (0, 0.0))
            self._counts[key] = (n + by, now + period)
            return n + by

    def forget(self) -> None:
        with self._lock:
            self._counts.clear()


_away, _here = _Away(), _Here()
