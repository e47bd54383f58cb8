"""Whether a run kept its promises: the journal, the galleries, the database and the report tell the same.

`violations` returns sentences; none is what everybody hopes for.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from django.utils import timezone

from linking.domain.filenames import read_mark
from linking.domain.plan import Change
from linking.models import ChangeRow, Link, ProductSync, StoreFile, StoreSync, Sync
from linking.models.syncs import OPEN
from linking.reporting.content import Content
from linking.reporting.formats import CSV
from setup.models import Store
from tests.scenes import Scene

BROUGHT = (Change.ADD, Change.REPLACE)
REPORTED = {state.label for state in ChangeRow.Outcome}


def violations(place: Scene, syncs: Sequence[Sync], *, fine: Iterable[str] = ("done", "unchanged")) -> list[str]:
    """`fine`: the states that products may end in."""
    found: list[str] = []
    for store in place.stores:
        found += duplicates(place, store)
        found += galleries(place, store, syncs)
        found += windows(place, store, syncs)
        found += ledger(place, store)
    for sync in syncs:
        found += settled(sync, set(fine))
        found += report(sync)
    return found


def duplicates(place: Scene, store: Store) -> Iterator[str]:
    """A rendition is one file, an asset is once in a gallery, and nothing is deleted."""
    shop = place.world.shops[store.domain]
    good = [file for file in shop.files.values() if file.status != "FAILED"]
    marks = Counter(str(mark) for file in good if (mark := read_mark(file.filename)))
    yield from (f"{store.domain}: {n} files of {mark}" for mark, n in marks.items() if n > 1)
    for product in shop.products.values():
        assets = Counter(mark.asset for id in product.media if (mark := read_mark(shop.files[id].filename)))
        yield from (f"{product.handle}: {n} times asset {asset}" for asset, n in assets.items() if n > 1)
    deleted = [entry for entry in entries(place, store) if "Delete" in entry["operation"]]
    yield from (f"{store.domain}: {entry['operation']} was sent" for entry in deleted)


def galleries(place: Scene, store: Store, syncs: Sequence[Sync]) -> Iterator[str]:
    """What the last run says of a product is what its gallery shows."""
    shop = place.world.shops[store.domain]
    last: dict[str, ProductSync] = {}
    rows = ProductSync.objects.filter(part__sync__in=syncs, part__store=store).order_by("settled")
    for row in rows.select_related("part"):
        last[row.product_id] = row
    files = dict(StoreFile.objects.filter(store=store).values_list("mark", "file_id"))
    for product_id, row in last.items():
        shown = shop.products[product_id].media
        if row.state in ("done", "unchanged"):
            planned = [slot.get("medium") or slot.get("return") or files[slot["file"]] for slot in row.after]
            if planned != shown:
                yield f"{row.handle} ({row.part.sync.link_mode}) is {row.state}: planned {planned}, shown {shown}"
        for line in row.changes.filter(owner_id="").select_related("file"):
            yield from (f"{row.handle}: {trouble}" for trouble in untrue(line, shown, row))


def untrue(line: ChangeRow, shown: list[str], row: ProductSync) -> Iterator[str]:
    """Lines whose outcome is not what the gallery shows."""
    arrival = line.file.file_id if line.file else line.medium_id
    there = bool(arrival) and arrival in shown
    if line.change in BROUGHT and line.outcome == "done" and not there:
        yield f"line {line.pk} says that {line.name} was linked, and it is not there"
    if line.change in BROUGHT and line.outcome in ("aborted", "refused") and there and line.file:
        yield f"line {line.pk} says that {line.name} was not linked, and it is there"
    if line.change == Change.UNLINK and line.outcome == "done" and line.medium_id in shown:
        yield f"line {line.pk} says that {line.medium_id} was unlinked, and it is there"
    if line.change == Change.UNLINK and line.outcome == "aborted" and line.medium_id not in shown:
        yield f"line {line.pk} says that {line.medium_id} was not unlinked, and it is gone"


def windows(place: Scene, store: Store, syncs: Sequence[Sync]) -> Iterator[str]:
    """Runs of a store follow each other, and nothing is written but within a run."""
    parts = StoreSync.objects.filter(sync__in=syncs, store=store).exclude(started=None).exclude(state="planned")
    spans = sorted((part.started.timestamp(), part.finished.timestamp(), part.pk) for part in parts if part.finished)
    for (_, end, first), (start, _, second) in pairwise(spans):
        if start < end:
            yield f"store sync {second} began {end - start:.2f} s before {first} had ended"
    for entry in entries(place, store):
        if not any(start <= entry["at"] <= end for start, end, _ in spans):
            yield f"{entry['operation']} {entry['seq']} was sent outside of every run"


def entries(place: Scene, store: Store) -> list[dict]:
    return [entry for entry in place.mutations() if entry["store"] == store.domain]


def ledger(place: Scene, store: Store) -> Iterator[str]:
    shop = place.world.shops[store.domain]
    ready = StoreFile.objects.filter(store=store, state="ready")
    yield from (f"the ledger's {row.file_name} is not in the store" for row in ready if row.file_id not in shop.files)
    for link in Link.objects.filter(store=store):
        if link.medium_id not in shop.products[link.product_id].media:
            yield f"the ledger says that {link.asset_id} is linked to {link.product_id}, and it is not there"
    known = set(Link.objects.filter(store=store).values_list("product_id", "medium_id"))
    for product in shop.products.values():
        for id in product.media:
            if read_mark(shop.files[id].filename) and (product.id, id) not in known:
                yield f"{product.handle} shows {shop.files[id].filename}, and the ledger does not know that we linked it"


def settled(sync: Sync, fine: set[str]) -> Iterator[str]:
    for part in sync.parts.all():
        if part.busy or part.finished is None or part.owner or part.lease_until:
            yield f"store sync {part.pk} has not ended: {part.state}, owner {part.owner or 'none'}"
        if n := part.products.filter(state__in=OPEN).count():
            yield f"store sync {part.pk}: {n} products are open"
        if n := part.changes.filter(outcome="pending").count():
            yield f"store sync {part.pk}: {n} lines have no outcome"
        for row in part.products.exclude(state__in=fine):
            yield f"{row.handle} ended as {row.state}: {row.reason}"
        if part.problem:
            yield f"store sync {part.pk}: {part.problem}"


def report(sync: Sync) -> Iterator[str]:
    """Every asset of the selection has a row in every store, and the totals are the database's."""
    written = io.BytesIO()
    CSV.write(Content(sync, timezone.now()), written)
    rows = list(csv.DictReader(io.StringIO(written.getvalue().decode("utf-8-sig"), newline="")))
    wanted = {row.asset_id for row in sync.selection.assets.all()} if sync.selection else set()
    for part in sync.parts.filter(state__in=["done", "aborted"]).select_related("store"):
        told = {row["Asset ID"] for row in rows if row["Store"] == part.store.domain}
        if lost := wanted - told:
            yield f"{len(lost)} assets have no row in the report of {part.store.domain}"
    lines = ChangeRow.objects.filter(part__sync=sync).exclude(asset_id="", change=Change.KEEP)
    counted = Counter(line.get_outcome_display() for line in lines)
    if (told := Counter(row["Outcome"] for row in rows)) != counted:
        yield f"the report counts {dict(told)}, the database {dict(counted)}"
    if strange := {row["Outcome"] for row in rows} - REPORTED | ({"Pending"} & {row["Outcome"] for row in rows}):
        yield f"the report knows outcomes that nobody should end with: {strange}"
