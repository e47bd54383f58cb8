"""What a run's rows add up to: lines by outcome, products by state, and how far each store is."""

from collections.abc import Mapping

from django.db.models import Count, Q, QuerySet

from linking import queue
from linking.models import ChangeRow, ProductSync, StoreSync, Sync
from linking.runs import UNDOABLE

Outcome = ChangeRow.Outcome


def numbers_of(sync: Sync) -> dict:
    """`parts`: store syncs with `counts` (outcome -> lines), `galleries` (state -> products) and `percent`; `lines`:
    (part, change, outcome) -> (lines, of these without a product); `changed`: part -> products that can be undone;
    `variants`: products whose variants' pictures change."""
    parts = list(sync.parts.select_related("store"))
    lines = lines_of(parts)
    states, changed, variants = states_of(parts)
    waiting = waiting_files(parts)
    for part in parts:
        part.counts = dict.fromkeys(ChangeRow.Outcome.values, 0)
        for (owner, _, outcome), (n, _) in lines.items():
            part.counts[Outcome(outcome)] += n if owner == part.pk else 0
        part.galleries = states.get(part.pk, {})
        part.percent = percent_of(part, *waiting.get(part.pk, (0, 0)))
        if part.busy and sync.kind == "upload":
            part.percent = percent_of_files(part)
    busy = any(part.busy for part in parts)
    return {
        "sync": sync,
        "parts": parts,
        "lines": lines,
        "changed": changed,
        "variants": variants,
        "busy": busy,
        "percent": sum(part.percent for part in parts) // max(1, len(parts)),
        "counts": {name: sum(part.counts[name] for part in parts) for name in ChangeRow.Outcome.values},
        "planned": any(part.state == StoreSync.State.PLANNED for part in parts),
        "queue_down": busy and not queue.answers(),
    }


def lines_of(parts: list[StoreSync]) -> dict[tuple[int, str, str], tuple[int, int]]:
    rows = ChangeRow.objects.filter(part__in=parts).order_by().values_list("part_id", "change", "outcome")
    counted = rows.annotate(n=Count("pk"), out=Count("pk", filter=Q(product=None)))
    return {(part, change, outcome): (n, out) for part, change, outcome, n, out in counted}


def states_of(parts: list[StoreSync]) -> tuple[dict[int, dict[str, int]], dict[int, int], int]:
    """Products by part and state; by part those that a run changed and that can be undone; and how many change pictures
    of variants."""
    rows = ProductSync.objects.filter(part__in=parts).order_by().values_list("part_id", "state")
    states: dict[int, dict[str, int]] = {}
    changed: dict[int, int] = {}
    total = 0
    counted = {
        "n": Count("pk"),
        "written": Count("pk", filter=~Q(result="", waits={})),
        "of": Count("pk", filter=~Q(variants=[])),
    }
    for part, state, n, written, variants in rows.annotate(**counted):
        states.setdefault(part, {})[state] = n
        changed[part] = changed.get(part, 0) + (written if state in UNDOABLE else 0)
        total += variants
    return states, changed, total


def waiting_files(parts: list[StoreSync]) -> Mapping[int, tuple[int, int]]:
    """By part: pictures that open lines wait for, and how many of these are decided."""
    linking = [part for part in parts if part.state == StoreSync.State.APPLYING]
    if not linking:
        return {}
    rows = ChangeRow.objects.filter(part__in=linking, outcome=ChangeRow.Outcome.PENDING, file__isnull=False).order_by()
    decided = Count("pk", filter=Q(file__state__in=["ready", "failed", "late"]))
    counted = rows.values_list("part_id").annotate(n=Count("pk"), decided=decided)
    return {part: (n, decided) for part, n, decided in counted}


def percent_of(part: StoreSync, files: int, ready: int) -> int:
    """Half for pictures that are in the store, half for galleries that are done."""
    if not part.busy:
        return 100
    total = sum(part.galleries.values())
    if part.state == StoreSync.State.PLANNING or not total:
        return 0
    open_ones = part.galleries.get("planned", 0) + part.galleries.get("working", 0)
    brought = ready / files if files else 1.0
    return int(50 * (total - open_ones + open_ones * brought) / total + 50 * (total - open_ones) / total)


def percent_of_files(part: StoreSync) -> int:
    """An upload's, by its lines."""
    total, left = sum(part.counts.values()), part.counts[ChangeRow.Outcome.PENDING]
    return 100 * (total - left) // total if total and part.state != StoreSync.State.PLANNING else 0


def tally(rows: QuerySet, name: str, by: str) -> dict[int, dict[str, int]]:
    """Counts by owner and value, in one query."""
    found: dict[int, dict[str, int]] = {}
    for owner, value, count in rows.order_by().values_list(by, name).annotate(n=Count("pk")):
        found.setdefault(owner, {})[value] = count
    return found
