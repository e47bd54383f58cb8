"""What a list of runs says of one, from its rows: as its own page does (linking.domain.in_short)."""

from collections import Counter
from collections.abc import Mapping

from linking.domain.in_short import over, planned, under_way
from linking.domain.sentences import Said, Sums
from linking.domain.verdicts import Ended
from linking.models.syncs import StoreSync, Sync

State = StoreSync.State


def said_of(sync: Sync, lines: Mapping[str, int], found: Mapping[int, tuple[Sums, Mapping[str, int]]]) -> Said:
    """`lines`: outcome -> how many; `found`: see linking.models.pictures.of_parts, of all its store syncs."""
    parts = list(sync.parts.all())
    sums = sum((found[part.pk][0] for part in parts), Sums())
    galleries: Counter[str] = Counter()
    for part in parts:
        galleries.update(found[part.pk][1])
    aborted, stopped = (
        ", ".join(str(part.store) for part in parts if part.state == state) for state in (State.ABORTED, State.FAILED)
    )
    run = Ended(sync.kind, lines, galleries, aborted, stopped)
    if any(part.busy for part in parts):
        return Said("") if sync.dry_run else under_way(run, sums)
    if not sync.dry_run:
        return over(run, sums)
    return planned(run, sums) if any(part.state == State.PLANNED for part in parts) else Said("")
