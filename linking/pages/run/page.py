"""What a run's page shows: numbers, words, its relatives among the runs, and what may be done next."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.utils import timezone

from linking import rights
from linking.domain.fields import field_label
from linking.domain.plan import Change
from linking.domain.results import Result, result_of, troubled
from linking.domain.verdicts import Verdict, heading, verdict
from linking.forms import SHOPIFY_FIELDS
from linking.models import ChangeRow, ProductSync, StoreSync, Sync
from linking.models.syncs import BUSY
from linking.pages.run import files
from linking.pages.run.filter import RunFilter
from linking.pages.run.galleries import undone_of, whole_context
from linking.pages.run.numbers import Lines, PartNumbers, RunNumbers, numbers_of
from linking.pages.run.offers import allowed
from linking.pages.run.problems import troubles_of
from linking.pages.run.progress import progress_of
from linking.pages.run.verdict import ended, shown
from linking.rights import Verb
from linking.runs import RETRIED
from setup.models import Member

FOLLOWERS = 10
UNDER_WAY = {"link": "Linking", "undo": "Undoing", "upload": "Uploading", "unlink": "Unlinking"}
State, Outcome = ProductSync.State, ChangeRow.Outcome
STOPPED = (StoreSync.State.FAILED, StoreSync.State.ABORTED)


def run_context(sync: Sync, asked: Mapping, member: Member) -> dict:
    """The whole page, as the member may use it. While a run is busy its galleries still change, so they are not read."""
    numbers = numbers_of(sync)
    context = {**numbers_context(numbers), **words_of(sync, numbers)}
    if numbers.busy:
        context |= allowed({"can_abort": True}, sync, member)
        return {**context, "progress": progress_of(sync, numbers, now=timezone.now())}
    chosen = RunFilter.of(sync, asked)
    followers, troubles = followers_of(sync), troubles_of(sync)
    context |= {
        "cards": cards_of(numbers),
        "troubles": [one for one in troubles if one.outcome != Outcome.SKIPPED],
        "left_out": [one for one in troubles if one.outcome == Outcome.SKIPPED],
        "followers": followers,
    }
    if sync.kind == "upload":
        return context | files.upload_run_context(numbers, chosen, asked, member)
    undone = undone_of(sync) if followers else set()
    offers = allowed(offers_of(sync, numbers, undone), sync, member)
    # What a filter names comes by a request of its own: the page asks the database enough.
    galleries = {"filter": chosen, "token": uuid.uuid4().hex}
    if not chosen:
        galleries = whole_context(numbers, undone, undo=rights.may(member, Verb.UNDO, sync))
    return {**context, "verdict": verdict_of(sync, numbers, offers), **galleries, **offers}


def numbers_context(numbers: RunNumbers) -> dict:
    """What templates show of them."""
    return {name: getattr(numbers, name) for name in ("sync", "counts", "busy", "planned", "queue_down")}


def verdict_of(sync: Sync, numbers: RunNumbers, offers: dict) -> Verdict:
    if sync.dry_run:
        return shown(sync, numbers, offers["unlinks"], offers["unlink_galleries"], apply=offers["can_apply"])
    return verdict(ended(sync, numbers, retry=offers["can_retry"], undo=offers["can_undo"]))


def words_of(sync: Sync, numbers: RunNumbers) -> dict:
    """What the run is called and made of, and whether there was anything to do at all."""
    counts = numbers.counts
    offered = sync.selection.offered_fields if sync.selection else ()  # a run may outlive its selection
    kinds = dict(SHOPIFY_FIELDS)
    return {
        "heading": heading_of(sync, numbers),
        "summary": ", ".join(f"{n} {word_of(name, numbers)}" for name, n in counts.items() if n),
        "nothing_to_do": numbers.planned and State.PLANNED not in numbers.states,
        "field_label": field_label(sync.cloudinary_field, offered),
        "order_label": sync.order_field and field_label(sync.order_field, offered),
        "shopify_label": kinds.get(sync.shopify_field) or sync.shopify_field.partition(":")[2],
    }


def word_of(outcome: str, numbers: RunNumbers) -> str:
    """As the counts on the page call it."""
    planned = outcome == Outcome.PENDING and numbers.planned
    return "to do" if planned else str(Outcome(outcome).label).lower()


def heading_of(sync: Sync, numbers: RunNumbers) -> str:
    """A run that is over is called by what came of it."""
    if sync.dry_run:
        return {"link": "Dry run"}.get(sync.kind, f"{sync.get_kind_display()}: dry run")
    if numbers.busy:
        return UNDER_WAY[sync.kind]
    return heading(ended(sync, numbers))


@dataclass(frozen=True)
class PartCard:
    """A store's result. `counts`: outcome -> lines, `products`: [(state in words, n), …], `changes`: [(sigil, word, n), …]."""

    part: StoreSync
    result: Result
    counts: Mapping[str, int]
    products: list[tuple[str, int]]
    changes: list[tuple[str, str, int]]
    seconds: float | None

    @property
    def empty(self) -> bool:
        """Planned to its end, without any line. Its counts name every outcome."""
        planned = self.part.state in (StoreSync.State.PLANNED, StoreSync.State.DONE)
        return planned and not any(self.counts.values())


def cards_of(numbers: RunNumbers) -> list[PartCard]:
    return [_part_card(one, numbers.lines) for one in numbers.stores]


def _part_card(one: PartNumbers, lines: Lines) -> PartCard:
    part, found = one.part, dict.fromkeys(Change, 0)
    for (owner, change, _), (n, _) in lines.items():
        found[Change(change)] += n if owner == part.pk else 0
    products = [(str(state.label), one.galleries[state]) for state in State if state in one.galleries]
    changes = [(change.sigil, change.value, n) for change, n in found.items() if n]
    seconds = (part.finished - part.started).total_seconds() if part.started and part.finished else None
    trouble = troubled(one.counts, one.galleries)
    result = result_of(part.state, str(part.get_state_display()), one.counts, trouble=trouble)
    return PartCard(part, result, one.counts, products, changes, seconds)


def offers_of(sync: Sync, numbers: RunNumbers, undone: set[tuple[int, str]]) -> dict:
    """What may follow a finished run. `undo_parts`: the stores that can be undone each; `unlinks` media would leave
    `unlink_galleries` galleries if this plan were applied."""
    parts, changed = numbers.parts, dict(numbers.changed)
    if sync.dry_run:
        media, galleries = sync.losses() if numbers.planned else (0, 0)
        return {
            "unlinks": media,
            "unlink_galleries": galleries,
            "can_apply": numbers.planned and not sync.abort_requested,
        }
    for store_id, _ in undone:
        for part in parts:
            changed[part.pk] = changed.get(part.pk, 0) - (part.store_id == store_id)
    undo = [part.pk for part in parts if changed.get(part.pk, 0) > 0]
    failed = any(numbers.states.get(state) for state in RETRIED)
    lost = any(not one.galleries for one in numbers.stores if one.part.state in STOPPED)
    again = sync.kind in ("undo", "unlink") or sync.selection is not None
    return {
        "can_undo": bool(undo),
        "undo_parts": undo if len(parts) > 1 else [],
        "can_retry": again and (failed or lost),
    }


def followers_of(sync: Sync) -> list[tuple[str, Sync]]:
    """The runs that undo this one or try its failures again: [("Undone by", run), …]. A dry run has none."""
    if sync.dry_run:
        return []
    parts = StoreSync.objects.filter(sync=OuterRef("pk"))
    lines = ChangeRow.objects.filter(part__sync=OuterRef("pk"))
    as_wanted = ProductSync.objects.filter(part__sync=OuterRef("pk"), state__in=[State.DONE, State.UNCHANGED])
    runs = sync.followers.select_related("member").defer("arrangement")
    runs = runs.annotate(
        going=Exists(parts.filter(state__in=BUSY)),
        worked=Exists(as_wanted) | Exists(lines.filter(outcome=Outcome.DONE)),
        unsure=Exists(lines.filter(outcome=Outcome.UNKNOWN)),
        partly=Exists(parts.exclude(state=StoreSync.State.DONE, troubled=False)),
    )
    return [(relation_of(run), run) for run in runs[:FOLLOWERS]]


def relation_of(follower: Sync) -> str:
    """`follower`: annotated as in `followers_of`."""
    going, worked, unsure, partly = (getattr(follower, name) for name in ("going", "worked", "unsure", "partly"))
    if follower.kind in ("link", "upload", "unlink"):
        return "Tried again, as a dry run, by" if follower.dry_run else "Tried again by"
    if follower.dry_run:
        return "Its undo is shown, not applied, by"
    if going:
        return "Being undone by"
    if not worked:
        return "Undo was tried, not confirmed yet, by" if unsure else "Undo was tried, without success, by"
    return "Undone in part by" if follower.only or partly else "Undone by"
