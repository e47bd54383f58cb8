"""A worker counts what a run would do: by the plan that a dry run would show, of which only the numbers are kept. Nothing is
written in Shopify, and the ledger stays as it is."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from django.utils import timezone

from linking import attempts
from linking.domain import estimates
from linking.domain.costs import Cost
from linking.domain.estimates import Counted, PlannedLine
from linking.estimating.asking import asked_of, question_of, rests
from linking.estimating.costing import cost
from linking.estimating.reading import OthersFirst, Purse, Reader, Superseded
from linking.estimating.swatches import to_set, wished
from linking.models import ChangeRow, Estimate, ProductSync, Selection, StoreMatch, StoreSync, Sync
from linking.models.jobs import NO_TRIES, JobState
from linking.planning import Planner
from linking.planning.ledger import Ledger
from linking.selection.as_run import as_run, keep_allowed
from setup.models import Store
from setup.reasons import NONE, Reason

NOT_PLANNED = (ProductSync.State.FAILED, ProductSync.State.REFUSED)


def count(pk: int) -> bool:
    """Answer the question. Safe to repeat. True: enqueue the next job."""
    attempt = attempts.claim(Estimate.objects.select_related("selection__environment", "selection__member"), pk)
    if attempt is None:
        return False
    row = attempt.row
    with attempt:
        if not row.watched(now=timezone.now()):
            return _end(row)
        try:
            _answer(row)
        except Superseded:
            _end(row)
        except OthersFirst:
            return _later(row)
    return False


def _end(row: Estimate) -> bool:
    """Without an answer; the next look at the page asks again."""
    row.mine().update(state=JobState.DONE, heartbeat_at=timezone.now())
    return False


def _later(row: Estimate) -> bool:
    """Whether another slice has to be enqueued."""
    row.refresh_from_db(fields=["looked"])
    now = timezone.now()
    return row.got_on(state=JobState.WAITING, now=now) if row.watched(now=now) else _end(row)


@dataclass
class StoreCount:
    """What one store comes to, and what a run will cost there; `left`: why it was left to the run, if it was."""

    counted: Counted = field(default_factory=Counted)
    run: Cost = field(default_factory=Cost)
    left: Reason = NONE


def _answer(row: Estimate) -> None:
    """Raises Superseded, OthersFirst."""
    now = timezone.now()
    _check(row, row.selection)
    sync, purse = as_run(row.selection), Purse(row)
    sync.dry_run = True
    keep_allowed(sync)
    parts = {store.pk: _store(sync, purse, store, match) for store, match in asked_of(row.selection) if match}
    # An edit that was made meanwhile is in one half of this and not in the other.
    _check(row, Selection.objects.select_related("environment").filter(pk=row.selection_id).first())
    known = {"counted": row.question, "counted_at": now, "result": _result(parts), "problem": NONE}
    row.mine().update(state=JobState.DONE, heartbeat_at=timezone.now(), **known, **NO_TRIES)


def _check(row: Estimate, selection: Selection | None) -> None:
    """Whether the selection is in the state that the question is about. Raises Superseded."""
    asked = asked_of(selection) if selection else ()
    if selection is None or not rests(selection, asked) or question_of(selection, asked) != row.question:
        raise Superseded


def _store(sync: Sync, purse: Purse, store: Store, match: StoreMatch) -> StoreCount:
    if not match.whole:
        return StoreCount(left=match.problem)
    reader, rows = Reader(purse, store), match.selection.rows()
    planner = Planner(StoreSync(sync=sync, store=store), reader.client)
    planner.draft.know(rows, None)
    planner.outside = match.within(planner.bound)
    wanted = planner.want(rows, match)
    found, left = reader.galleries(list(wanted))
    known = Ledger.of(store, found.values(), [row.asset_id for row in rows], prove=False)
    planned = {id: want for id, want in wanted.items() if id in found}
    planner.decide(planned, found, known)
    draft = planner.draft
    planned_for = {row.product_id for row in draft.products if row.state not in NOT_PLANNED}
    wishes = wished(planner, planned)
    unsure = planner.compared.unlooked()
    lines = list(map(line_of, draft.changes))
    counted = estimates.count(
        lines,
        galleries=len(draft.products),
        unread=len(wanted) - len(found),
        refused=sum(row.state in NOT_PLANNED for row in draft.products),
        alts=sum(line.alt_after is not None for line in draft.changes),
        unlooked=sum(line.adds and line.asset in unsure.get(line.product, ()) for line in lines),
        swatches=to_set(store, {owner: wish for owner, wish in wishes.items() if wish.product in planned_for}),
    )
    return StoreCount(counted, cost(planner, planned, wishes, counted), left)


def line_of(row: ChangeRow) -> PlannedLine:
    """A line of a plan, stored or not, as it is counted."""
    product = row.product.product_id if row.product else ""
    return PlannedLine(product, row.asset_id, row.change, row.outcome, row.reason, bool(row.owner_id))


def _result(parts: Mapping[int, StoreCount]) -> dict:
    return {
        "counted": asdict(sum((part.counted for part in parts.values()), Counted())),
        "run": asdict(sum((part.run for part in parts.values()), Cost())),
        "left": [[pk, part.left] for pk, part in parts.items() if part.left],
    }
