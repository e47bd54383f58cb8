"""Closing products and store syncs: outcomes on lines, links in the ledger, and nothing left open."""

import logging
from collections.abc import Iterable, Mapping

from django.db import transaction
from django.db.models import Count, F, Q
from django.utils import timezone

from linking.domain.plan import Change
from linking.domain.reasons import ABORTED, ASKED_FOR, NOT_UNLINKED
from linking.models import ChangeRow, Link, ProductSync, StoreFile, StoreSync
from linking.models.syncs import OPEN, with_lines
from linking.models.writing import save_fields
from linking.planning.rows import of_gallery
from linking.shopify import galleries
from linking.shopify.galleries import Gallery
from linking.syncing.goal import Goal, failures, goal_of
from linking.syncing.run import Run
from setup.shopify_errors import Remedy, ShopifyError

log = logging.getLogger(__name__)
Outcome = ChangeRow.Outcome
State = ProductSync.State
OF_PRODUCT = {State.FAILED: Outcome.FAILED, State.REFUSED: Outcome.REFUSED, State.PARTIAL: Outcome.FAILED}
OF_PRODUCT |= {State.ABORTED: Outcome.ABORTED}
# What every look at a gallery tells of a link.
SEEN = ["medium_id", "title", "handle", "gone"]


def close(product: ProductSync, state: State, reason: str) -> None:
    """Settle a product as a whole, with every line that is still open."""
    with transaction.atomic():
        product.changes.filter(outcome=Outcome.PENDING).update(outcome=OF_PRODUCT[state], reason=reason)
        rows = ProductSync.objects.filter(pk=product.pk, state__in=OPEN)
        rows.update(state=state, reason=reason, settled=timezone.now())


def close_all(part: StoreSync, state: State, reason: str) -> None:
    """The same for all that are open, however many."""
    products = part.products.filter(state__in=OPEN)
    lines = part.changes.filter(outcome=Outcome.PENDING, product__in=products)
    lines.update(outcome=OF_PRODUCT[state], reason=reason)
    products.order_by().update(state=state, reason=reason, settled=timezone.now())


def settle(
    run: Run,
    settled: Iterable[tuple[ProductSync, Goal, str]],
    files: Mapping[str, StoreFile],
    found: Mapping[str, Gallery],
) -> None:
    """Products whose gallery is what it can be. All in one transaction: report and ledger agree."""
    lines: list[ChangeRow] = []
    products: list[ProductSync] = []
    links: list[Link] = []
    with run.fenced():
        for product, goal, trouble in settled:
            gallery = found[product.product_id]
            pending = [line for line in product.changes.all() if line.outcome == Outcome.PENDING and not line.owner_id]
            for line in pending:
                line.outcome, line.reason = outcome_of(line, goal, gallery, files)
            lines += pending
            product.state, product.reason = state_of(product, goal, trouble)
            product.settled, product.result = timezone.now(), of_gallery(gallery)
            products.append(product)
            links += links_of(run, product, gallery, goal)
        record_links(run, links, [found[product.product_id] for product in products])
        told: dict[tuple[str, str], list[int]] = {}
        for line in lines:
            told.setdefault((line.outcome, line.reason), []).append(line.pk)
        for (outcome, reason), pks in told.items():
            for at in range(0, len(pks), 5000):
                ChangeRow.objects.filter(pk__in=pks[at : at + 5000]).update(outcome=outcome, reason=reason)
        save_fields(products, ["state", "reason", "settled", "result"])


def outcome_of(line: ChangeRow, goal: Goal, gallery: Gallery, files: Mapping[str, StoreFile]) -> tuple[Outcome, str]:
    if line.change == Change.ADD and line.file is None:  # an undone run's picture
        back = line.medium_id in gallery.ids
        return (Outcome.DONE, "") if back else (Outcome.FAILED, "The picture could not be linked again.")
    if line.change in (Change.ADD, Change.REPLACE):
        if line.file is not None and line.file.file_id in gallery.ids and line.file.file_id:
            return Outcome.DONE, line.reason
        file = line.file and files.get(line.file.mark)
        return Outcome.FAILED, (file.problem if file else "") or "The picture could not be linked."
    if line.change == Change.UNLINK and line.medium_id in gallery.ids:
        stuck = "Shopify cannot unlink a medium that it is still processing or that failed; remove it in Shopify."
        return (Outcome.SKIPPED, NOT_UNLINKED) if goal.incomplete else (Outcome.FAILED, stuck)
    return Outcome.DONE, line.reason


def state_of(product: ProductSync, goal: Goal, trouble: str) -> tuple[State, str]:
    outcomes = [line.outcome for line in product.changes.all()]
    failed = outcomes.count(Outcome.FAILED)
    if trouble:
        return State.PARTIAL, trouble
    if not failed:
        return State.DONE, ""
    done = outcomes.count(Outcome.DONE)
    told = f"{failed} of {failed + done} changes failed."
    return (State.PARTIAL if done else State.FAILED), f"{told} Nothing was unlinked." if goal.incomplete else told


def links_of(run: Run, product: ProductSync, gallery: Gallery, goal: Goal) -> list[Link]:
    """What is in this gallery because of us."""
    there = set(gallery.ids)
    incoming = {asset for asset, _ in product.incoming}
    lines = {line.asset_id: line for line in product.changes.all() if line.asset_id and line.name and not line.owner_id}
    shown = {}
    for slot in product.after:
        medium = slot.get("medium") or slot.get("return")
        if medium in there and slot.get("asset") and (slot["asset"] in incoming or slot.get("ours")):
            shown[slot["asset"]] = medium
    shown |= {asset: id for id, asset in goal.new.items() if id in there and asset in incoming}
    return [link_of(run.part, product, lines.get(asset), asset, medium) for asset, medium in shown.items()]


def link_of(part: StoreSync, product: ProductSync, line: ChangeRow | None, asset: str, medium: str) -> Link:
    """With what people know it by."""
    link = Link(store=part.store, environment_id=part.store.environment_id, product_id=product.product_id)
    link.asset_id, link.medium_id = asset, medium
    link.title, link.handle = product.title, product.handle
    if line is not None:
        link.key, link.name, link.thumbnail = line.key, line.name, line.thumbnail
    return link


def record_links(run: Run, links: list[Link], looked_at: Iterable[Gallery]) -> None:
    """Bring the ledger up to date with galleries that were just looked at."""
    there = {gallery.product_id: set(gallery.ids) for gallery in looked_at}
    rows = Link.objects.filter(store=run.part.store, product_id__in=list(there))
    gone = [link.pk for link in rows if link.medium_id not in there[link.product_id]]
    Link.objects.filter(pk__in=gone).delete()
    # Only a run that links knows its assets by name; others leave the names that the ledger has.
    known = run.part.sync.kind == "link"
    _save_links([link for link in links if link.name and known], [*SEEN, "key", "name", "thumbnail"])
    _save_links([link for link in links if not (link.name and known)], SEEN)


def _save_links(links: list[Link], fields: list[str]) -> None:
    unique = ["store", "product_id", "asset_id"]
    Link.objects.bulk_create(links, update_conflicts=True, update_fields=fields, unique_fields=unique, batch_size=500)


def abort(run: Run) -> None:
    """Tell what was done and what not, by looking once more; nothing is written in Shopify.

    Raises ShopifyError while the store does not answer: what was done is not known then.
    """
    products = list(with_lines(run.part.products.filter(state__in=OPEN)))
    try:
        working = [product.product_id for product in products if product.state == State.WORKING]
        found = galleries.read(run.client, working)
    except ShopifyError as error:
        if error.remedy == Remedy.LATER:
            raise
        found = {}
    with run.fenced():
        for product in products:
            if gallery := found.get(product.product_id):
                _tell(run, product, gallery)
        close_all(run.part, State.ABORTED, ABORTED)
        _tell_files(run.part)
        nobody_lost(run.part, Outcome.ABORTED, ABORTED)
        finish(run.part, StoreSync.State.ABORTED)


def _tell_files(part: StoreSync) -> None:
    """What of a broken off upload is done: files that are known to be ready."""
    lines = part.changes.filter(product=None, outcome=Outcome.PENDING)
    ready = lines.filter(change=Change.ADD, file__state=StoreFile.State.READY)
    ready.update(outcome=Outcome.DONE)
    replacing = Q(change=Change.REPLACE, file__file_id=F("medium_id"), file__sent__isnull=False)
    asked = lines.filter(replacing | Q(file__state__in=[StoreFile.State.SENT, StoreFile.State.UPLOADED]))
    asked.update(outcome=Outcome.ABORTED, reason=ASKED_FOR)
    lines.update(outcome=Outcome.ABORTED, reason=ABORTED)


def _tell(run: Run, product: ProductSync, gallery: Gallery) -> None:
    """What of a broken off product is done, line by line and in the ledger."""
    lines = list(product.changes.all())
    done = [line.pk for line in lines if line.outcome == Outcome.PENDING and shows(gallery, line)]
    files = {line.file.mark: line.file for line in lines if line.file}
    product.changes.filter(pk__in=done).update(outcome=Outcome.DONE)
    ProductSync.objects.filter(pk=product.pk).update(result=of_gallery(gallery))
    goal = goal_of(product, gallery, files, failures(product))
    record_links(run, links_of(run, product, gallery, goal), [gallery])


def shows(gallery: Gallery, line: ChangeRow) -> bool:
    """Whether the gallery is as the line wants it. Lines of metafields are told by those who write them."""
    if line.owner_id:
        return False
    if line.change == Change.UNLINK:
        return line.medium_id not in gallery.ids
    if line.change == Change.MOVE:
        return gallery.ids.index(line.medium_id) + 1 == line.position_after if line.medium_id in gallery.ids else False
    return line.change in (Change.ADD, Change.REPLACE) and line.medium in gallery.ids


def nobody_lost(part: StoreSync, outcome: Outcome, reason: str) -> None:
    """Assets, and links that were to be taken out, that no plan had reached yet have their line in the report, too."""
    rows = unreached_links(part) if part.sync.kind == "unlink" else unreached_assets(part)
    place = part.changes.count()
    for at, row in enumerate(rows):
        row.part, row.place, row.change, row.outcome, row.reason = part, place + at, Change.SKIP, outcome, reason
    part.changes.bulk_create(rows, batch_size=200)


def unreached_assets(part: StoreSync) -> list[ChangeRow]:
    sync = part.sync
    if sync.kind not in ("link", "upload") or sync.only or sync.selection is None:
        return []
    told = set(part.changes.values_list("asset_id", flat=True))
    wanted = sync.arrangement.get("only")  # of an upload that tries failures again
    rows = [row for row in sync.selection.assets.all() if row.asset_id not in told]
    rows = [row for row in rows if wanted is None or row.asset_id in wanted]
    return [ChangeRow(asset_id=row.asset_id, name=row.asset.name if row.details else row.asset_id) for row in rows]


def unreached_links(part: StoreSync) -> list[ChangeRow]:
    named: dict[str, list[str]] = part.sync.arrangement.get("unlink", {}).get(str(part.store_id), {})
    told = set(part.changes.values_list("product__product_id", "medium_id"))
    pairs = [(product, medium) for product, media in named.items() for medium in media]
    left = [pair for pair in pairs if pair not in told and part.sync.concerns(part.store_id, pair[0])]
    links = Link.objects.filter(store=part.store_id, product_id__in={product for product, _ in left})
    known = {(link.product_id, link.medium_id): link for link in links}
    return [unreached(known.get(pair), pair[1]) for pair in left]


def unreached(link: Link | None, medium_id: str) -> ChangeRow:
    if link is None:  # forgotten meanwhile
        return ChangeRow(medium_id=medium_id)
    known = {"asset_id": link.asset_id, "name": link.name, "key": link.key, "thumbnail": link.thumbnail}
    return ChangeRow(medium_id=medium_id, **known)


def fail_all(part: StoreSync, reason: str) -> None:
    """The store as a whole refuses: every open product says why."""
    close_all(part, State.FAILED, reason)
    part.changes.filter(outcome=Outcome.PENDING).update(outcome=Outcome.FAILED, reason=reason)
    nobody_lost(part, Outcome.FAILED, reason)
    finish(part, StoreSync.State.FAILED, reason)


def tallied(part: StoreSync) -> dict:
    """What came of it, for lists of runs: they do not count lines."""
    counts = dict(part.changes.order_by().values_list("outcome").annotate(n=Count("pk")))
    failed = counts.keys() & {Outcome.FAILED, Outcome.REFUSED}
    products = part.products.filter(state__in=[State.FAILED, State.REFUSED, State.PARTIAL])
    return {"tallied": counts, "troubled": bool(failed) or products.exists()}


def finish(part: StoreSync, state: StoreSync.State, problem: str = "") -> None:
    part.rows().update(state=state, problem=problem, doing="", finished=timezone.now(), **tallied(part))
    spent = part.rows().values("points", "requests", "mutations", "throttled").get()
    told = ", ".join(f"{count} {name}" for name, count in spent.items())
    log.info("Store sync %s in %s: %s; %s.", part.pk, part.store, state.label.lower(), told)
