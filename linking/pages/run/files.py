"""The page of an upload: what came of it, and its files line by line."""

import uuid
from collections.abc import Mapping

from django.core.paginator import Paginator
from django.db.models import QuerySet

from linking.domain.plan import Change
from linking.domain.verdicts import Verdict, verdict
from linking.models import ChangeRow, StoreSync, Sync
from linking.pages.run.filter import LINES, WORDS, Kind, RunFilter, filter_stores, naming
from linking.pages.run.numbers import RunNumbers
from linking.pages.run.offers import allowed
from linking.pages.run.problems import saying
from linking.pages.run.verdict import ended
from setup.models import Member

PER_PAGE = 60
Outcome = ChangeRow.Outcome


def upload_run_context(numbers: RunNumbers, chosen: RunFilter, asked: Mapping[str, str], member: Member) -> dict:
    """Of an upload that is not busy, as the member may use it."""
    sync = numbers.sync
    offers = {
        "can_retry": can_retry(sync, numbers),
        "can_apply": sync.dry_run and numbers.planned and not sync.abort_requested,
    }
    offers = allowed(offers, sync, member)
    plan = shown(numbers, apply=offers["can_apply"])
    return {
        "verdict": plan if sync.dry_run else verdict(ended(sync, numbers, retry=offers["can_retry"])),
        "nothing_to_do": numbers.planned and not numbers.counts[Outcome.PENDING],
        "replaces": replaces(numbers) if sync.dry_run else 0,
        **offers,
        **files_context(sync, chosen, asked.get("page"), numbers),
        "kinds": kinds_of(chosen, numbers),
        "filter_stores": filter_stores(numbers.parts),
    }


def files_context(sync: Sync, chosen: RunFilter, page: str | None, numbers: RunNumbers | None = None) -> dict:
    """A page of the lines that the filter names; `numbers`, of the whole run, spare the counting."""
    rows = lines_of(chosen).select_related("part__store")
    lines = Paginator(rows.order_by("part_id", "place"), PER_PAGE)
    if numbers is not None and not chosen:
        lines.count = numbers.without_product
    return {"sync": sync, "filter": chosen, "files": lines.get_page(page), "token": uuid.uuid4().hex}


def lines_of(chosen: RunFilter) -> QuerySet[ChangeRow]:
    """The lines that the filter names, of an upload: it has no galleries."""
    rows = ChangeRow.objects.filter(part__sync=chosen.sync)
    if chosen.kind:
        rows = rows.filter(LINES[chosen.kind]) if chosen.kind in LINES else rows.none()
    if chosen.store:
        rows = rows.filter(part__store=chosen.store)
    if chosen.text:
        rows = rows.filter(naming(chosen.text) | saying(rows, chosen.text))
    return rows


def replaces(numbers: RunNumbers) -> int:
    """How many files would get another content."""
    return sum(
        n
        for (_, change, outcome), (n, _) in numbers.lines.items()
        if change == Change.REPLACE and outcome == Outcome.PENDING
    )


def can_retry(sync: Sync, numbers: RunNumbers) -> bool:
    counts = numbers.counts
    left = counts[Outcome.FAILED] or counts[Outcome.UNKNOWN] or counts[Outcome.ABORTED]
    return bool(left) and not sync.dry_run and sync.selection is not None


def kinds_of(chosen: RunFilter, numbers: RunNumbers) -> list[Kind]:
    """What there is among the files of the run, with counts."""
    found = dict.fromkeys(LINES, 0)
    total = 0
    for (_, change, outcome), (n, _) in numbers.lines.items():
        total += n
        for code in (change, outcome):
            if code in found:
                found[code] += n
    kinds = [Kind("", "all", "", total, chosen=not chosen.kind)]
    for code, n in found.items():
        if n or code == chosen.kind:
            sigil = Change(code).sigil if code in list(Change) else ""
            kinds.append(Kind(code, WORDS.get(code, code), sigil, n, chosen=chosen.kind == code))
    return kinds


def shown(numbers: RunNumbers, *, apply: bool) -> Verdict:
    """A dry run. `apply`: whether the page offers that."""
    if numbers.named(StoreSync.State.ABORTED):
        return Verdict("warn", "Aborted.", "Planning was stopped; nothing was written. Start again when you like.")
    stopped = numbers.named(StoreSync.State.FAILED)
    if stopped and not numbers.planned:
        return Verdict("bad", "No plan could be made.", f"{stopped}: the reason is below. Nothing was written.")
    aside = f" {stopped} could not be planned and is left out; the reason is below." if stopped else ""
    if not numbers.counts[Outcome.PENDING]:
        text = "What can be uploaded is there already." if numbers.counts[Outcome.UNCHANGED] else "Nothing can go."
        return Verdict("warn" if aside else "plain", "Nothing is to be changed by this plan.", text + aside)
    text = f"{'Apply this plan does' if apply else 'Who applies it gets'} what is shown here.{aside}"
    return Verdict("warn" if aside else "plain", "This is a dry run: nothing was written.", text)
