"""Closing products and store syncs: outcomes on lines, links in the ledger, and nothing left open."""

import logging
from collections.abc import Iterable, Mapping

from django.db import transaction
from django.utils import timezone

from linking.domain.plan import Change
from linking.models import ChangeRow, Link, ProductSync, StoreFile, StoreSync
from linking.models.syncs import OPEN
from linking.shopify import galleries
from linking.shopify.galleries import Gallery
from linking.syncing.goal import Goal
from linking.syncing.reasons import ABORTED, NOT_UNLINKED
from linking.syncing.run import Run
from setup.shopify_errors import ShopifyError

log = logging.getLogger(__name__)
Outcome = ChangeRow.Outcome
State = ProductSync.State
OF_PRODUCT = {State.FAILED: Outcome.FAILED, State.REFUSED: Outcome.REFUSED, State.PARTIAL: Outcome.FAILED}
OF_PRODUCT |= {State.ABORTED: Outcome.ABORTED}


def close(product: ProductSync, state: State, reason: str) -> None:
    """Settle a product as a whole, with every line that is still open."""
    with transaction.atomic():
        product.changes.filter(outcome=Outcome.PENDING).update(outcome=OF_PRODUCT[state], reason=reason)
        rows = ProductSync.objects.filter(pk=product.pk, state__in=OPEN)
        rows.update(state=state, reason=reason, settled=timezone.now())


def settle(
    run: Run,
    settled: Iterable[tuple[ProductSync, Goal, str]],
    files: Mapping[str, StoreFile],
    found: Mapping[str, Gallery],
) -> None:
    """Products whose gallery is what it can be. All in one transaction: report and ledger agree."""
    lines: list[ChangeRow] = []
    products: list[ProductSync] = []
    with transaction.atomic():
        for product, goal, trouble in settled:
            gallery = found[product.product_id]
            pending = [line for line in product.changes.all() if line.outcome == Outcome.PENDING]
            for line in pending:
                line.outcome, line.reason = outcome_of(line, goal, gallery, files)
            lines += pending
            product.state, product.reason = state_of(product, goal, trouble)
            product.settled = timezone.now()
            products.append(product)
            record_links(run, product, gallery, goal)
        ChangeRow.objects.bulk_update(lines, ["outcome", "reason"], batch_size=200)
        ProductSync.objects.bulk_update(products, ["state", "reason", "settled"], batch_size=200)


def outcome_of(line: ChangeRow, goal: Goal, gallery: Gallery, files: Mapping[str, StoreFile]) -> tuple[Outcome, str]:
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


def record_links(run: Run, product: ProductSync, gallery: Gallery, goal: Goal) -> None:
    """The ledger of what is in this gallery because of us."""
    shown = {asset: file_id for file_id, asset in goal.new.items() if file_id in gallery.ids}
    incoming = {asset for asset, _ in product.incoming}
    for slot in product.after:
        if slot.get("medium") in gallery.ids and slot.get("asset") in incoming:
            shown[slot["asset"]] = slot["medium"]
    mine = Link.objects.filter(store=run.part.store, product_id=product.product_id)
    mine.exclude(medium_id__in=gallery.ids).delete()
    Link.objects.bulk_create(
        [
            Link(store=run.part.store, product_id=product.product_id, asset_id=asset, medium_id=medium)
            for asset, medium in shown.items()
        ],
        update_conflicts=True,
        update_fields=["medium_id"],
        unique_fields=["store", "product_id", "asset_id"],
    )


def abort(run: Run) -> None:
    """Tell what was done and what not, by looking once more; nothing is written."""
    products = list(run.part.products.filter(state__in=OPEN).prefetch_related("changes__file"))
    try:
        working = [product.product_id for product in products if product.state == State.WORKING]
        found = galleries.read(run.client, working)
    except ShopifyError:
        found = {}
    for product in products:
        gallery = found.get(product.product_id)
        there = [
            line.pk
            for line in product.changes.all()
            if gallery and line.outcome == Outcome.PENDING and line.file and line.file.file_id in gallery.ids
        ]
        product.changes.filter(pk__in=there).update(outcome=Outcome.DONE)
        close(product, State.ABORTED, ABORTED)
    finish(run.part, StoreSync.State.ABORTED)


def fail_all(part: StoreSync, reason: str) -> None:
    """The store as a whole refuses: every open product says why."""
    for product in part.products.filter(state__in=OPEN):
        close(product, State.FAILED, reason)
    part.changes.filter(outcome=Outcome.PENDING).update(outcome=Outcome.FAILED, reason=reason)
    finish(part, StoreSync.State.FAILED, reason)


def finish(part: StoreSync, state: StoreSync.State, problem: str = "") -> None:
    part.rows().update(state=state, problem=problem, doing="", finished=timezone.now())
    spent = part.rows().values("points", "requests", "mutations", "throttled").get()
    told = ", ".join(f"{count} {name}" for name, count in spent.items())
    log.info("Store sync %s in %s: %s; %s.", part.pk, part.store, state.label.lower(), told)
