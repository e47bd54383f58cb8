"""Events that AssetLink reports to webhooks, when it tries to deliver one, and what a receiver's answer means.

Standard Webhooks 1.0.0: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from setup.words import gettext_lazy

PLANNED, FINISHED, FAILED, ABORTED = "run.planned", "run.finished", "run.failed", "run.aborted"
STORE_BROKEN, STORE_RECOVERED, TEST = "store.broken", "store.recovered", "webhook.test"
PLAN_WAITS = "plan.waiting"
RULE_FAILED, RULE_RECOVERED = "rule.failed", "rule.recovered"
EVENTS_SILENT, EVENTS_RESUMED = "events.silent", "events.resumed"
CHANGED, SUMMARY = "media.changed", "media.summary"
# What people choose among. An event for trying a webhook comes to each.
EVENTS: Mapping[str, Any] = {
    PLANNED: gettext_lazy("A dry run is planned"),
    FINISHED: gettext_lazy("A run has finished"),
    FAILED: gettext_lazy("A run has stopped in a store"),
    ABORTED: gettext_lazy("A run was aborted"),
    PLAN_WAITS: gettext_lazy("A rule’s plan waits for somebody"),
    STORE_BROKEN: gettext_lazy("A store needs attention"),
    STORE_RECOVERED: gettext_lazy("A store works again"),
    RULE_FAILED: gettext_lazy("A rule has failed"),
    RULE_RECOVERED: gettext_lazy("A rule works again"),
    EVENTS_SILENT: gettext_lazy("No event of Cloudinary has come for a day"),
    EVENTS_RESUMED: gettext_lazy("Cloudinary’s events come again"),
    CHANGED: gettext_lazy("A product’s media changed"),
    SUMMARY: gettext_lazy("Once a day: the products whose media changed"),
}
# Seconds before each try: three days and four hours together, if each fails.
SCHEDULE = (0, 5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
JITTER = 0.2  # of a pause, at most, on top of it: what failed together does not come back together
THROTTLED = 60.0  # seconds that a receiver which has too much is left alone at least
LONGEST = 86_400.0  # that it may ask for
LARGEST = 20_000  # bytes of a body are fewer
# A product that changes again and again is reported when it has been quiet so long, and after so long all the same.
QUIET, LONGEST_WAIT = timedelta(seconds=15), timedelta(seconds=60)
BY_STATE = {"failed": FAILED, "aborted": ABORTED, "planned": PLANNED}


class Meaning(StrEnum):
    """Of an answer."""

    TAKEN = "taken"
    FAILED = "failed"  # try again by the schedule
    BUSY = "busy"  # the same, and leave it alone meanwhile
    GONE = "gone"  # it wants no more


def meaning(status: int | None) -> Meaning:
    """`status`: None where no answer came. Only 2xx is success: a redirect is not followed, and so is a failure."""
    if status is None:
        return Meaning.FAILED
    if 200 <= status < 300:
        return Meaning.TAKEN
    if status == 410:
        return Meaning.GONE
    return Meaning.BUSY if status in (429, 502, 503, 504) else Meaning.FAILED


def pause(tries: int, drawn: float, *, busy: bool = False, asked: float = 0.0) -> float | None:
    """Seconds before the next try, after so many; None: that was the last one. `drawn`: from 0 to 1. `busy`: it has too much;
    `asked`: the seconds of its Retry-After."""
    if tries >= len(SCHEDULE):
        return None
    usual = SCHEDULE[tries] * (1 + JITTER * drawn)
    return max(usual, THROTTLED if busy else 0.0, min(asked, LONGEST))


def retry_after(text: str, *, now: datetime) -> float:
    """Seconds of the header, a number or a date; 0 for what is neither. https://www.rfc-editor.org/rfc/rfc9110#field.retry-after"""
    text = text.strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:20]), LONGEST)
    try:
        until = parsedate_to_datetime(text)
        until = until if until.tzinfo else until.replace(tzinfo=UTC)
        return min(max((until - now).total_seconds(), 0.0), LONGEST)
    except (ValueError, OverflowError):
        return 0.0


def event_of_run(states: Collection[str]) -> str:
    """Of a run whose last store has ended, by the states of all: the worst one names it."""
    return next((event for state, event in BY_STATE.items() if state in states), FINISHED)


# Lists of a body that are cut where they make it too long, and what says by how many.
CUT: Mapping[str, str] = {"stores": "more_stores", "products": "more_products", "skus": "more_skus"}


def body_of(type: str, data: Mapping[str, Any], *, at: datetime) -> str:
    """The text that is signed and sent. A list that makes it too long is cut."""
    name = next((name for name in CUT if data.get(name)), "")
    listed = list(data[name]) if name else []
    kept = len(listed)
    while True:
        cut = (
            {name: listed[:kept], CUT[name]: len(listed) - kept + data.get(CUT[name], 0)} if kept < len(listed) else {}
        )
        whole = {"type": type, "timestamp": at.astimezone(UTC).isoformat(), "data": {**data, **cut}}
        text = json.dumps(whole, separators=(",", ":"))
        if len(text) < LARGEST or kept < 2:  # ASCII: a character is a byte
            return text
        kept //= 2


def is_quiet(changed: datetime, since: datetime, *, now: datetime) -> bool:
    """Whether what changed is reported now: nothing has happened to it for a moment, or it has waited long enough."""
    return now - changed >= QUIET or now - since >= LONGEST_WAIT


@dataclass(frozen=True)
class Target:
    """Where an address leads. `path`: with its query."""

    secured: bool
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """As the header `Host` names it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.secured else 80) else f"{host}:{self.port}"


def target_of(url: str) -> Target:
    """Raises ValueError for what is no absolute address of http or https, or has a user, a fragment or odd characters."""
    parts = urlsplit(url)
    odd = not url.isascii() or not url.isprintable() or " " in url or "\\" in url
    if odd or parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc or "#" in url:
        raise ValueError("no address of a webhook")
    secured = parts.scheme == "https"
    port = parts.port if parts.port is not None else 443 if secured else 80
    if not port:
        raise ValueError("no port")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(secured, parts.hostname, port, path)
