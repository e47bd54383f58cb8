"""Phases ready, link, order and verify, over all galleries at once whose files are there: look, do the next step, look again."""

import time
from collections.abc import Callable, Iterable
from dataclasses import replace

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from linking.domain.plan import fingerprint
from linking.domain.reasons import MOVED, RESTLESS, VANISHED, file_reason
from linking.domain.steps import Step, next_step
from linking.models import ChangeRow, ProductSync, StoreFile
from linking.models.syncs import OPEN, with_lines
from linking.models.writing import save_fields
from linking.planning.rows import of_gallery
from linking.shopify import files, galleries
from linking.shopify.files import Refusal
from linking.shopify.galleries import Gallery
from linking.syncing import settling
from linking.syncing.dressing import Dressing
from linking.syncing.files import Arrivals
from linking.syncing.goal import Goal, failures, goal_of
from linking.syncing.run import Run
from setup.shopify_errors import Remedy, ShopifyError

# Reordering is asynchronous: how long an order may take to show before it is asked for again.
PATIENCE = 20.0
ORDERS = 3
ROUNDS = 12
# So many galleries are looked at in a round, in turns: a round has to fit into a slice, however many there are.
WINDOW = 500
DRESSED = "the picture of a variant changed"
# Files that may still come. Galleries that wait for none are linked in groups of MANY, or when LONG (s) is over.
ON_THE_WAY = [StoreFile.State.PLANNED, StoreFile.State.UPLOADING, StoreFile.State.STAGED]
ON_THE_WAY += [StoreFile.State.SENT, StoreFile.State.UPLOADED]
MANY, LONG = 50, 4.0


class Galleries:
    """Works the open products of a run until none is left."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.dressing = Dressing(run)
        self.rounds: dict[int, int] = {}
        self.looked: dict[int, int] = {}
        self.looks = self.able = self.idle = 0
        self._since: float | None = None
        # What the last round linked something to: looked at again at once, without reading its lines anew.
        self.attached: list[ProductSync] = []

    def work(self, arrivals: Arrivals, *, everything: bool = True) -> None:
        """Galleries whose files are all there are linked while Shopify still works on the files of others. Without
        `everything` those stay open whose files have not been asked for yet."""
        interval = 0.25
        while True:
            self.run.tick()
            left = arrivals.look()
            if not (products := self.open(urgent=not left, everything=everything)):
                if not left:
                    return
                arrivals.wait()
                continue
            total = self.run.part.products.count()
            closed = self.run.part.products.exclude(state__in=OPEN).count()
            self.run.say(f"Linking galleries: {closed} of {total} done.")
            moved = self.round(products)
            while self.attached:
                self.run.tick()
                moved |= self.round(self.attached)
            if moved:
                interval, self.idle = 0.25, 0
                continue
            self.idle += len(products)
            if self.idle >= self.able:
                # Nothing to do but to wait for Shopify to show what was asked for.
                self.run.pause(interval, "Shopify is ordering galleries.")
                interval, self.idle = min(3.0, interval * 2), 0

    def open(self, *, urgent: bool, everything: bool) -> list[ProductSync]:
        """Galleries that can be worked on; unless it is `urgent`, only if they are many, or have waited long enough: a call
        for a few costs as much as one for many."""
        on_the_way = ChangeRow.objects.filter(
            product=OuterRef("pk"), outcome=ChangeRow.Outcome.PENDING, file__state__in=ON_THE_WAY
        )
        able = self.run.part.products.filter(state__in=OPEN)
        if not (urgent and everything):
            able = able.exclude(Exists(on_the_way))
        if not urgent:
            count = able.count()
            self._since = (self._since or time.monotonic()) if count else None
            if not count or (count < MANY and self._since and time.monotonic() - self._since < LONG):
                return []
        self._since = None
        return list(with_lines(able.filter(pk__in=self._least_recently_looked_at(able))))

    def _least_recently_looked_at(self, able: QuerySet[ProductSync]) -> list[int]:
        pks = list(able.values_list("pk", flat=True))
        self.looks, self.able = self.looks + 1, len(pks)
        window = sorted(pks, key=lambda pk: self.looked.get(pk, 0))[:WINDOW]
        self.looked |= dict.fromkeys(window, self.looks)
        return window

    def round(self, products: list[ProductSync]) -> bool:
        """One look at everything and one step for each. False if nothing was written or settled."""
        self.attached = []
        found = galleries.read(self.run.client, [product.product_id for product in products])
        dressed = self.dressing.moved(products)
        with self.run.fenced():
            products = self._begin(products, found, dressed)
        ledger = self._files(products)
        steps: list[tuple[ProductSync, Goal, Step]] = []
        settled = []
        looks = []
        for product in products:
            gallery = found[product.product_id]
            goal = goal_of(product, gallery, ledger, failures(product))
            looks.append((product, goal, next_step(goal.target, goal.leaving, gallery.ids)))
        complete = [product for product, _, step in looks if not step.link]
        written = self.dressing.work(complete, found, ledger)
        for product, goal, step in looks:
            if product.pk in written:
                continue  # looked at again before anything leaves
            if product.pk in self.dressing.trouble:  # then nothing leaves at all
                goal = replace(goal, leaving=(), incomplete=True)
                step = next_step(goal.target, (), found[product.product_id].ids)
            self.rounds[product.pk] = self.rounds.get(product.pk, 0) + bool(step.link or step.unlink)
            if not step:
                settled.append((product, goal, self.dressing.trouble.get(product.pk, "")))
            elif self.rounds[product.pk] > ROUNDS or self._restless(product, step):
                settled.append((product, goal, RESTLESS))
            else:
                steps.append((product, goal, step))
        settling.settle(self.run, settled, ledger, found)
        return bool(settled or written) | self._attach(steps) | self._detach(steps) | self._reorder(steps)

    def _files(self, products: list[ProductSync]) -> dict[str, StoreFile]:
        """By mark, all that these galleries are to hold. Most of them are known by the lines that bring them."""
        lines = (line for product in products for line in product.changes.all())
        found = {line.file.mark: line.file for line in lines if line.file}
        names = sorted(
            {slot["file"] for product in products for slot in product.after if "file" in slot} - found.keys()
        )
        for at in range(0, len(names), 500):
            rows = StoreFile.objects.filter(store=self.run.part.store, mark__in=names[at : at + 500])
            found |= {row.mark: row for row in rows}
        return found

    def _begin(self, products: list[ProductSync], found: dict[str, Gallery], dressed: set[int]) -> list[ProductSync]:
        """Leave out what is gone, and what somebody changed since it was planned (`dressed`: only variants of it); mark the
        rest as being written to."""
        going, starting = [], []
        for product in products:
            gallery = found.get(product.product_id)
            if gallery is None:
                settling.close(product, ProductSync.State.FAILED, VANISHED)
            elif product.state == ProductSync.State.WORKING:
                going.append(product)
            elif product.fingerprint != of_gallery(gallery) and not self._only_we_were_there(product, gallery):
                settling.close(product, ProductSync.State.REFUSED, MOVED.format(what=difference(product, gallery)))
            elif product.pk in dressed:
                settling.close(product, ProductSync.State.REFUSED, MOVED.format(what=DRESSED))
            else:
                product.state = ProductSync.State.WORKING
                starting.append(product)
        ProductSync.objects.filter(pk__in=[row.pk for row in starting]).update(state=ProductSync.State.WORKING)
        return [*going, *starting]

    def _only_we_were_there(self, product: ProductSync, gallery: Gallery) -> bool:
        """A file's alt text is the same in every gallery: what this run wrote for another one shows here, too."""
        texts = self.run.part.changes.exclude(alt_after=None)
        ours = {
            pair
            for name in ("medium_id", "file__file_id")
            for pair in texts.filter(**{f"{name}__in": gallery.ids}).values_list(name, "alt_after")
        }
        before = {item["id"]: item["alt"] for item in product.before}
        was = [(item.id, before.get(item.id) if (item.id, item.alt) in ours else item.alt) for item in gallery.media]
        return product.fingerprint == fingerprint([(id, alt or "") for id, alt in was])

    def _restless(self, product: ProductSync, step: Step) -> bool:
        """Ordered three times, and still not in order. The rows count: slices may be shorter than patience."""
        return not step.link and not step.unlink and product.orders >= ORDERS and not recent(product)

    def _attach(self, steps: list[tuple[ProductSync, Goal, Step]]) -> bool:
        """One row per file, naming every product that misses it; the order of rows is the order in each gallery."""
        rows: dict[str, list[str]] = {}
        for product, _, step in steps:
            for file_id in step.link:
                rows.setdefault(file_id, []).append(product.product_id)
        self._rows = {product.product_id: (product, goal) for product, goal, _ in steps}
        for batch in batches(rows):
            self._write(files.attach, batch)
        self.attached = [product for product, _, step in steps if step.link]
        return bool(rows)

    def _detach(self, steps: list[tuple[ProductSync, Goal, Step]]) -> bool:
        rows: dict[str, list[str]] = {}
        for product, _, step in steps:
            for medium_id in step.unlink:
                rows.setdefault(medium_id, []).append(product.product_id)
        for batch in batches(rows):
            self._write(files.detach, batch)
        return bool(rows)

    def _write(self, write: Callable[..., tuple[Refusal, ...]], rows: dict[str, list[str]]) -> None:
        """Shopify rejects a whole call for one bad row without saying which: halve until the bad one is alone."""
        self.run.tick()
        refusals = write(self.run.client, rows)
        if not refusals:
            self.run.part.rows().update(setbacks=0)
            return
        pairs = [(file_id, product_id) for file_id, products in rows.items() for product_id in products]
        if len(pairs) == 1:
            if write is not files.detach or refusals[0].code != "FILE_DOES_NOT_EXIST":  # what is gone has left
                self._refused(*pairs[0], file_reason(refusals[0].code, refusals[0].message))
            return
        for part in (pairs[: len(pairs) // 2], pairs[len(pairs) // 2 :]):
            half: dict[str, list[str]] = {}
            for file_id, product_id in part:
                half.setdefault(file_id, []).append(product_id)
            self._write(write, half)

    def _refused(self, file_id: str, product_id: str, reason: str) -> None:
        """This one file cannot be attached to (or detached from) this one product."""
        product, goal = self._rows[product_id]
        asset = goal.new.get(file_id)
        told = [
            line for line in product.changes.all() if (line.asset_id == asset if asset else line.medium_id == file_id)
        ]
        lines = [line for line in told if line.outcome == ChangeRow.Outcome.PENDING]
        for line in lines:
            line.outcome, line.reason = ChangeRow.Outcome.FAILED, reason
        with self.run.fenced():
            save_fields(lines, ["outcome", "reason"])

    def _reorder(self, steps: list[tuple[ProductSync, Goal, Step]]) -> bool:
        asked = False
        for product, _, step in steps:
            if step.link or not step.moves or recent(product):
                continue
            self.run.tick()
            product.ordered, product.orders = timezone.now(), product.orders + 1
            with self.run.fenced():
                save_fields([product], ["ordered", "orders"])
            try:
                galleries.reorder(self.run.client, product.product_id, step.moves)
            except ShopifyError as error:
                if error.remedy != Remedy.GIVE_UP:
                    raise
                with self.run.fenced():
                    settling.close(product, ProductSync.State.PARTIAL, f"The order could not be set: {error.text}")
            asked = True
        return asked


def batches(rows: dict[str, list[str]]) -> Iterable[dict[str, list[str]]]:
    """So many files a call, and so many products a file; no file twice in one call."""
    while rows:
        ids = list(rows)
        for at in range(0, len(ids), files.PER_CALL):
            yield {id: rows[id][: files.PER_CALL] for id in ids[at : at + files.PER_CALL]}
        rows = {id: products[files.PER_CALL :] for id, products in rows.items() if len(products) > files.PER_CALL}


def recent(product: ProductSync) -> bool:
    """Whether an order that was asked for may still show."""
    return product.ordered is not None and (timezone.now() - product.ordered).total_seconds() < PATIENCE


def difference(product: ProductSync, gallery: Gallery) -> str:
    """What somebody did to the gallery, in a few words."""
    before = [item["id"] for item in product.before]
    came, left = len(set(gallery.ids) - set(before)), len(set(before) - set(gallery.ids))
    words = [f"{came} media came" if came else "", f"{left} left" if left else ""]
    told = ", ".join(word for word in words if word)
    return told or ("the order changed" if before != gallery.ids else "an alt text changed")
