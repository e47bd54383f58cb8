"""History: every run of the environment, newest first, and running one of them again."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from linking import runs
from linking.domain import stored
from linking.models import ChangeRow, StoreSync, Sync
from linking.pages.history import KINDS, OUTCOMES, Filter, TooMany
from linking.pages.run.filter import number
from linking.pages.run.numbers import tally
from linking.selection import run_again
from linking.views.launch import SELECTION
from linking.views.syncs import sync_of
from setup.models import Member
from setup.security.actors import Actor
from setup.security.guards import MemberRequest, members

PER_PAGE = 30
UNMODED = {"upload": "Upload to Store Files", "unlink": "Unlink"}


@dataclass(frozen=True)
class Row:
    """A run. `counts`: outcome -> lines; `took`: how long, in words; empty while it is under way."""

    sync: Sync
    what: str
    counts: dict[str, int]
    points: int
    took: str


@require_safe
@members
def history(request: MemberRequest) -> HttpResponse:
    """The runs that the filter names; with `before` only the rows that follow that run."""
    chosen = Filter.of(request.GET)
    context = context_of(request.member, chosen, number(request.GET.get("before")))
    if "before" in request.GET and request.htmx:
        return render(request, "history/_rows.html", context)
    context |= {"tab": "history", **choices_of(request.member)}
    return render(request, "history/page.html", context)


@require_POST
@members
def again(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """A new selection from a run, in its tab, with its settings."""
    sync = sync_of(request, key)
    try:
        selection = runs.again(Actor.of(request), sync)
    except run_again.CannotRepeat as refusal:
        messages.error(request, str(refusal))
        return redirect("sync", key=key)
    request.session[SELECTION] = str(selection.key)
    return redirect("upload" if sync.kind == "upload" else "link", key=selection.key)


def context_of(member: Member, chosen: Filter, before: int | None) -> dict:
    """A page of rows, and where the next begins. `before`: the pk of the last run that is shown already."""
    mine = Sync.objects.filter(environment=member.environment).defer("arrangement", "origin__arrangement")
    rows = mine.select_related("member", "origin").prefetch_related("parts__store").order_by("-pk")
    if before:
        rows = rows.filter(pk__lt=before)
    try:
        found = list(chosen.runs(rows)[: PER_PAGE + 1])
    except TooMany:
        return {"filter": chosen, "rows": [], "before": None, "problem": chosen.told()}
    shown = found[:PER_PAGE]
    more = shown[-1].pk if len(found) > PER_PAGE else None
    return {"filter": chosen, "rows": rows_of(shown), "before": more, "problem": chosen.problem}


def choices_of(member: Member) -> dict:
    """What the filter offers: stores, also those that are no longer connected, and people with runs."""
    people = Member.objects.filter(Exists(Sync.objects.filter(member=OuterRef("pk"))), environment=member.environment)
    return {
        "stores": member.environment.stores.all(),
        "people": people.order_by("name", "email"),
        "kinds": [(code, name) for code, (name, _) in KINDS.items()],
        "outcomes": [(code, name) for code, (name, _) in OUTCOMES.items()],
    }


def rows_of(syncs: Iterable[Sync]) -> list[Row]:
    """What came of a store sync is kept in its row when it ends; only of those at work the lines are counted."""
    syncs = list(syncs)
    open_parts = [part.pk for sync in syncs for part in sync.parts.all() if part.busy or part.tallied is None]
    counted = tally(ChangeRow.objects.filter(part__in=open_parts), "outcome", by="part_id") if open_parts else {}
    return [_row(sync, list(sync.parts.all()), counted) for sync in syncs]


def _row(sync: Sync, parts: list[StoreSync], counted: dict[int, dict[str, int]]) -> Row:
    counts: dict[str, int] = {}
    for part in parts:
        known = counted.get(part.pk, {}) if part.busy or part.tallied is None else stored.counts(part.tallied)
        for outcome, n in known.items():
            counts[outcome] = counts.get(outcome, 0) + n
    begun = [part.started for part in parts if part.started]
    ended = [part.finished for part in parts if part.finished]
    over = begun and len(ended) == len(parts)
    took = in_time((max(ended) - min(begun)).total_seconds()) if over else ""
    return Row(sync, what_of(sync), counts, sum(part.points for part in parts), took)


def in_time(seconds: float) -> str:
    """As “0.8 s”, “42 s”, “3 min 5 s” or “1 h 2 min”."""
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def what_of(sync: Sync) -> str:
    """What the run did, in a word or two."""
    if sync.kind == "undo":
        return "Undo"
    words = UNMODED.get(sync.kind) or sync.get_link_mode_display()
    return f"Retry, {words}" if sync.origin else words
