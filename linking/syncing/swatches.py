"""Writing swatches: look at the metafields, write those that name another file, look again."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from linking.domain.reasons import NOT_SHOWN, VANISHED
from linking.domain.waiting import waiting_for
from linking.models import ChangeRow, ProductSync, StoreFile
from linking.models.writing import save_fields
from linking.shopify import swatches
from linking.shopify.swatches import Refusal, Value
from linking.syncing.goal import may_be_old
from linking.syncing.run import Run
from linking.syncing.swatch_links import record
from linking.waiting import Waits
from setup.reasons import Reason
from setup.shopify.errors import Remedy, ShopifyError

Outcome = ChangeRow.Outcome


@dataclass(frozen=True)
class Wish:
    """A line of a swatch, with the product whose row keeps what is waited for."""

    line: ChangeRow
    product: ProductSync

    @property
    def key(self) -> str:
        return f"swatch:{self.line.owner_id}"

    @property
    def waits(self) -> Waits:
        return Waits(self.product.waits)


class Swatches:
    """`wrote`: whether the last call of `apply` wrote anything."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.wrote = False
        self.defined: set[str] = set()

    def apply(self, products: Sequence[ProductSync]) -> set[int]:
        """Returns the pks of products that are to be looked at again: written to, or waited for."""
        self.wrote = False
        wishes = [Wish(line, product) for product in products for line in product.changes.all() if waits(line)]
        if not wishes:
            return set()
        asked = timezone.now()
        current = swatches.values(self.run.client, [wish.line.owner_id for wish in wishes])
        kept = {wish.product.pk: dict(wish.waits.kept) for wish in wishes}
        for wish in wishes:
            self._judge(wish, current.get(wish.line.owner_id), asked)
        left = [wish for wish in wishes if wish.line.outcome == Outcome.PENDING]
        self._save_lines([wish for wish in wishes if wish.line.outcome != Outcome.PENDING])
        self._save_waits([wish for wish in left if wish.waits.kept != kept[wish.product.pk]])
        self._write([wish for wish in left if self._is_due(wish, current)], current)
        return {wish.product.pk for wish in left if wish.line.outcome == Outcome.PENDING}

    def _judge(self, wish: Wish, value: Value | None, asked: datetime) -> None:
        """Close the line if it is decided."""
        line, kept = wish.line, wish.waits
        if line.file is not None and line.file.state in (StoreFile.State.FAILED, StoreFile.State.LATE):
            failed = line.file.state == StoreFile.State.FAILED
            line.outcome, line.reason = Outcome.FAILED if failed else Outcome.UNKNOWN, line.file.problem
        elif value is None:
            if kept.miss(f"absent:{line.owner_id}"):
                line.outcome, line.reason = not_shown(wish)
            return
        kept.end(f"absent:{line.owner_id}")
        if line.outcome != Outcome.PENDING or value is None:
            return
        if value.file_id == line.named_file:
            if kept.times(wish.key) or not may_be_old(wish.product, asked):
                line.outcome = Outcome.DONE
        elif kept.unseen(wish.key):
            line.outcome, line.reason = Outcome.UNKNOWN, NOT_SHOWN

    @staticmethod
    def _is_due(wish: Wish, current: Mapping[str, Value]) -> bool:
        """Not while its file, or its owner, is not shown, nor while it names already what nobody has asked for yet: that is a
        view from before, or somebody else's doing."""
        owner, file = wish.line.owner_id, wish.line.file
        if owner not in current or (file is not None and not file.file_id):
            return False
        return current[owner].file_id != wish.line.named_file and wish.waits.may_ask(wish.key, [wish.line.named_file])

    def _write(self, due: Sequence[Wish], current: Mapping[str, Value]) -> None:
        if not due:
            return
        self.wrote = True
        if not self._define(due):
            return
        self.run.heed_abort()
        for wish in due:
            wish.waits.ask(wish.key, [wish.line.named_file])
        self._save_waits(due)
        named = [wish for wish in due if wish.line.named_file]
        for at in range(0, len(named), swatches.PER_CALL):
            self._batch(named[at : at + swatches.PER_CALL], current)
        gone = [wish for wish in due if not wish.line.named_file]
        for at in range(0, len(gone), swatches.PER_CALL):
            self._remove(gone[at : at + swatches.PER_CALL])

    def _define(self, due: Sequence[Wish]) -> bool:
        """The definition shows the metafield to merchants; where Shopify refuses it, the swatches say so."""
        for kind in {swatches.owner_type(wish.line.owner_id) for wish in due} - self.defined:
            self.run.tick()
            try:
                swatches.define(self.run.client, kind)
            except ShopifyError as error:
                if error.remedy == Remedy.LOOK:
                    return False  # looked for again in the next round
                if error.remedy != Remedy.GIVE_UP:
                    raise
                self._refuse(
                    [wish for wish in due if swatches.owner_type(wish.line.owner_id) == kind], error.reason, ""
                )
                return False
            self.defined.add(kind)
        return True

    def _batch(self, wishes: Sequence[Wish], current: Mapping[str, Value]) -> None:
        """All or nothing at Shopify: a refused call is repeated one by one, so that only the bad one fails."""
        rows = {wish.line.owner_id: wish.line.named_file for wish in wishes}
        refusal = self._sent(lambda: swatches.write(self.run.client, rows, current))
        if refusal and len(wishes) > 1:
            for wish in wishes:
                self._batch([wish], current)
        elif refusal:
            self._refuse(wishes, refusal.reason, refusal.code)

    def _remove(self, wishes: Sequence[Wish]) -> None:
        refusal = self._sent(lambda: swatches.remove(self.run.client, [wish.line.owner_id for wish in wishes]))
        if refusal and len(wishes) > 1:
            for wish in wishes:
                self._remove([wish])
        elif refusal:
            self._refuse(wishes, refusal.reason, refusal.code)

    def _sent(self, write: Callable[[], Sequence[Refusal]]) -> Refusal | None:
        """None if it was taken, or if nobody knows: the metafields will tell."""
        self.run.tick()
        try:
            return next(iter(write()), None)
        except ShopifyError as error:
            if error.remedy == Remedy.LOOK:
                return None
            if error.remedy != Remedy.GIVE_UP:
                raise
            return Refusal(None, error.reason, error.code)

    def _refuse(self, wishes: Sequence[Wish], text: Reason, code: str) -> None:
        """For now, or for good."""
        for wish in wishes:
            if what := waiting_for(code):
                wish.waits.refuse(wish.key, what)
            if not what or wish.waits.over(wish.key):
                wish.line.outcome, wish.line.reason = Outcome.FAILED, Reason("swatch.not_set", text=text)
        self._save_waits(wishes)
        self._save_lines([wish for wish in wishes if wish.line.outcome != Outcome.PENDING])

    def _save_waits(self, wishes: Sequence[Wish]) -> None:
        products = {wish.product.pk: wish.product for wish in wishes}
        if products:
            with self.run.fenced():
                save_fields(list(products.values()), ["waits"])

    def _save_lines(self, wishes: Sequence[Wish]) -> None:
        if wishes:
            with self.run.fenced():
                save_fields([wish.line for wish in wishes], ["outcome", "reason"])
                record(self.run.part, [wish.line for wish in wishes if wish.line.outcome == Outcome.DONE])


def not_shown(wish: Wish) -> tuple[Outcome, Reason]:
    """Of an owner that counts as gone: what was asked for may have happened before."""
    if wish.waits.times(wish.key):
        return Outcome.UNKNOWN, NOT_SHOWN
    return Outcome.FAILED, VANISHED


def waits(line: ChangeRow) -> bool:
    return bool(line.owner_id) and line.outcome == Outcome.PENDING
