"""Waiting for Shopify by the table of deadlines (linking.domain.waiting), with what is waited for kept in rows, so that a
slice or a takeover goes on waiting instead of beginning again."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.conf import settings
from django.utils import timezone

from linking.domain import waiting
from linking.domain.waiting import DEADLINES, Wait


def over(what: Wait, since: datetime | None) -> bool:
    """Whether the deadline has passed. What was never begun is not over."""
    return since is not None and waiting.over(what, since, now=timezone.now(), scale=settings.PATIENCE)


def seconds(what: Wait) -> float:
    """How long it is waited for in all."""
    return DEADLINES[what].seconds * settings.PATIENCE


def next_look(since: datetime) -> float:
    """Seconds until the next look at what is waited for since then."""
    waited = (timezone.now() - since).total_seconds()
    return waiting.next_look(waited, scale=settings.PATIENCE)


class Waits:
    """What of one product was asked for and does not show yet: `Wait` or `Wait:subject` -> {"since", "asked", …}.

    Wraps the JSON of a row, in place; whatever cannot be read there counts as not asked.
    """

    def __init__(self, kept: object) -> None:
        self.kept: dict = kept if isinstance(kept, dict) else {}
        self.changed = False

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
        now, named = timezone.now().isoformat(), self.asked_for(key) | set(ids)
        begun = self._entry(key).get("since") if key in self and named <= self.asked_for(key) else None
        self.kept[key] = {"since": begun or now, "asked": now, "ids": sorted(named)}
        self.changed = True

    def begin(self, key: str) -> None:
        """Waiting begins, without a write, unless it has begun."""
        if key not in self:
            self.kept[key] = {"since": timezone.now().isoformat()}
            self.changed = True

    def end(self, *keys: str) -> None:
        for key in keys:
            self.changed |= self.kept.pop(key, None) is not None

    def over(self, key: str, what: Wait | None = None) -> bool:
        return over(what or Wait(key.partition(":")[0]), self.since(key))

    def may_ask(self, key: str, ids: Iterable[str] = ()) -> bool:
        """Whether it is right to write: never asked, for others than was asked, or long enough ago."""
        if key not in self or not set(ids) <= self.asked_for(key):
            return True
        asked = moment(self._entry(key).get("asked"))
        what = Wait(key.partition(":")[0])
        return asked is None or waiting.may_repeat(what, asked, now=timezone.now(), scale=settings.PATIENCE)


def moment(told: object) -> datetime | None:
    """A time as rows keep it; None for anything else."""
    if not isinstance(told, str):
        return None
    try:
        found = datetime.fromisoformat(told)
    except ValueError:
        return None
    return found if found.tzinfo else None
