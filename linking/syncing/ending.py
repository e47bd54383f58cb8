"""How a store sync ends: done, aborted, or broken off. An end needs nothing of a row but its state: whatever is stored there
besides may be missing, and the run ends all the same."""

import logging
from collections.abc import Sequence

from django.db.models import Count, F, Q
from django.utils import timezone

from linking import waiting
from linking.domain.arrangements import KeptArrangement
from linking.domain.plan import Change
from linking.domain.reasons import ABORTED, ASKED_FOR, NOT_SHOWN, UNCHECKED
from linking.domain.results import troubled
from linking.domain.waiting import Wait
from linking.models import ChangeRow, DeliveredProduct, Link, ProductSync, StoreFile, StoreSync
from linking.models.lines import with_lines
from linking.models.pictures import kept
from linking.models.selected import assets_of
from linking.models.syncs import OPEN
from linking.notices import noting
from linking.planning.reading import await_orders, is_job
from linking.planning.rows import of_gallery
from linking.shopify import galleries
from linking.shopify.galleries import Gallery
from linking.syncing import statuses
from linking.syncing.goal import LINK, ORDER, UNLINK
from linking.syncing.run import Run
from linking.syncing.settling import (
    OF_PRODUCT,
    asked_lines,
    close_rows,
    having,
    in_place,
    links_for,
    record_changed,
    record_links,
    save_places,
    was_asked,
)
from linking.waiting import Waits
from linking.webhooks import outbox
from setup.reasons import NONE, Reason
from setup.shopify.errors import Remedy, ShopifyError

log = logging.getLogger(__name__)
Outcome, State = ChangeRow.Outcome, ProductSync.State
LOOKING = Reason("doing.looking")


def abort(run: Run) -> None:
    """Tell what was done and what not, by looking once more; nothing is written in Shopify. What was asked for a moment ago is
    given a little time to show.

    Raises ShopifyError while the store does not answer, but not for long: people wait for the end.
    """
    products = list(with_lines(run.part.products.filter(state__in=OPEN)))
    found = _looked_at(run, [product for product in products if product.state == State.WORKING])
    with run.fenced():
        for product in products:
            if product.state == State.WORKING:
                _tell(run.part, product, found.get(product.product_id))
        close_all(run.part, State.ABORTED, ABORTED)
        looked_at = with_lines(run.part.products.filter(product_id__in=found))
        save_places((product.changes.all(), found[product.product_id]) for product in looked_at)
        _tell_files(run.part)
        nobody_lost(run.part, Outcome.ABORTED, ABORTED)
        finish(run.part, StoreSync.State.ABORTED)


def _looked_at(run: Run, products: Sequence[ProductSync]) -> dict[str, Gallery]:
    began, since = timezone.now(), run.part.sync.abort_requested
    try:
        jobs = {product.job: began for product in products if is_job(product.job)}
        await_orders(run.client, jobs, over=lambda since: waiting.over(Wait.ENDING, since))
        while True:
            found = galleries.read(run.client, [product.product_id for product in products])
            if waiting.over(Wait.ENDING, began) or all(shows_what_was_asked(one, found) for one in products):
                return found
            run.pause(waiting.next_look(began), LOOKING)
    except ShopifyError as error:
        if error.remedy == Remedy.LATER and not waiting.over(Wait.ENDING, since):
            raise
        return {}


def shows_what_was_asked(product: ProductSync, found: dict[str, Gallery]) -> bool:
    """Whether its gallery shows every medium that was attached, and none that was detached."""
    waits, gallery = Waits(product.waits), found.get(product.product_id)
    if not waits.written():
        return True
    there = set(gallery.ids) if gallery else set()
    return waits.asked_for(LINK) - waits.asked_for(UNLINK) <= there and not waits.asked_for(UNLINK) & there


def is_as_left(product: ProductSync, gallery: Gallery) -> bool:
    """Whether nothing that was asked for is still to come. An order whose answer was lost has no job to be asked about: as long
    as it does not show, it may land at any moment."""
    waits = Waits(product.waits)
    ordering = waits.times(ORDER) and not waits.refused(ORDER) and not in_order(product, gallery)
    again = is_job(product.job) and waits.times(ORDER) > 1  # the earlier one shows, and the later one may be under way
    return not ordering and not again and shows_what_was_asked(product, {product.product_id: gallery})


def in_order(product: ProductSync, gallery: Gallery) -> bool:
    """Whether everything stands where it was planned to."""
    place = {id: at for at, id in enumerate(gallery.ids, 1)}
    lines = (line for line in product.changes.all() if line.position_after and line.medium in place)
    return all(line.position_after == place[line.medium] for line in lines)


def _tell(part: StoreSync, product: ProductSync, gallery: Gallery | None) -> None:
    """What of a broken off product is done, line by line and in the ledger."""
    waits = Waits(product.waits)
    lines = [line for line in product.changes.all() if line.outcome == Outcome.PENDING]
    done = [line for line in lines if gallery and shows(gallery, line) and may_be_ours(line, waits)]
    asked = [line for line in lines if line not in done and was_asked(line, waits)]
    known = gallery is not None and is_as_left(product, gallery)
    _update(done, Outcome.DONE, NONE)
    _update(asked, Outcome.UNKNOWN, NOT_SHOWN)
    kept = {"waits": waits.kept if waits.written() and not known else {}}
    result = of_gallery(gallery) if gallery and known else ""
    rows = ProductSync.objects.filter(pk=product.pk)
    rows.update(result=result, **kept, **({"job": ""} if known else {}))
    closed = {line.outcome for line in product.changes.all() if line not in lines}
    if known and len(done) == len(lines) and not product.variants and closed <= {Outcome.UNCHANGED, Outcome.DONE}:
        rows.update(state=State.DONE, settled=timezone.now())
    brought = [
        line for line in lines if line in done or (line in asked and line.change in (Change.ADD, Change.REPLACE))
    ]
    record_links(part, links_of_lines(part, product, brought), [gallery] if gallery and known else [], [product])
    if done or asked:
        record_changed(part, [product])


def _update(lines: Sequence[ChangeRow], outcome: ChangeRow.Outcome, reason: Reason) -> None:
    rows = ChangeRow.objects.filter(pk__in=[line.pk for line in lines])
    rows.update(outcome=outcome, reason=reason) if reason else rows.update(outcome=outcome)


def links_of_lines(part: StoreSync, product: ProductSync, lines: Sequence[ChangeRow]) -> list[Link]:
    """Links of what these lines have brought, or may have brought."""
    brought = [
        line for line in lines if line.change != Change.UNLINK and line.asset_id and line.medium and not line.owner_id
    ]
    unique = {line.asset_id: line for line in brought}
    return links_for(part, product, ((asset, line.medium, line) for asset, line in unique.items()))


def may_be_ours(line: ChangeRow, waits: Waits) -> bool:
    """What stood in its place already was not moved there by a run that asked for no order."""
    return line.change != Change.MOVE or bool(waits.times(ORDER))


def shows(gallery: Gallery, line: ChangeRow) -> bool:
    """Whether the gallery is as the line wants it. Lines of metafields are settled where these are written."""
    if line.owner_id:
        return False
    if line.change == Change.UNLINK:
        return line.medium_id not in gallery.ids
    if line.change == Change.MOVE:
        return in_place(line, gallery)
    return line.change in (Change.ADD, Change.REPLACE) and line.medium in gallery.ids


def _tell_files(part: StoreSync) -> None:
    """What of a broken off upload is done: files that are known to be ready. What was asked for may still come."""
    lines = part.changes.filter(product=None, outcome=Outcome.PENDING)
    ready = lines.filter(change=Change.ADD, file__state=StoreFile.State.READY, alt_after=None)
    ready.update(outcome=Outcome.DONE)
    replacing = Q(change=Change.REPLACE, file__file_id=F("medium_id"), file__sent__isnull=False)
    on_the_way = [StoreFile.State.SENT, StoreFile.State.UPLOADED, StoreFile.State.LATE]
    asked = lines.filter(replacing | Q(file__state__in=on_the_way))
    asked.update(outcome=Outcome.UNKNOWN, reason=ASKED_FOR)
    lines.update(outcome=Outcome.ABORTED, reason=ABORTED)


def close_all(part: StoreSync, state: ProductSync.State, reason: Reason) -> None:
    """Everything that is open, however many, by the rows' states alone. A product that lacks nothing, as far as its lines tell,
    does not say that this was not done."""
    products = part.products.filter(state__in=OPEN).order_by()
    lines = part.changes.filter(outcome=Outcome.PENDING, product__in=products)
    lines.update(outcome=OF_PRODUCT[state], reason=reason)
    for outcome, why in ((Outcome.UNKNOWN, NOT_SHOWN), (Outcome.DONE, UNCHECKED)):
        lacking_nothing = products.filter(having(outcome), ~having(OF_PRODUCT[state]))
        lacking_nothing.update(state=State.PARTIAL, reason=why, settled=timezone.now())
    close_rows(products, state, reason)


def fail_all(part: StoreSync, reason: Reason) -> None:
    """The store as a whole refuses, or the work cannot go on: every open product says why. What was asked for may have
    happened: it is unconfirmed, and keeps its links."""
    _keep_what_was_asked(part)
    _tell_asked_files(part)
    close_all(part, State.FAILED, reason)
    part.changes.filter(outcome=Outcome.PENDING).update(outcome=Outcome.FAILED, reason=reason)
    nobody_lost(part, Outcome.FAILED, reason)
    finish(part, StoreSync.State.FAILED, reason)


def _keep_what_was_asked(part: StoreSync) -> None:
    for product in with_lines(part.products.filter(state=State.WORKING)):
        if not Waits(product.waits).written():
            continue
        asked = set(asked_lines(product))
        lines = [line for line in product.changes.all() if line.pk in asked]
        _update(lines, Outcome.UNKNOWN, NOT_SHOWN)
        brought = [line for line in lines if line.change in (Change.ADD, Change.REPLACE)]
        record_links(part, links_of_lines(part, product, brought), [], [product])
        if lines:
            record_changed(part, [product])


def _tell_asked_files(part: StoreSync) -> None:
    lines = part.changes.filter(product=None, outcome=Outcome.PENDING)
    replacing = Q(change=Change.REPLACE, file__file_id=F("medium_id"), file__sent__isnull=False)
    on_the_way = [StoreFile.State.SENT, StoreFile.State.UPLOADED, StoreFile.State.LATE]
    lines.filter(replacing | Q(file__state__in=on_the_way)).update(outcome=Outcome.UNKNOWN, reason=NOT_SHOWN)


def end_bare(part: StoreSync, reason: Reason) -> None:
    """The last resort, by the rows' states alone: an end that raised would hold the store against everybody."""
    close_all(part, State.FAILED, reason)
    part.changes.filter(outcome=Outcome.PENDING).update(outcome=Outcome.FAILED, reason=reason)
    finish(part, StoreSync.State.FAILED, reason)


def nobody_lost(part: StoreSync, outcome: ChangeRow.Outcome, reason: Reason) -> None:
    """Assets, and links that were to be taken out, that no plan had reached yet have their line in the report, too."""
    rows = unreached_links(part) if part.sync.kind == "unlink" else unreached_assets(part)
    place = part.changes.count()
    for at, row in enumerate(rows):
        row.part, row.place, row.change, row.outcome, row.reason = part, place + at, Change.SKIP, outcome, reason
    part.changes.bulk_create(rows, batch_size=200)


def unreached_assets(part: StoreSync) -> list[ChangeRow]:
    sync = part.sync
    if sync.kind not in ("link", "upload") or sync.is_of_some(part.store_id) or sync.selection is None:
        return []
    planned = set(part.changes.values_list("asset_id", flat=True))
    wanted = KeptArrangement.of(sync.arrangement).only  # of an upload that tries failures again
    rows = [row for row in assets_of(sync) if row.asset_id not in planned]
    rows = [row for row in rows if wanted is None or row.asset_id in wanted]
    return [ChangeRow(asset_id=row.asset_id, name=row.asset.name if row.details else row.asset_id) for row in rows]


def unreached_links(part: StoreSync) -> list[ChangeRow]:
    named = KeptArrangement.of(part.sync.arrangement).unlink.get(str(part.store_id), {})
    planned = set(part.changes.values_list("product__product_id", "medium_id"))
    pairs = [(product, medium) for product, media in named.items() for medium in media]
    left = [pair for pair in pairs if pair not in planned and part.sync.concerns(part.store_id, pair[0])]
    links = Link.objects.in_galleries().filter(store=part.store_id, product_id__in={product for product, _ in left})
    known = {(link.product_id, link.medium_id): link for link in links}
    return [unreached(known.get(pair), pair[1]) for pair in left]


def unreached(link: Link | None, medium_id: str) -> ChangeRow:
    if link is None:  # forgotten meanwhile
        return ChangeRow(medium_id=medium_id)
    known = {"asset_id": link.asset_id, "name": link.name, "key": link.key, "thumbnail": link.thumbnail}
    return ChangeRow(medium_id=medium_id, **known)


def counted(part: StoreSync, state: StoreSync.State) -> dict:
    """What came of it, for lists of runs: they do not count lines. That an aborted one is done in part is no trouble."""
    counts = dict(part.changes.order_by().values_list("outcome").annotate(n=Count("pk")))
    found = kept(part)
    expected = {State.PARTIAL} if state == StoreSync.State.ABORTED else set()
    return {"outcome_counts": counts, "troubled": troubled(counts, found["galleries"].keys() - expected), **found}


def finish(part: StoreSync, state: StoreSync.State, problem: Reason = NONE) -> None:
    """Within a transaction, in which the outbox of webhooks is written, too."""
    part.rows().update(state=state, problem=problem, doing=NONE, finished=timezone.now(), **counted(part, state))
    outbox.run_ended(part)
    noting.run_ended(part)
    statuses.run_ended(part)
    if not part.sync.dry_run:
        DeliveredProduct.objects.mark_run(part)
    spent = part.rows().values("points", "requests", "mutations", "throttled").get()
    listed = ", ".join(f"{count} {name}" for name, count in spent.items())
    log.info("Store sync %s in %s: %s; %s.", part.pk, part.store, state.label.lower(), listed)
