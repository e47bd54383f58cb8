"""What a run's rows add up to: lines by outcome, products by state, and how far each store is."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from django.db.models import Count, Q, QuerySet

from linking import queue
from linking.models import ChangeRow, ProductSync, StoreSync, Sync
from linking.runs import UNDOABLE

Outcome = ChangeRow.Outcome


@dataclass(frozen=True)
class PartNumbers:
    """A store sync with its lines by outcome and its products by state. `percent`: how far it is."""

    part: StoreSync
    counts: Mapping[str, int]
    galleries: Mapping[str, int]
    percent: int


# (part, change, outcome) -> (lines, of these without a product).
Lines = Mapping[tuple[int, str, str], tuple[int, int]]


@dataclass(frozen=True)
class RunNumbers:
    """`changed`: part -> products that can be undone; `variants`: products whose variants' pictures change."""

    sync: Sync
    stores: Sequence[PartNumbers]
    lines: Lines
    changed: Mapping[int, int]
    variants: int
    queue_down: bool

    @property
    def parts(self) -> list[StoreSync]:
        return [one.part for one in self.stores]

    @property
    def busy(self) -> bool:
        return any(part.busy for part in self.parts)

    @property
    def planned(self) -> bool:
        """Whether there is a plan that can be applied."""
        return any(part.state == StoreSync.State.PLANNED for part in self.parts)

    @property
    def percent(self) -> int:
        return sum(one.percent for one in self.stores) // max(1, len(self.stores))

    @cached_property
    def counts(self) -> dict[str, int]:
        """Lines by outcome."""
        return {name: sum(one.counts[name] for one in self.stores) for name in Outcome.values}

    @cached_property
    def states(self) -> dict[str, int]:
        """Products by state, of those that there are."""
        found: Counter[str] = Counter()
        for one in self.stores:
            found.update(one.galleries)
        return dict(found)

    @property
    def without_product(self) -> int:
        """Lines of assets that found none."""
        return sum(out for _lines, out in self.lines.values())

    def named(self, state: str) -> str:
        """The stores that ended so."""
        return ", ".join(str(part.store) for part in self.parts if part.state == state)


def numbers_of(sync: Sync) -> RunNumbers:
    """Four queries."""
    return numbers_of_all([sync])[sync.pk]


def numbers_of_all(syncs: Sequence[Sync]) -> dict[int, RunNumbers]:
    """By run. Four queries, however many they are."""
    parts = list(StoreSync.objects.filter(sync__in=syncs).select_related("store"))
    lines = lines_of(parts)
    states, changed, variants = states_of(parts)
    waiting = waiting_files(parts)
    is_down = any(part.busy for part in parts) and not queue.answers()
    found = {}
    for sync in syncs:
        mine = [part for part in parts if part.sync_id == sync.pk]
        pks = {part.pk for part in mine}
        stores = []
        for part in mine:
            part.sync = sync
            counts = dict.fromkeys(Outcome.values, 0)
            for (owner, _, outcome), (n, _) in lines.items():
                counts[Outcome(outcome)] += n if owner == part.pk else 0
            galleries = states.get(part.pk, {})
            percent = percent_of(part, galleries, *waiting.get(part.pk, (0, 0)))
            if part.busy and sync.kind == "upload":
                percent = percent_of_files(part, counts)
            stores.append(PartNumbers(part, counts, galleries, percent))
        own = {key: value for key, value in lines.items() if key[0] in pks}
        undoable = {pk: n for pk, n in changed.items() if pk in pks}
        total = sum(variants.get(pk, 0) for pk in pks)
        found[sync.pk] = RunNumbers(sync, stores, own, undoable, total, is_down and any(part.busy for part in mine))
    return found


def counted_again(numbers: RunNumbers) -> RunNumbers:
    """With the galleries' states of now. One query."""
    states, changed, variants = states_of(numbers.parts)
    stores = [replace(one, galleries=states.get(one.part.pk, {})) for one in numbers.stores]
    return replace(numbers, stores=stores, changed=changed, variants=sum(variants.values()))


def lines_of(parts: list[StoreSync]) -> dict[tuple[int, str, str], tuple[int, int]]:
    rows = ChangeRow.objects.filter(part__in=parts).order_by().values_list("part_id", "change", "outcome")
    counted = rows.annotate(n=Count("pk"), out=Count("pk", filter=Q(product=None)))
    return {(part, change, outcome): (n, out) for part, change, outcome, n, out in counted}


def states_of(parts: list[StoreSync]) -> tuple[dict[int, dict[str, int]], dict[int, int], dict[int, int]]:
    """Products by part and state; by part those that a run changed and that can be undone, and how many change pictures of
    variants."""
    rows = ProductSync.objects.filter(part__in=parts).order_by().values_list("part_id", "state")
    states: dict[int, dict[str, int]] = {}
    changed: dict[int, int] = {}
    pictured: dict[int, int] = {}
    counted = {
        "n": Count("pk"),
        "written": Count("pk", filter=~Q(result="", waits={})),
        "of": Count("pk", filter=~Q(variants=[])),
    }
    for part, state, n, written, variants in rows.annotate(**counted):
        states.setdefault(part, {})[state] = n
        changed[part] = changed.get(part, 0) + (written if state in UNDOABLE else 0)
        pictured[part] = pictured.get(part, 0) + variants
    return states, changed, pictured


def waiting_files(parts: list[StoreSync]) -> Mapping[int, tuple[int, int]]:
    """By part: pictures that open lines wait for, and how many of these are decided."""
    linking = [part for part in parts if part.state == StoreSync.State.APPLYING]
    if not linking:
        return {}
    rows = ChangeRow.objects.filter(part__in=linking, outcome=Outcome.PENDING, file__isnull=False).order_by()
    decided = Count("pk", filter=Q(file__state__in=["ready", "failed", "late"]))
    counted = rows.values_list("part_id").annotate(n=Count("pk"), decided=decided)
    return {part: (n, decided) for part, n, decided in counted}


def percent_of(part: StoreSync, galleries: Mapping[str, int], files: int, ready: int) -> int:
    """Half for pictures that are in the store, half for galleries that are done."""
    if not part.busy:
        return 100
    total = sum(galleries.values())
    if part.state == StoreSync.State.PLANNING or not total:
        return 0
    open_ones = galleries.get("planned", 0) + galleries.get("working", 0)
    brought = ready / files if files else 1.0
    return int(50 * (total - open_ones + open_ones * brought) / total + 50 * (total - open_ones) / total)


def percent_of_files(part: StoreSync, counts: Mapping[str, int]) -> int:
    """An upload's, by its lines."""
    total, left = sum(counts.values()), counts[Outcome.PENDING]
    return 100 * (total - left) // total if total and part.state != StoreSync.State.PLANNING else 0


def counts_by_owner(rows: QuerySet, name: str, by: str) -> dict[int, dict[str, int]]:
    """Counts by owner and value, in one query."""
    found: dict[int, dict[str, int]] = {}
    for owner, value, count in rows.order_by().values_list(by, name).annotate(n=Count("pk")):
        found.setdefault(owner, {})[value] = count
    return found
