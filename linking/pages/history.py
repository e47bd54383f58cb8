"""History as its page shows it: every run of the environment, newest first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from linking.domain import stored
from linking.domain.sentences import Said, Sums
from linking.models import ChangeRow, StoreSync, Sync
from linking.models.in_short import said_of
from linking.models.pictures import of_parts
from linking.pages.history_filter import KINDS, OUTCOMES, HistoryFilter
from linking.pages.run.numbers import counts_by_owner
from linking.pages.text_search import TooMany
from setup.models import Member
from setup.natural_order import natural
from setup.words import _, gettext_lazy, number

PER_PAGE = 30
WITHOUT_MODE = {"upload": gettext_lazy("Upload to Store Files"), "unlink": gettext_lazy("Unlink")}


@dataclass(frozen=True)
class Row:
    """A run. `said`: what it did or would do, in the words of its page; `took`: how long, in words; empty while it is under
    way."""

    sync: Sync
    what: str
    said: Said
    points: int
    took: str


def rows_context(member: Member, chosen: HistoryFilter, before: int | None) -> dict:
    """A page of rows, and where the next begins. `before`: the pk of the last run that is shown already."""
    mine = Sync.objects.filter(environment=member.environment).defer("arrangement", "origin__arrangement")
    rows = mine.select_related("member", "origin", "rule").prefetch_related("parts__store").order_by("-pk")
    if before:
        rows = rows.filter(pk__lt=before)
    try:
        found = list(chosen.runs(rows)[: PER_PAGE + 1])
    except TooMany:
        return {"filter": chosen, "rows": [], "before": None, "problem": chosen.too_many(), "labels": labels()}
    shown = found[:PER_PAGE]
    more = shown[-1].pk if len(found) > PER_PAGE else None
    return {"filter": chosen, "rows": rows_of(shown), "before": more, "problem": chosen.problem, "labels": labels()}


def labels() -> dict[str, str]:
    """What each row says, looked up once for all of them."""
    return {
        "what": _("What"),
        "who": _("Who"),
        "stores": _("Stores"),
        "result": _("Result"),
        "cost": _("Cost"),
        "dry_run": _("Dry run"),
        "rule": _("Rule"),
    }


def choices_context(member: Member) -> dict:
    """What the filter offers: stores, also those that are no longer connected, and people with runs."""
    people = Member.objects.filter(Exists(Sync.objects.filter(member=OuterRef("pk"))), environment=member.environment)
    return {
        "stores": member.environment.stores.in_order(),
        "people": sorted(people, key=lambda person: natural(str(person))),
        "kinds": [(code, name) for code, (name, _runs) in KINDS.items()],
        "outcomes": [(code, name) for code, (name, _runs) in OUTCOMES.items()],
    }


def rows_of(syncs: Iterable[Sync]) -> list[Row]:
    """What came of a store sync is kept in its row when it ends; only of those at work the lines are counted."""
    syncs = list(syncs)
    open_parts = [part.pk for sync in syncs for part in sync.parts.all() if part.busy or part.outcome_counts is None]
    counted = (
        counts_by_owner(ChangeRow.objects.filter(part__in=open_parts), "outcome", by="part_id") if open_parts else {}
    )
    found = of_parts(part for sync in syncs for part in sync.parts.all())
    return [_row(sync, list(sync.parts.all()), counted, found) for sync in syncs]


def _row(
    sync: Sync,
    parts: list[StoreSync],
    counted: dict[int, dict[str, int]],
    found: Mapping[int, tuple[Sums, dict[str, int]]],
) -> Row:
    counts: dict[str, int] = {}
    for part in parts:
        known = (
            counted.get(part.pk, {}) if part.busy or part.outcome_counts is None else stored.counts(part.outcome_counts)
        )
        for outcome, n in known.items():
            counts[outcome] = counts.get(outcome, 0) + n
    begun = [part.started for part in parts if part.started]
    ended = [part.finished for part in parts if part.finished]
    over = begun and len(ended) == len(parts)
    took = in_time((max(ended) - min(begun)).total_seconds()) if over else ""
    return Row(sync, what_of(sync), said_of(sync, counts, found), sum(part.points for part in parts), took)


def in_time(seconds: float) -> str:
    """As “0.8 s”, “42 s”, “3 min 5 s” or “1 h 2 min”."""
    if seconds < 60:
        return _("{n} s").format(n=number(seconds, 1 if seconds < 10 else 0))
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return _("{minutes} min {seconds} s").format(minutes=minutes, seconds=rest)
    return _("{hours} h {minutes} min").format(hours=number(minutes // 60), minutes=minutes % 60)


def what_of(sync: Sync) -> str:
    """What the run did, in a word or two."""
    if sync.kind == "undo":
        return _("Undo")
    words = WITHOUT_MODE.get(sync.kind) or sync.get_link_mode_display()
    return _("Retry, {what}").format(what=words) if sync.origin else str(words)
