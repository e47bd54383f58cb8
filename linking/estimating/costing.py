"""What carrying out a plan will cost, by its draft."""

from collections.abc import Mapping, Sequence

from linking.domain.costs import Cost, Work, cost_of, is_ordered
from linking.domain.estimates import ARRIVALS, Counted
from linking.domain.options import Claim
from linking.estimating.swatches import Wished
from linking.models import ChangeRow, ProductSync, StoreFile
from linking.planning import Planner
from linking.planning.wanted import Wanted
from setup.models import Store


def cost(planner: Planner, wanted: Mapping[str, Wanted], wishes: Mapping[str, Wished], counted: Counted) -> Cost:
    """Of one store. What variants and metafields hold now was not read: one counts as written if its gallery changes, the other
    if its file is not in the store yet. One query for 500 files."""
    draft, sync = planner.draft, planner.part.sync
    pending = [line for line in draft.changes if line.outcome == ChangeRow.Outcome.PENDING and line.product]
    marks = {line.file.mark for line in pending if line.change in ARRIVALS and line.file}
    losing = {
        line.product.product_id for line in pending if line.product and line.change not in ("add", "move", "keep")
    }
    writing = [row for row in draft.products if row.state == ProductSync.State.PLANNED]
    pictured = {id for id, want in wanted.items() if sync.variant_pictures and _given(want.pictures)}
    showing = pictured & {row.product_id for row in writing}
    reaching = pictured | {id for id, want in wanted.items() if _given(want.chips)}
    swatches = {owner: wish.mark for owner, wish in wishes.items()}
    there = _there(planner.store, sorted({*marks, *swatches.values()}))
    return cost_of(
        Work(
            galleries=counted.galleries,
            writing=len(writing),
            files=len({*marks, *swatches.values()} - there),
            arriving=len(marks),
            leaving=counted.taken + counted.replaced,
            ordering=sum(not is_ordered(row.before, row.after) for row in writing),
            alts=counted.alts,
            varying=len(losing | showing),
            showing=len(showing),
            reaching=len(reaching),
            swatches=sum(mark not in there for mark in swatches.values()),
        )
    )


def _given(claims: Sequence[Claim]) -> bool:
    """Whether a variant gets something of these."""
    return any(claim.assets and claim.variants for claim in claims)


def _there(store: Store, marks: list[str]) -> set[str]:
    """Which of these the store has already."""
    ready = StoreFile.objects.for_galleries().filter(store=store, state=StoreFile.State.READY)
    found: set[str] = set()
    for at in range(0, len(marks), 500):
        found |= set(ready.filter(mark__in=marks[at : at + 500]).values_list("mark", flat=True))
    return found
