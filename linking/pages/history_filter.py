"""Which runs of the history are shown: by store, person, kind, outcome, dates and text."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q, QuerySet

from linking.models import StoreSync, Sync
from linking.models.syncs import BUSY
from linking.pages.text_search import asked_text, runs_with
from setup.numbers import whole
from setup.words import gettext_lazy

State = StoreSync.State
KINDS: dict[str, tuple[Any, Q]] = {
    "link": (gettext_lazy("Link to Products"), Q(kind="link", dry_run=False)),
    "upload": (gettext_lazy("Upload to Store Files"), Q(kind="upload", dry_run=False)),
    "unlink": (gettext_lazy("Unlink"), Q(kind="unlink", dry_run=False)),
    "undo": (gettext_lazy("Undo"), Q(kind="undo", dry_run=False)),
    "dry": (gettext_lazy("Dry runs"), Q(dry_run=True)),
}
TOO_MANY = gettext_lazy("Too many runs match “{text}”. Type more of it.")
NO_DATE = gettext_lazy("“{text}” is not a date. Write it as year-month-day, like 2026-11-21.")


def _having(**known: object) -> Exists:
    return Exists(StoreSync.objects.filter(sync=OuterRef("pk"), **known))


OUTCOMES: dict[str, tuple[Any, Q]] = {
    "done": (
        gettext_lazy("Done"),
        Q(_having(state=State.DONE)) & ~Q(_having(troubled=True)) & ~Q(_having(state__in=BUSY)),
    ),
    "problems": (gettext_lazy("With problems"), Q(_having(troubled=True)) & ~Q(_having(state__in=BUSY))),
    "unconfirmed": (
        gettext_lazy("Unconfirmed"),
        Q(_having(outcome_counts__has_key="unknown")) & ~Q(_having(state__in=BUSY)),
    ),
    "aborted": (gettext_lazy("Aborted"), Q(_having(state=State.ABORTED))),
    "planned": (gettext_lazy("Planned"), Q(_having(state=State.PLANNED))),
    "busy": (gettext_lazy("At work"), Q(_having(state__in=BUSY))),
}


@dataclass(frozen=True)
class HistoryFilter:
    """As the address says it: what is not known there is left out. `problem`: what cannot be looked for, and why."""

    store: int | None = None
    person: int | None = None
    kind: str = ""
    outcome: str = ""
    text: str = ""
    since: date | None = None
    until: date | None = None
    problem: str = ""

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> "HistoryFilter":
        kind, outcome = asked.get("kind", ""), asked.get("outcome", "")
        dates, wrong = {}, ""
        for name in ("since", "until"):
            given = asked.get(name, "").strip()
            dates[name] = _date(given)
            wrong = str(NO_DATE).format(text=given[:40]) if given and dates[name] is None else wrong
        return cls(
            whole(asked.get("store")),
            whole(asked.get("person")),
            kind if kind in KINDS else "",
            outcome if outcome in OUTCOMES else "",
            asked_text(asked),
            dates["since"],
            dates["until"],
            wrong,
        )

    @property
    def query(self) -> str:
        """For an address, without the place that was reached."""
        chosen: dict[str, object] = {"q": self.text, "store": self.store, "person": self.person, "kind": self.kind}
        chosen |= {"outcome": self.outcome, "since": self.since, "until": self.until}
        return urlencode({name: value for name, value in chosen.items() if value})

    def __bool__(self) -> bool:
        return bool(self.query)

    def runs(self, mine: QuerySet[Sync]) -> QuerySet[Sync]:
        """Of these runs those that fit. Raises TooMany."""
        if self.store:
            mine = mine.filter(_having(store=self.store))
        if self.person:
            mine = mine.filter(member=self.person)
        if self.kind:
            mine = mine.filter(KINDS[self.kind][1])
        if self.outcome:
            mine = mine.filter(OUTCOMES[self.outcome][1])
        if self.since:
            mine = mine.filter(created__gte=_midnight(self.since))
        if self.until:
            mine = mine.filter(created__lt=_midnight(self.until) + timedelta(days=1))
        return mine.filter(pk__in=runs_with(self.text)) if self.text else mine

    def too_many(self) -> str:
        return str(TOO_MANY).format(text=self.text)


def _date(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 1970 <= found.year <= 9000 else None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)
