"""The page of an upload: what came of it, and its files line by line."""

import uuid
from collections.abc import Mapping

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet

from linking.domain.plan import Change
from linking.domain.sentences import of_files
from linking.domain.verdicts import Verdict, joined, verdict
from linking.models import ChangeRow, StoreSync, Sync
from linking.pages.run.filter import Kind, RunFilter, filter_stores, naming
from linking.pages.run.numbers import RunNumbers
from linking.pages.run.offers import allowed
from linking.pages.run.problems import saying
from linking.pages.run.saying import Says
from linking.pages.run.verdict import ended, no_plan, not_planned
from setup.models import Member
from setup.words import _, gettext_lazy

PER_PAGE = 60
Outcome = ChangeRow.Outcome
# What the filter offers: changes and outcomes of lines.
KINDS = {
    "": gettext_lazy("All"),
    "add": gettext_lazy("New"),
    "replace": gettext_lazy("Replaced"),
    "keep": gettext_lazy("There already"),
    "skip": gettext_lazy("Not uploaded"),
    "failed": gettext_lazy("Failed"),
    "unknown": gettext_lazy("Unconfirmed"),
    "aborted": gettext_lazy("Aborted"),
}
LINES = {change.value: Q(change=change) for change in Change}
LINES |= {str(outcome): Q(outcome=outcome) for outcome in (Outcome.FAILED, Outcome.UNKNOWN, Outcome.ABORTED)}


def upload_run_context(numbers: RunNumbers, chosen: RunFilter, asked: Mapping[str, str], member: Member) -> dict:
    """Of an upload that is not busy, as the member may use it."""
    sync = numbers.sync
    offers = {
        "can_retry": can_retry(sync, numbers),
        "can_apply": sync.dry_run and numbers.planned and not sync.abort_requested,
    }
    offers = allowed(offers, sync, member)
    plan = shown(numbers)
    return {
        "verdict": plan if sync.dry_run else verdict(ended(sync, numbers, retry=offers["can_retry"])),
        "nothing_to_do": numbers.planned and not numbers.counts[Outcome.PENDING],
        "replaces": replaces(numbers) if sync.dry_run else 0,
        "figures": [],
        **offers,
        **files_context(sync, chosen, asked.get("page"), numbers),
        "kinds": kinds_of(chosen, numbers),
        "filter_stores": filter_stores(numbers.parts),
    }


def files_context(sync: Sync, chosen: RunFilter, page: str | None, numbers: RunNumbers | None = None) -> dict:
    """A page of the lines that the filter names; `numbers`, of the whole run, spare the counting."""
    rows = lines_of(chosen).select_related("part__store", "file")
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
        for (_part, change, outcome), (n, _out) in numbers.lines.items()
        if change == Change.REPLACE and outcome == Outcome.PENDING
    )


def can_retry(sync: Sync, numbers: RunNumbers) -> bool:
    counts = numbers.counts
    left = counts[Outcome.FAILED] or counts[Outcome.UNKNOWN] or counts[Outcome.ABORTED]
    return bool(left) and not sync.dry_run and sync.selection is not None


def kinds_of(chosen: RunFilter, numbers: RunNumbers) -> list[Kind]:
    """What there is among the files of the run, with counts."""
    found = dict.fromkeys(KINDS, 0)
    for (_part, change, outcome), (n, _out) in numbers.lines.items():
        found[""] += n
        for code in {str(change), str(outcome)} & {*KINDS}:
            found[code] += n
    return [
        Kind(code, str(word), found[code], chosen=code == chosen.kind)
        for code, word in KINDS.items()
        if found[code] or code in ("", chosen.kind)
    ]


def shown(numbers: RunNumbers) -> Verdict:
    """A dry run, as far as it is no plan that can be applied as it is: the title is empty for one that can."""
    if none := no_plan(numbers):
        return none
    aside = not_planned(numbers)
    if numbers.counts[Outcome.PENDING]:
        return Verdict("warn" if aside else "plain", "", aside)
    there = numbers.counts[Outcome.UNCHANGED]
    text = _("The stores have every file already.") if there else _("AssetLink can upload none of these assets.")
    return Verdict("warn" if aside else "plain", _("This plan changes nothing."), joined(text, aside))


def says(numbers: RunNumbers, said: Verdict) -> Says:
    """The sentence of an upload's page."""
    stores = sum(part.state != StoreSync.State.FAILED for part in numbers.parts)
    over = not numbers.sync.dry_run
    if over:
        did = of_files(numbers.counts, 0, stores, over=True) if numbers.counts[Outcome.DONE] else None
        return Says(did.text if did else said.title, said.text)
    if said.title:
        return Says(said.title, said.text)
    plan = of_files(numbers.counts, replaces(numbers), stores, over=False)
    return Says(plan.text, plan.aside, note=said.text)
