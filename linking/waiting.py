"""Waiting for Shopify by the table of deadlines (linking.domain.waiting), with what is waited for kept in rows, so that a
slice or a takeover goes on waiting instead of beginning again."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from django.conf import settings
from django.utils import timezone

from linking.domain import waiting
from linking.domain.doings import NOT_SHOWN
from linking.domain.waiting import DEADLINES, Wait
from setup.reasons import Reason

KINDS = {what.value: what for what in Wait}
# What is gone is gone in so many looks in a row, however slow they are.
LOOKS = 4
LONG_AGO = "2000-01-01T00:00:00+00:00"

T = TypeVar("T")


def over(what: Wait, since: datetime | None, *, at: datetime | None = None) -> bool:
    """Whether the deadline has passed. What was never begun is not over. `at`: when an answer was asked for that is judged by
    this, as an answer may be long in coming, and is then as old as its question; now, if it is not given. What was asked for
    before `since` shows nothing of it, however long before."""
    now = timezone.now()
    if since is None or (at is not None and at < since <= now):
        return False
    return waiting.over(what, since, now=at or now, scale=settings.PATIENCE)


def seconds(what: Wait) -> float:
    """How long it is waited for in all."""
    return DEADLINES[what].seconds * settings.PATIENCE


def next_look(since: datetime) -> float:
    """Seconds until the next look at what is waited for since then."""
    waited = waiting.elapsed(since, timezone.now())
    return waiting.next_look(waited, scale=settings.PATIENCE)


def soonest() -> float:
    """Seconds until the first look at what was asked for just now."""
    return waiting.soonest(scale=settings.PATIENCE)


def insist(
    read: Callable[[Sequence[str]], Mapping[str, T]], ids: Sequence[str], pause: Callable[[float, Reason], None]
) -> dict[str, T]:
    """What is shown of these ids. One null proves nothing: what is not shown is asked for again, until it counts as gone."""
    found, began, looks = dict(read(ids)), time.monotonic(), 1
    while missing := [id for id in ids if id not in found]:
        waited, looks = time.monotonic() - began, looks + 1
        if waited > seconds(Wait.ABSENT) and looks > LOOKS:
            break
        pause(waiting.next_look(waited, scale=settings.PATIENCE), NOT_SHOWN)
        found |= read(missing)
    return found


class Waits:
    """What of one product was asked for and does not show yet: `Wait` or `Wait:subject` -> {"since", "asked", …}.

    Wraps the JSON of a row, in place; whatever cannot be read there counts as not asked.
    """

    def __init__(self, kept: object) -> None:
        self.kept: dict = kept if isinstance(kept, dict) else {}
        for entry in self.kept.values():
            _mend(entry)

    def __contains__(self, key: str) -> bool:
        return self._entry(key).get("since") is not None

    def _entry(self, key: str) -> Mapping:
        found = self.kept.get(key)
        return found if isinstance(found, dict) else {}

    def since(self, key: str) -> datetime | None:
        """Since when it is waited for."""
        return moment(self._entry(key).get("since"))

    def asked_for(self, key: str) -> set[str]:
        """The ids that the last write named."""
        ids = self._entry(key).get("ids")
        return {id for id in ids if isinstance(id, str)} if isinstance(ids, list) else set()

    def ask(self, key: str, ids: Iterable[str] = ()) -> None:
        """A write is about to be sent. New ids begin a new wait; the same ones go on with theirs."""
        now, known, entry = timezone.now().isoformat(), self.asked_for(key), self._entry(key)
        goes_on = key in self and set(ids) <= known
        self.kept[key] = {
            "since": entry.get("since") if goes_on else now,
            "asked": now,
            "ids": sorted(known | set(ids)),
            "times": self.times(key) + 1,
            **({"locked": entry["locked"]} if "locked" in entry else {}),
        }

    def refuse(self, key: str, what: Wait) -> None:
        """The write was refused, and may be taken later: nothing was done."""
        entry = dict(self._entry(key))
        entry.setdefault("locked", timezone.now().isoformat())
        self.kept[key] = entry | {"refused": what.value}

    def refused(self, key: str) -> bool:
        """Whether the last write was refused for now."""
        return "refused" in self._entry(key)

    def accept(self, key: str) -> None:
        """The write was taken."""
        if "locked" in (entry := self._entry(key)):
            self.kept[key] = {name: value for name, value in entry.items() if name not in ("locked", "refused")}

    def times(self, key: str) -> int:
        """How often it was written."""
        found = self._entry(key).get("times")
        return found if isinstance(found, int) else 0

    def miss(self, key: str) -> bool:
        """It was not shown, in one more look. Whether it counts as gone."""
        entry = dict(self._entry(key)) or {"since": timezone.now().isoformat(), "looks": 0}
        looks = entry.get("looks")
        self.kept[key] = entry | {"looks": (looks if isinstance(looks, int) else 0) + 1}
        return self.over(key) and self.kept[key]["looks"] >= LOOKS

    def end(self, *keys: str) -> None:
        for key in keys:
            self.kept.pop(key, None)

    def over(self, key: str) -> bool:
        """Whether the deadline has passed: of what shall show, or of what Shopify refuses for now."""
        entry = self._entry(key)
        if "refused" in entry:
            return over(kind(entry["refused"]), moment(entry.get("locked")))
        return over(kind(key.partition(":")[0]), self.since(key))

    def unseen(self, key: str) -> bool:
        """Whether what was asked for has not shown by the deadline. What is refused has not happened; that is known."""
        return "refused" not in self._entry(key) and self.over(key)

    def may_ask(self, key: str, ids: Iterable[str] = ()) -> bool:
        """Whether it is right to write: never asked, for others than was asked, or long enough ago."""
        entry = self._entry(key)
        asked, locked = moment(entry.get("asked")), moment(entry.get("locked"))
        if asked is None or not set(ids) <= self.asked_for(key):
            return True
        if "refused" in entry and locked:
            return waiting.elapsed(asked, timezone.now()) > next_look(locked)
        what = kind(key.partition(":")[0])
        return waiting.may_repeat(what, asked, now=timezone.now(), scale=settings.PATIENCE)

    def written(self) -> bool:
        """Whether anything was asked for."""
        return any(self.times(key) for key in self.kept)


def _mend(entry: object) -> None:
    """A time that cannot be read is one of long ago: what is waited for since then is over, and does not last for ever."""
    if isinstance(entry, dict):
        for name in ("since", "asked", "locked"):
            if entry.get(name) is not None and moment(entry[name]) is None:
                entry[name] = LONG_AGO


def kind(name: object) -> Wait:
    """By its name; what is not known is waited for like a gallery."""
    return KINDS.get(name, Wait.GALLERY) if isinstance(name, str) else Wait.GALLERY


def moment(text: object) -> datetime | None:
    """A time as rows keep it; None for anything else."""
    if not isinstance(text, str):
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None
