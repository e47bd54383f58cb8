"""Phases ready, link, order and verify, over all galleries at once whose files are there: look, do the next step, look again."""

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from linking import waiting
from linking.domain.plan import fingerprint
from linking.domain.reasons import UNREADABLE, VANISHED
from linking.domain.steps import next_step
from linking.domain.waiting import Wait
from linking.models import ChangeRow, ProductSync, StoreFile
from linking.models.lines import with_lines
from linking.models.syncs import OPEN
from linking.models.writing import save_fields
from linking.planning.kept import plan_is_whole
from linking.planning.reading import is_job
from linking.planning.rows import of_gallery
from linking.shopify import galleries
from linking.shopify.galleries import Gallery
from linking.syncing import settling
from linking.syncing.arrivals import Arrivals
from linking.syncing.attributes import Attributes
from linking.syncing.goal import View, failures, goal_of, is_credible, may_be_old
from linking.syncing.run import Run
from linking.syncing.settling import Settled
from linking.syncing.writing import LINK, ORDER, UNLINK, Writing
from setup.reasons import NONE, Reason
from setup.spelling import plain

# So many galleries are looked at in a round, in turns: a round has to fit into a slice, however many there are.
WINDOW = 500
VARIANT_MOVED = Reason("gallery.moved_variant")
# Files that may still come. Galleries that wait for none are linked in groups of MANY, or when LONG (s) is over.
ON_THE_WAY = [StoreFile.State.PLANNED, StoreFile.State.UPLOADING, StoreFile.State.STAGED]
ON_THE_WAY += [StoreFile.State.SENT, StoreFile.State.UPLOADED]
MANY, LONG = 50, 4.0


class Galleries:
    """Works the open products of a run until none is left."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.attributes = Attributes(run)
        self.writing = Writing(run)
        self.looked: dict[int, int] = {}
        self.looks = self.able = self.idle = 0
        self._since: float | None = None
        # What the last round linked something to: looked at again at once, without reading its lines again.
        self.attached: list[ProductSync] = []

    def link(self, arrivals: Arrivals, *, everything: bool = True) -> None:
        """Galleries whose files are all there are linked while Shopify still works on the files of others. Without
        `everything` those stay open whose files have not been asked for yet."""
        interval = waiting.soonest()
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
            self.run.say(Reason("doing.linking", done=closed, all=total))
            moved = self.round(products)
            while self.attached:
                self.run.tick()
                moved |= self.round(self.attached)
            if moved:
                interval, self.idle = waiting.soonest(), 0
                continue
            self.idle += len(products)
            if self.idle >= self.able:
                # Nothing to do but to wait for Shopify to show what was asked for.
                self.run.pause(interval, Reason("doing.galleries"))
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
        products, asked = self._whole(products), timezone.now()
        found = galleries.read(self.run.client, [product.product_id for product in products])
        moved = self.attributes.moved(products, found)
        with self.run.fenced():
            going = self._begin(products, found, moved, asked)
        ledger = self._files(going)
        seen = [self._view(product, found[product.product_id], ledger, asked) for product in going]
        views = [view for view in seen if view]
        busy = self.attributes.apply([v.product for v in views if not v.step.link], found, ledger)
        settled: list[Settled] = []
        steps: list[View] = []
        for view in views:
            decided = self._decide(view, busy)
            if isinstance(decided, Settled):
                settled.append(decided)
            elif decided is not None:
                steps.append(decided)
        settling.settle(self.run, settled, ledger)
        return bool(settled) | self.attributes.wrote | self._write(steps, ledger)

    def _write(self, steps: Sequence[View], ledger: dict[str, StoreFile]) -> bool:
        self.attached = self.writing.attach(steps)
        detached = self.writing.detach(steps)
        self.writing.order(steps)
        return bool(self.attached) | detached | self.writing.ordered

    def _view(
        self, product: ProductSync, gallery: Gallery, ledger: dict[str, StoreFile], asked: datetime
    ) -> View | None:
        """None for a gallery that is seen as it was before."""
        goal = goal_of(product, gallery, ledger, failures(product))
        credible = is_credible(product, gallery, goal, self.attributes.described)
        if not credible and may_be_old(product, asked):
            return None
        return View(product, gallery, goal, next_step(goal.target, goal.leaving, gallery.ids))

    def _decide(self, view: View, busy: set[int]) -> Settled | View | None:
        """Settle it, write to it, or (None) look at it again before anything leaves."""
        product, goal, step = view.product, view.goal, view.step
        if product.pk in busy:
            return None
        trouble = self.attributes.trouble.get(product.pk, NONE)
        if trouble:  # then nothing leaves at all
            goal = replace(goal, leaving=(), incomplete=True)
            step = next_step(goal.target, (), view.gallery.ids)
        if refused := self.writing.trouble.get(product.pk, NONE):  # what was to leave with the same step still leaves
            step, trouble = replace(step, order=()), trouble or refused
        if not step:
            return Settled(product, goal, view.gallery, trouble)
        waits = waiting.Waits(product.waits)
        keys = [key for key, open in ((LINK, step.link), (UNLINK, step.unlink), (ORDER, step.order)) if open]
        if any(waits.unseen(key) for key in keys):
            return Settled(product, goal, view.gallery, trouble, known=False)
        return View(product, view.gallery, goal, step)

    def _files(self, products: list[ProductSync]) -> dict[str, StoreFile]:
        """By mark, all that these galleries are to hold. Most of them are known by the lines that bring them."""
        lines = (line for product in products for line in product.changes.all())
        found = {line.file.mark: line.file for line in lines if line.file}
        names = sorted(
            {slot["file"] for product in products for slot in product.after if "file" in slot} - found.keys()
        )
        for at in range(0, len(names), 500):
            rows = StoreFile.objects.for_galleries().filter(store=self.run.part.store, mark__in=names[at : at + 500])
            found |= {row.mark: row for row in rows}
        return found

    def _whole(self, products: list[ProductSync]) -> list[ProductSync]:
        """Those whose rows can be read; to the others nothing more is done."""
        whole = [product for product in products if plan_is_whole(product)]
        with self.run.fenced():
            for product in products:
                product.waits = product.waits if isinstance(product.waits, dict) else {}
                product.job = product.job if is_job(product.job) else ""
                if product not in whole:
                    settling.close(product, ProductSync.State.FAILED, UNREADABLE)
        return whole

    def _begin(
        self, products: list[ProductSync], found: dict[str, Gallery], moved: set[int], asked: datetime
    ) -> list[ProductSync]:
        """Leave out what is gone, and what somebody changed since it was planned (`moved`: only variants of it); mark the
        rest as being written to. What may only be an old view of it is looked at again."""
        going, starting = [], []
        for product in products:
            gallery = found.get(product.product_id)
            if gallery is None or not gallery.whole:
                self._absent(product)
                continue
            if Wait.ABSENT.value in waiting.Waits(product.waits):
                waiting.Waits(product.waits).end(Wait.ABSENT.value)
                save_fields([product], ["waits"])
            if product.state == ProductSync.State.WORKING:
                going.append(product)
            elif reason := self._moved(product, gallery, moved):
                if not may_be_old(product, asked):
                    settling.close(product, ProductSync.State.REFUSED, Reason("gallery.moved", what=reason))
            else:
                product.state = ProductSync.State.WORKING
                starting.append(product)
        ProductSync.objects.filter(pk__in=[row.pk for row in starting]).update(state=ProductSync.State.WORKING)
        return [*going, *starting]

    def _absent(self, product: ProductSync) -> None:
        """Not shown: gone, if it stays so."""
        if waiting.Waits(product.waits).miss(Wait.ABSENT.value):
            settling.close(product, ProductSync.State.FAILED, VANISHED)
        else:
            save_fields([product], ["waits"])

    def _moved(self, product: ProductSync, gallery: Gallery, moved: set[int]) -> Reason:
        """What somebody changed since it was planned; empty if nothing."""
        if product.fingerprint != of_gallery(gallery) and not self._only_we_were_there(product, gallery):
            return difference(product, gallery)
        return VARIANT_MOVED if product.pk in moved else NONE

    def _only_we_were_there(self, product: ProductSync, gallery: Gallery) -> bool:
        """A file's alt text is the same in every gallery: what this run wrote for another one shows here, too."""
        texts = self.run.part.changes.exclude(alt_after=None)
        ours = {
            (id, plain(text))
            for name in ("medium_id", "file__file_id")
            for id, text in texts.filter(**{f"{name}__in": gallery.ids}).values_list(name, "alt_after")
        }
        before = {item["id"]: item["alt"] for item in product.before}
        was = [
            (item.id, before.get(item.id) if (item.id, plain(item.alt)) in ours else item.alt) for item in gallery.media
        ]
        return product.fingerprint == fingerprint([(id, alt or "") for id, alt in was])


def difference(product: ProductSync, gallery: Gallery) -> Reason:
    """What somebody did to the gallery."""
    before = [item["id"] for item in product.before]
    came, left = len(set(gallery.ids) - set(before)), len(set(before) - set(gallery.ids))
    if came or left:
        return Reason("gallery.moved_media", came=came, left=left)
    return Reason("gallery.moved_order" if before != gallery.ids else "gallery.moved_alt")
