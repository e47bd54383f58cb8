"""Closing products and store syncs: outcomes on lines, links in the ledger, and nothing left open."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from linking.domain import stored
from linking.domain.plan import ADOPTED, Change
from linking.domain.reasons import NOT_SHOWN, NOT_THERE, NOT_UNLINKED
from linking.models import ChangedProduct, ChangeRow, Link, ProductSync, StoreFile, StoreSync
from linking.models.syncs import OPEN
from linking.models.writing import save_fields
from linking.planning.kept import leaves
from linking.planning.rows import of_gallery
from linking.shopify.galleries import Gallery
from linking.syncing import adopting
from linking.syncing.carried import grown
from linking.syncing.goal import ARRIVALS, LINK, ORDER, UNLINK, Goal, is_left_out
from linking.syncing.run import Run
from linking.waiting import Waits
from setup.reasons import NONE, Reason
from setup.spelling import plain

Outcome = ChangeRow.Outcome
State = ProductSync.State
OF_PRODUCT = {State.FAILED: Outcome.FAILED, State.REFUSED: Outcome.REFUSED, State.PARTIAL: Outcome.FAILED}
OF_PRODUCT |= {State.ABORTED: Outcome.ABORTED}
# What every look at a gallery tells of a link.
SEEN = ["medium_id", "title", "handle", "gone", "adopted"]
NOT_LINKED, NOT_LINKED_AGAIN = Reason("file.not_linked"), Reason("file.not_linked_again")
STUCK = Reason("gallery.stuck")


@dataclass(frozen=True)
class Settled:
    """A product whose gallery is what it can be, by the gallery that shows so. `known`: False where Shopify has not shown by the
    deadline what it was asked for."""

    product: ProductSync
    goal: Goal
    gallery: Gallery
    trouble: Reason = NONE
    known: bool = True


def close(product: ProductSync, state: State, reason: Reason) -> None:
    """Settle a product as a whole, with every line that is still open: what was asked for may have happened, and is
    unconfirmed."""
    waits = Waits(product.waits)
    with transaction.atomic():
        lines = product.changes.filter(outcome=Outcome.PENDING)
        lines.filter(pk__in=asked_lines(product)).update(outcome=Outcome.UNKNOWN, reason=NOT_SHOWN)
        lines.update(outcome=OF_PRODUCT[state], reason=reason)
        rows = ProductSync.objects.filter(pk=product.pk, state__in=OPEN)
        rows.update(waits=waits.kept if waits.written() else {})
        close_rows(rows, state, reason)


def close_rows(rows: QuerySet[ProductSync], state: State, reason: Reason) -> None:
    """Settle open products whose lines are all closed: in part, where a line says that something is done, or may be."""
    rows, now = rows.order_by(), timezone.now()
    # Where anything stands now was not seen; what was done has been reported with its place.
    ChangeRow.objects.filter(product__in=rows, owner_id="").exclude(outcome=Outcome.DONE).update(position_after=None)
    rows.filter(having(Outcome.DONE, Outcome.UNKNOWN)).update(state=State.PARTIAL, reason=reason, settled=now)
    rows.update(state=state, reason=reason, settled=now)


def having(*outcomes: ChangeRow.Outcome) -> Exists:
    """Products with such a line."""
    return Exists(ChangeRow.objects.filter(product=OuterRef("pk"), outcome__in=outcomes))


def asked_lines(product: ProductSync) -> list[int]:
    """The open lines of which Shopify was asked for something."""
    waits = Waits(product.waits)
    lines = product.changes.all() if waits.written() else ()
    return [line.pk for line in lines if line.outcome == Outcome.PENDING and was_asked(line, waits)]


def was_asked(line: ChangeRow, waits: Waits) -> bool:
    if line.owner_id:
        return bool(waits.times(f"swatch:{line.owner_id}"))
    if line.change == Change.MOVE and waits.times(ORDER):
        return True
    if line.medium and line.alt_after is not None and waits.times(f"alt:{line.medium}"):
        return True
    key = UNLINK if line.change == Change.UNLINK else LINK
    return bool(line.medium) and line.change != Change.KEEP and line.medium in waits.asked_for(key)


def settle(run: Run, settled: Sequence[Settled], files: Mapping[str, StoreFile]) -> None:
    """All in one transaction: report and ledger agree."""
    if not settled:
        return
    lines: list[ChangeRow] = []
    links: list[Link] = []
    with run.fenced():
        for one in settled:
            product = one.product
            pending = [line for line in product.changes.all() if line.outcome == Outcome.PENDING and not line.owner_id]
            for line in pending:
                line.outcome, line.reason = outcome_of(line, one, files)
            lines += pending
            product.state, product.reason = state_of(one)
            product.settled, product.result = timezone.now(), of_gallery(one.gallery) if one.known else ""
            _rest(one)
            links += links_of(run, product, one.gallery, one.goal)
        shown = [one.gallery for one in settled if one.known]
        record_links(run.part, links, shown, [one.product for one in settled])
        record_changed(run.part, [one.product for one in settled if changed_by(lines, one.product)])
        adopting.settle(run.part, [(one.product, one.gallery) for one in settled])
        _save_outcomes(lines)
        save_places((one.product.changes.all(), one.gallery) for one in settled)
        save_fields([one.product for one in settled], ["state", "reason", "settled", "result", "waits", "job"])
    run.progress()


def _rest(one: Settled) -> None:
    """What is shown is not waited for any more. An order that was asked for more than once may still be under way."""
    product, waits = one.product, Waits(one.product.waits)
    if one.known:
        if waits.times(ORDER) <= 1:
            product.job = ""
        product.waits = {}


def _save_outcomes(lines: Sequence[ChangeRow]) -> None:
    found: dict[tuple[str, Reason], list[int]] = {}
    for line in lines:
        found.setdefault((line.outcome, line.reason), []).append(line.pk)
    for (outcome, reason), pks in found.items():
        for at in range(0, len(pks), 5000):
            ChangeRow.objects.filter(pk__in=pks[at : at + 5000]).update(outcome=outcome, reason=reason)


def save_places(seen: Iterable[tuple[Iterable[ChangeRow], Gallery]]) -> None:
    """Where the media of lines really stand in the gallery as just seen, if that is not where they were planned to; nowhere, if
    they are not there."""
    moved = [line for lines, gallery in seen for line in _put_in_place(lines, gallery)]
    save_fields(moved, ["position_after"])


def _put_in_place(lines: Iterable[ChangeRow], gallery: Gallery) -> Iterator[ChangeRow]:
    """Those that stood elsewhere."""
    places = {id: at for at, id in enumerate(gallery.ids, 1)}
    for line in lines:
        place = None if line.change == Change.UNLINK else places.get(line.medium)
        if not line.owner_id and line.position_after != place:
            line.position_after = place
            yield line


def outcome_of(line: ChangeRow, one: Settled, files: Mapping[str, StoreFile]) -> tuple[Outcome, Reason]:
    """By what the gallery shows. What was asked for and does not show is not known to have failed."""
    unknown = (Outcome.UNKNOWN, NOT_SHOWN)
    if line.reason == ADOPTED and line.medium_id not in one.gallery.ids:
        return Outcome.SKIPPED, NOT_THERE
    asked = was_asked(line, Waits(one.product.waits)) and not one.known
    there = line.medium in one.gallery.ids if line.medium else False
    if line.change in (Change.ADD, Change.REPLACE):
        if there and line.file is None:  # an undone run's picture
            return Outcome.DONE, NONE
        if there and asked and _wrong_text(line, one.gallery):
            return unknown
        if there:
            return Outcome.DONE, NOT_UNLINKED if line.replaces in one.gallery.ids else line.reason
        return unknown if asked else _not_brought(line, files)
    if line.change == Change.UNLINK and line.medium_id in one.gallery.ids:
        if asked:
            return unknown
        return (Outcome.FAILED, STUCK) if line.medium_id in one.goal.stuck else (Outcome.SKIPPED, NOT_UNLINKED)
    if line.change == Change.MOVE and not one.known and not in_place(line, one.gallery):
        return unknown
    if line.change == Change.MOVE and one.trouble and not in_place(line, one.gallery):
        return Outcome.FAILED, one.trouble
    return unknown if asked and _wrong_text(line, one.gallery) else (Outcome.DONE, line.reason)


def _wrong_text(line: ChangeRow, gallery: Gallery) -> bool:
    texts = {item.id: plain(item.alt) for item in gallery.media}
    return line.alt_after is not None and texts.get(line.medium) != plain(line.alt_after)


def _not_brought(line: ChangeRow, files: Mapping[str, StoreFile]) -> tuple[Outcome, Reason]:
    """Its file is not there: it failed, or Shopify takes its time. `files` by mark, as they are now."""
    if line.file is None:
        return Outcome.FAILED, NOT_LINKED_AGAIN
    file = files.get(line.file.mark)
    late = file is not None and file.state == StoreFile.State.LATE
    return Outcome.UNKNOWN if late else Outcome.FAILED, (file.problem if file else NONE) or NOT_LINKED


def in_place(line: ChangeRow, gallery: Gallery) -> bool:
    return line.medium_id in gallery.ids and gallery.ids.index(line.medium_id) + 1 == line.position_after


def state_of(one: Settled) -> tuple[State, Reason]:
    outcomes = [line.outcome for line in one.product.changes.all()]
    failed, unknown = outcomes.count(Outcome.FAILED), outcomes.count(Outcome.UNKNOWN)
    if one.trouble:
        return State.PARTIAL, one.trouble
    if not failed and (unknown or not one.known):
        return State.PARTIAL, NOT_SHOWN
    done = outcomes.count(Outcome.DONE)
    if not failed:
        return _without_what_was_left_out(one.product, done) or (State.DONE, NONE)
    counts = {"failed": failed, "all": failed + unknown + done, "incomplete": int(one.goal.incomplete)}
    return (State.PARTIAL if done or unknown else State.FAILED), Reason("gallery.failed", **counts)


def _without_what_was_left_out(product: ProductSync, done: int) -> tuple[State, Reason] | None:
    """Of a product whose plan was to bring what may not be shown by now; None if it was done all the same. Nothing leaves its
    gallery for what did not come, so its plan is not carried out: another one may be."""
    lines = list(product.changes.all())
    left_out = sum(map(is_left_out, lines))
    if left_out and leaves(product):
        return (State.PARTIAL if done else State.REFUSED), Reason("gallery.left_out", count=left_out)
    dropped = any(line.outcome == Outcome.SKIPPED and line.change in ARRIVALS for line in lines)  # a swatch, too
    return (State.UNCHANGED, NONE) if dropped and not done and not product.variants else None


def links_of(run: Run, product: ProductSync, gallery: Gallery, goal: Goal) -> list[Link]:
    """What is in this gallery because of us, or may be: what was asked for and does not show yet is in the ledger, too."""
    there = set(gallery.ids) | Waits(product.waits).asked_for(LINK)
    incoming = {asset for asset, _ in product.incoming}
    lines = {line.asset_id: line for line in product.changes.all() if line.asset_id and line.name and not line.owner_id}
    shown = {}
    for slot in product.after:
        medium = slot.get("medium") or slot.get("return")
        known = slot.get("ours") or slot.get("adopted")
        if medium in there and slot.get("asset") and (slot["asset"] in incoming or known):
            shown[slot["asset"]] = medium
    shown |= {asset: id for id, asset in goal.new.items() if id in there and asset in incoming}
    return links_for(run.part, product, ((asset, medium, lines.get(asset)) for asset, medium in shown.items()))


def links_for(part: StoreSync, product: ProductSync, shown: Iterable[tuple[str, str, ChangeRow | None]]) -> list[Link]:
    """Of one gallery. `shown`: (asset, medium, the line that people know it by)."""
    marks = adopting.marks_of(product)
    stood_there = {item["id"] for item in stored.media(product.before) if not item["ours"]}
    found = []
    for asset, medium, line in shown:
        link = Link(store=part.store, environment_id=part.store.environment_id, product_id=product.product_id)
        link.asset_id, link.medium_id = asset, medium
        link.title, link.handle = product.title, product.handle
        link.variants = product.carriers.get("assets", {}).get(asset)
        link.adopted = marks.get(medium, "")
        if line is not None:
            link.key, link.name, link.thumbnail = line.key, line.name, line.thumbnail
            if line.file and not link.adopted and medium in stood_there:
                link.adopted = line.file.mark  # another gallery has adopted the file, and this one had it all the while
        found.append(link)
    return found


def changed_by(lines: Sequence[ChangeRow], product: ProductSync) -> bool:
    """Whether one of these lines changed the product's gallery, or may have."""
    known = (Outcome.DONE, Outcome.UNKNOWN)
    return any(line.product_id == product.pk and line.outcome in known for line in lines)


def record_changed(part: StoreSync, products: Sequence[ProductSync]) -> None:
    """For who shows them elsewhere (linking.webhooks.changes)."""
    names = {product.product_id: (product.title, product.handle) for product in products}
    ChangedProduct.objects.record(part.store, names)


def record_links(part: StoreSync, links: list[Link], shown: Iterable[Gallery], products: Sequence[ProductSync]) -> None:
    """Bring the ledger up to date. `shown`: galleries that are known to be as they were just read; a view that may be old
    takes no link away. `products`: those that the links are of."""
    there = {gallery.product_id: set(gallery.ids) for gallery in shown}
    carriers = {row.product_id: row.carriers for row in products}
    named = there.keys() | {link.product_id for link in links}
    rows = list(Link.objects.in_galleries().filter(store=part.store, product_id__in=list(named)))
    gone = [link for link in rows if link.medium_id not in there.get(link.product_id, {link.medium_id})]
    Link.objects.filter(pk__in=[link.pk for link in gone]).delete()
    before = {(link.product_id, link.asset_id): link.variants for link in rows if not link.gone}
    # Only a run that links knows its assets by name; others leave the names that the ledger has, and what is not known of
    # variants stays as it is.
    known = part.sync.kind == "link"
    kinds: dict[tuple[str, ...], list[Link]] = {}
    for link in links:
        of = carriers.get(link.product_id) or {}
        seen = link.asset_id in of.get("assets", {})
        if seen and known:
            link.variants = grown(before.get((link.product_id, link.asset_id)), link.variants, of)
        names = ("key", "name", "thumbnail") if link.name and known else ()
        kinds.setdefault((*SEEN, *names, *(("variants",) if seen else ())), []).append(link)
    for fields, alike in kinds.items():
        _save_links(alike, fields)
    # What was adopted is ours by its link: where that goes, or tells of another medium now, it is not.
    now = {(link.product_id, link.asset_id): link.medium_id for link in links}
    moved = [link for link in rows if now.get((link.product_id, link.asset_id), link.medium_id) != link.medium_id]
    if left := sorted({link.medium_id for link in (*gone, *moved) if link.adopted}):
        StoreFile.objects.give_back(part.store_id, left)


def _save_links(links: list[Link], fields: Collection[str]) -> None:
    unique = ["store", "product_id", "asset_id", "role"]
    Link.objects.bulk_create(links, update_conflicts=True, update_fields=fields, unique_fields=unique, batch_size=500)
