"""How many pictures a run adds, replaces, moves and takes out, of how many galleries, planned and done; how far its files are;
and how many galleries there are of each kind of change. Store by store, in one query."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from django.db.models import Count, Q

from linking.domain.galleries import OVERWRITING
from linking.domain.plan import Change
from linking.domain.sentences import Sums
from linking.models import ChangeRow, StoreSync, Sync
from linking.models.outcomes import AMISS
from linking.models.pictures import LINES, SWATCH, counting, sums_of_row, variants

# Kind of the filter -> its lines, as far as they are done or to be done.
DONE_OR_TO_DO = ~Q(outcome__in=AMISS)
KINDS: dict[str, Q] = {
    "add": LINES["added"] & DONE_OR_TO_DO,
    "replace": LINES["replaced"] & DONE_OR_TO_DO,
    "unlink": LINES["lost"] & DONE_OR_TO_DO,
    "move": LINES["moved"] & DONE_OR_TO_DO,
    "adopt": LINES["adopted"] & DONE_OR_TO_DO,
    "release": LINES["released"] & DONE_OR_TO_DO,
    "swatch": SWATCH
    & Q(change__in=[Change.ADD, Change.REPLACE, Change.UNLINK])
    & ~Q(outcome=ChangeRow.Outcome.UNCHANGED),
    "alt": Q(alt_after__isnull=False),
    "skip": Q(change=Change.SKIP, owner_id=""),
}
MADE, READY = ~Q(file__file_id=""), Q(file__state__in=["ready", "failed", "late"])
FILES = {"files": Q(file__isnull=False), "made": MADE | READY, "ready": READY}


@dataclass(frozen=True)
class Pictures:
    """Of one store sync. `kinds`: galleries by kind; `files`: (needed, in the store, processed by Shopify)."""

    sums: Sums = field(default_factory=Sums)
    kinds: Mapping[str, int] = field(default_factory=dict)
    files: tuple[int, int, int] = (0, 0, 0)


def pictures_of(sync: Sync, *, varying: bool = True) -> dict[int, Pictures]:
    """By store sync. An upload has none. One query, and one for variants, unless none is `varying`."""
    rows = ChangeRow.objects.filter(part__sync=sync, product__isnull=False).order_by().values("part_id")
    kinds = {f"kind_{code}": Count("product", distinct=True, filter=lines) for code, lines in KINDS.items()}
    kinds |= {f"n_{name}": Count("file", distinct=True, filter=lines) for name, lines in FILES.items()}
    found: dict[int, Pictures] = {}
    for mode, parts in alike(sync):
        some = rows.filter(part__in=parts) if parts else rows
        found |= {row["part_id"]: _of_row(row) for row in some.annotate(**counting(mode), **kinds)}
    for pk, sums in (variants(sync.parts.all()) if varying else {}).items():
        known = found.get(pk, Pictures())
        found[pk] = replace(known, sums=known.sums + sums)
    return found


def alike(sync: Sync) -> list[tuple[str, list[StoreSync]]]:
    """Its store syncs by link modes that are counted alike, most often all of them: then without naming them."""
    parts = sync.parts.all() if sync.store_settings else ()
    overwriting = [part for part in parts if sync.for_store(part.store_id).link_mode in OVERWRITING]
    others = [part for part in parts if part not in overwriting]
    if overwriting and others:
        return [(sync.for_store(some[0].store_id).link_mode, some) for some in (overwriting, others)]
    some = overwriting or others
    return [(sync.for_store(some[0].store_id).link_mode if some else sync.link_mode, [])]


def _of_row(row: Mapping[str, int]) -> Pictures:
    files = (row["n_files"], row["n_made"], row["n_ready"])
    return Pictures(sums_of_row(row), {code: row[f"kind_{code}"] for code in KINDS}, files)


def total(found: Mapping[int, Pictures]) -> Sums:
    return sum((one.sums for one in found.values()), Sums())


def kinds(found: Mapping[int, Pictures]) -> dict[str, int]:
    """Galleries of the whole run by kind: each belongs to one store."""
    counted: Counter[str] = Counter()
    for one in found.values():
        counted.update(one.kinds)
    return dict(counted)
