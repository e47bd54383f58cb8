"""Whether a run kept its promises: the journal, the galleries, the database and the report tell the same.

`violations` returns sentences; none is what everybody hopes for.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from django.db.models import QuerySet

from linking.domain.filenames import read_mark
from linking.domain.plan import Change
from linking.domain.reasons import ABORTED
from linking.models import ChangeRow, Link, ProductSync, StoreFile, StoreSync, Sync
from linking.models.syncs import OPEN
from setup.models import Store
from tests import totals
from tests.scenes import Scene
from tests.totals import WORDS

BROUGHT = (Change.ADD, Change.REPLACE)


def violations(place: Scene, syncs: Sequence[Sync], *, fine: Iterable[str] = ("done", "unchanged")) -> list[str]:
    """`fine`: the states that products may end in."""
    found: list[str] = []
    for store in place.stores:
        found += duplicates(place, store)
        found += galleries(place, store, syncs)
        found += windows(place, store, syncs)
        found += ledger(place, store)
        found += uploads(place, store, syncs)
        found += journal(place, store, syncs)
    for sync in syncs:
        found += settled(sync, set(fine))
        found += report(sync)
        found += agreement(sync)
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
            brought = files | {line.file.mark: line.arrival for line in row.changes.select_related("file") if line.file}
            planned = [slot.get("medium") or slot.get("return") or brought[slot["file"]] for slot in row.after]
            if planned != shown:
                yield f"{row.handle} ({row.part.sync.link_mode}) is {row.state}: planned {planned}, shown {shown}"
        for line in row.changes.filter(owner_id="").select_related("file"):
            yield from (f"{row.handle}: {trouble}" for trouble in untrue(line, shown, row))


def untrue(line: ChangeRow, shown: list[str], row: ProductSync) -> Iterator[str]:
    """Lines whose outcome is not what the gallery shows."""
    arrival = line.arrival if line.file else line.medium_id
    there = bool(arrival) and arrival in shown
    if line.outcome == "unknown" and not line.reason:
        yield f"line {line.pk} says that {line.name} is unconfirmed, and not why"
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
    perhaps = Deeds.reported(unconfirmed(ChangeRow.objects.filter(part__store=store, owner_id="")))
    for link in Link.objects.filter(store=store):
        pair = (link.product_id, link.medium_id)
        if link.medium_id not in shop.products[link.product_id].media and pair not in perhaps.linked:
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


def uploads(place: Scene, store: Store, syncs: Sequence[Sync]) -> Iterator[str]:
    """What an upload says of a file is what the store's Files show."""
    shop = place.world.shops[store.domain]
    ready = {file.filename for file in shop.files.values() if file.status == "READY"}
    lines = ChangeRow.objects.filter(part__sync__in=syncs, part__sync__kind="upload", part__store=store)
    for line in lines.select_related("file", "part__store"):
        if line.change == Change.ADD and line.file:
            name = line.file.file_name
            if line.outcome == "done" and name not in ready:
                yield f"line {line.pk} says that {name} was uploaded, and it is not there"
            if line.outcome == "aborted" and line.reason == ABORTED and name in asked_for(place, line.part):
                yield f"line {line.pk} says that {name} was not uploaded, and it was asked for"
        if line.change in (Change.KEEP, Change.REPLACE) and line.outcome in ("done", "unchanged"):
            if line.medium_id not in shop.files:
                yield f"line {line.pk} says that {line.medium_id} is in the store, and it is not"
            elif line.alt_after is not None and shop.files[line.medium_id].alt != line.alt_after:
                yield f"line {line.pk} says that {line.medium_id} has another alt text than it has"


def asked_for(place: Scene, part: StoreSync) -> set[str]:
    """The names of files that were created until this run ended; a later one may have created more."""
    ends = part.finished.timestamp() if part.finished else 0.0
    return set(Deeds.of(entry for entry in entries(place, part.store) if entry["at"] <= ends).created)


def journal(place: Scene, store: Store, syncs: Sequence[Sync]) -> Iterator[str]:
    """What was really done to the store is what the lines say, neither more nor less; of what is unconfirmed, either."""
    done = Deeds.of(entries(place, store))
    lines = ChangeRow.objects.filter(part__sync__in=syncs, part__store=store, owner_id="").select_related(
        "file", "product"
    )
    reported = Deeds.reported(line for line in lines if line.outcome == "done")
    perhaps = Deeds.reported(unconfirmed(lines))
    possible = Deeds.reported(lines)
    names = Counter(name for name in done.created)
    yield from (f"{store.domain}: {name} was created {n} times" for name, n in names.items() if n > 1)
    known = {row.file_name for row in StoreFile.objects.filter(store=store)}
    yield from differ("created", store, set(done.created) - known, "the ledger does not know it")
    yield from differ("linked", store, done.linked - reported.linked - perhaps.linked, "no line says so")
    yield from differ("linked", store, reported.linked - done.linked, "a line says so, the journal does not")
    left = reported.unlinked | reported.made_room | perhaps.unlinked | perhaps.made_room
    yield from differ("unlinked", store, done.unlinked - left, "no line says so")
    yield from differ("unlinked", store, reported.unlinked - done.unlinked, "a line says so, the journal does not")
    yield from differ("replaced", store, reported.replaced - done.replaced, "a line says so, the journal does not")
    yield from differ("replaced", store, done.replaced - possible.replaced, "no line says so")


def unconfirmed(lines: QuerySet[ChangeRow]) -> QuerySet[ChangeRow]:
    """Lines of which nobody knows whether they happened."""
    return lines.filter(outcome=ChangeRow.Outcome.UNKNOWN).select_related("file", "product")


def differ(verb: str, store: Store, what: set, why: str) -> Iterator[str]:
    yield from (f"{store.domain}: {verb} {one}: {why}" for one in sorted(what))


@dataclass
class Deeds:
    """`created`: file names, as often as it was done; `linked`, `unlinked`: (product, medium); `made_room`: what stood where
    something else was put; `replaced`: (file, where its new content came from)."""

    created: list[str] = field(default_factory=list)
    linked: set[tuple[str, str]] = field(default_factory=set)
    unlinked: set[tuple[str, str]] = field(default_factory=set)
    made_room: set[tuple[str, str]] = field(default_factory=set)
    replaced: set[tuple[str, str]] = field(default_factory=set)

    @classmethod
    def of(cls, entries: Iterable[dict]) -> "Deeds":
        """By the journal. A call with an error did nothing at all."""
        deeds = cls()
        for entry in entries:
            if entry["user_errors"]:
                continue
            rows = entry["variables"].get("files", [])
            if entry["operation"] == "fileCreate":
                deeds.created += [row["filename"] for row in rows]
            if entry["operation"] == "fileUpdate":
                deeds.linked |= {(product, row["id"]) for row in rows for product in row.get("referencesToAdd", ())}
                deeds.unlinked |= {
                    (product, row["id"]) for row in rows for product in row.get("referencesToRemove", ())
                }
                deeds.replaced |= {(row["id"], row["originalSource"]) for row in rows if "originalSource" in row}
        return deeds

    @classmethod
    def reported(cls, lines: Iterable[ChangeRow]) -> "Deeds":
        deeds = cls()
        for line in lines:
            if line.product is None:
                if line.change == Change.REPLACE and line.file:
                    deeds.replaced.add((line.medium_id, line.file.source_url))
                continue
            product = line.product.product_id
            if line.change in BROUGHT:
                deeds.linked.add((product, line.arrival if line.file else line.medium_id))
            if line.change == Change.UNLINK:
                deeds.unlinked.add((product, line.medium_id))
            if line.change == Change.REPLACE:
                deeds.made_room.add((product, line.medium_id))
        return deeds


def wanted(part: StoreSync) -> set[str]:
    """The selection's assets; of a run that tries failed products again, what its origin was to do with these."""
    sync = part.sync
    if sync.origin and sync.only and sync.kind == "link":
        again = [product for store, product in sync.only if store == part.store_id]
        lines = ChangeRow.objects.filter(part__sync=sync.origin, product__product_id__in=again)
        return set(lines.filter(part__store=part.store).exclude(asset_id="").values_list("asset_id", flat=True))
    return {row.asset_id for row in sync.selection.assets.all()} if sync.selection else set()


def report(sync: Sync) -> Iterator[str]:
    """Every asset that was wanted, and every link that was to be taken out, has a row in every store."""
    rows = totals.json_rows(sync, "change")
    for part in sync.parts.filter(state__in=["done", "aborted"]).select_related("store"):
        reported = [row for row in rows if row["store"] == part.store.domain]
        if lost := wanted(part) - {row["asset_id"] for row in reported}:
            yield f"{len(lost)} assets have no row in the report of {part.store.domain}"
        named = sync.arrangement.get("unlink", {}).get(str(part.store_id), {})
        media = {medium for found in named.values() for medium in found}
        if lost := media - {row["file_id"] for row in reported}:
            yield f"{len(lost)} links have no row in the report of {part.store.domain}"
    if any(row["outcome"] == "pending" for row in rows):
        yield "the report knows rows without an outcome"


def agreement(sync: Sync) -> Iterator[str]:
    """Every way of telling what came of it counts the same."""
    if sync.busy:
        return
    counted = totals.of_database(sync)
    for name, reported in (
        ("CSV", totals.of_csv(sync)),
        ("JSON Lines", totals.of_json(sync)),
        ("summary", totals.of_json_summary(sync)),
        ("workbook", totals.of_workbook(sync)),
    ):
        if reported != counted:
            yield f"the report ({name}) counts {dict(reported)}, the database {dict(counted)}"
    everything, page = totals.of_database(sync, all_media=True), totals.of_page(sync)
    if page != everything:
        yield f"the page counts {dict(page)}, the database {dict(everything)}"
    for part in sync.parts.all():
        kept = {WORDS[outcome]: n for outcome, n in (part.outcome_counts or {}).items()}
        if kept != {word: n for (domain, word), n in everything.items() if domain == part.store.domain}:
            yield f"History counts {kept} in {part.store.domain}, the database {dict(everything)}"
