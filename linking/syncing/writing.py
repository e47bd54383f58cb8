"""Writing to galleries: attaching, detaching, ordering. What is asked for is noted in the product's row before it is sent, and is
not asked for again before it has had time to show."""

import logging
from collections.abc import Callable, Iterable, Sequence

from django.utils import timezone

from linking.domain.reasons import file_reason
from linking.domain.waiting import Wait
from linking.models import ChangeRow, ProductSync
from linking.models.writing import save_fields
from linking.shopify import files, galleries
from linking.shopify.files import Refusal
from linking.shopify.galleries import Ordering
from linking.syncing.goal import LINK, ORDER, UNLINK, View
from linking.syncing.run import Run
from linking.waiting import Waits
from setup.reasons import Reason
from setup.shopify.errors import Remedy, ShopifyError

log = logging.getLogger(__name__)
Rows = dict[str, list[str]]  # file id -> product ids


class Writing:
    """`trouble`: by product pk, why its order is refused for good. `ordered`: whether the last call of `order` asked for one."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.trouble: dict[int, Reason] = {}
        self.ordered = False
        self._views: dict[str, View] = {}

    def attach(self, steps: Sequence[View]) -> list[ProductSync]:
        """One row per file, naming every product that misses it. Answers the products that were written to."""
        due = [view for view in steps if view.step.link and may(view, LINK, view.step.link)]
        self._write(files.attach, LINK, due, lambda view: view.step.link)
        return [view.product for view in due]

    def detach(self, steps: Sequence[View]) -> bool:
        """Only what is asked for after everything new of its gallery is in place."""
        due = [view for view in steps if view.step.unlink and may(view, UNLINK, view.step.unlink)]
        self._write(files.detach, UNLINK, due, lambda view: view.step.unlink)
        return bool(due)

    def order(self, steps: Sequence[View]) -> None:
        """Ask for the orders that are not under way. What is refused for good is settled by the next look: with the same step
        media may have left."""
        self.ordered = False
        for view in steps:
            if view.step.link or not view.step.order or self._is_under_way(view.product):
                continue
            if may(view, ORDER, view.step.order):
                self._order(view)

    def _is_under_way(self, product: ProductSync) -> bool:
        """Whether Shopify is still about it. Asked only while the gallery is not in order."""
        if not product.job:
            return False
        self.run.tick()
        if galleries.under_way(self.run.client, product.job):
            return True
        product.job = ""
        with self.run.fenced():
            save_fields([product], ["job"])
        return False

    def _order(self, view: View) -> None:
        self.run.tick()
        self.run.heed_abort()
        product, waits = view.product, Waits(view.product.waits)
        waits.ask(ORDER, view.step.order)
        product.ordered = timezone.now()
        self._save([product], ["waits", "ordered"])
        answer = self._send_order(product, view.step.order)
        self.ordered = True
        if answer is None:
            return
        if not answer.refusal:
            waits.accept(ORDER)
            product.job = answer.job
            self._save([product], ["waits", "job"])
            self.run.progress()
            return
        if answer.wait:
            waits.refuse(ORDER, answer.wait)
            if not waits.over(ORDER):
                self._save([product], ["waits"])
                return
        self.trouble[product.pk] = Reason("gallery.order_refused", text=answer.refusal)

    def _send_order(self, product: ProductSync, order: Sequence[str]) -> Ordering | None:
        """None if the outcome is not known: the gallery will tell."""
        try:
            return galleries.reorder(self.run.client, product.product_id, order)
        except ShopifyError as error:
            if error.remedy == Remedy.LOOK:
                return None
            if error.remedy != Remedy.GIVE_UP:
                raise
            return Ordering(refusal=error.reason, code=error.code)

    def _save(self, products: Sequence[ProductSync], fields: Sequence[str]) -> None:
        with self.run.fenced():
            save_fields(products, fields)

    def _write(
        self,
        write: Callable[..., tuple[Refusal, ...]],
        key: str,
        due: Sequence[View],
        ids_of: Callable[[View], Sequence[str]],
    ) -> None:
        if not due:
            return
        self.run.heed_abort()
        rows: Rows = {}
        for view in due:
            Waits(view.product.waits).ask(key, ids_of(view))
            for id in ids_of(view):
                rows.setdefault(id, []).append(view.product.product_id)
        self._views = {view.product.product_id: view for view in due}
        self._save([view.product for view in due], ["waits"])
        for batch in batches(rows):
            self._send(write, key, batch)

    def _send(self, write: Callable[..., tuple[Refusal, ...]], key: str, rows: Rows) -> None:
        """Shopify rejects a whole call for one bad row without saying which: halve until the bad one is alone."""
        self.run.tick()
        refusals = files.settled(lambda: write(self.run.client, rows))
        if not refusals:
            self.run.progress()
            self._accepted(key, rows)
            return
        pairs = [(file_id, product_id) for file_id, products in rows.items() for product_id in products]
        if len(pairs) == 1:
            self._refused(key, *pairs[0], refusals[0])
            return
        for part in (pairs[: len(pairs) // 2], pairs[len(pairs) // 2 :]):
            half: Rows = {}
            for file_id, product_id in part:
                half.setdefault(file_id, []).append(product_id)
            self._send(write, key, half)

    def _accepted(self, key: str, rows: Rows) -> None:
        """What was locked before is so no more."""
        products = {id: self._views[id].product for ids in rows.values() for id in ids}
        changed = []
        for product in products.values():
            waits = Waits(product.waits)
            changed += [product] if waits.refused(key) else []
            waits.accept(key)
        if changed:
            self._save(changed, ["waits"])

    def _refused(self, key: str, file_id: str, product_id: str, refusal: Refusal) -> None:
        """This one file cannot be attached to (or detached from) this one product: for now, or for good."""
        view = self._views[product_id]
        waits = Waits(view.product.waits)
        if refusal.wait:
            waits.refuse(key, refusal.wait)
            self._save([view.product], ["waits"])
            if not waits.over(key):
                return
        if key == UNLINK and refusal.wait == Wait.ABSENT:
            return  # what is gone has left
        asset = view.goal.new.get(file_id)
        named = view.product.changes.all()
        lines = [line for line in named if (line.asset_id == asset if asset else line.medium_id == file_id)]
        lines = [line for line in lines if line.outcome == ChangeRow.Outcome.PENDING]
        for line in lines:
            line.outcome, line.reason = ChangeRow.Outcome.FAILED, file_reason(refusal.code, refusal.reason)
        with self.run.fenced():
            save_fields(lines, ["outcome", "reason"])


def may(view: View, key: str, ids: Iterable[str]) -> bool:
    return Waits(view.product.waits).may_ask(key, ids)


def batches(rows: Rows) -> Iterable[Rows]:
    """So many files a call, and so many products a file; no file twice in one call."""
    while rows:
        ids = list(rows)
        for at in range(0, len(ids), files.PER_CALL):
            yield {id: rows[id][: files.PER_CALL] for id in ids[at : at + files.PER_CALL]}
        rows = {id: products[files.PER_CALL :] for id, products in rows.items() if len(products) > files.PER_CALL}
