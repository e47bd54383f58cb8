"""Writing swatches: look at the metafields, write those that name another file, look again."""

from collections.abc import Mapping, Sequence

from linking.domain.reasons import SWATCH, VANISHED
from linking.models import ChangeRow, ProductSync, StoreFile
from linking.shopify import swatches
from linking.shopify.swatches import Value
from linking.syncing.run import Run

Outcome = ChangeRow.Outcome


class Swatches:
    def __init__(self, run: Run) -> None:
        self.run = run
        self.defined: set[str] = set()
        self.tries: dict[int, int] = {}

    def work(self, products: Sequence[ProductSync]) -> set[int]:
        """Returns the pks of products whose swatches were written to: they are looked at again."""
        lines = {line.owner_id: line for product in products for line in product.changes.all() if waits(line)}
        current = swatches.values(self.run.client, list(lines)) if lines else {}
        settled: list[ChangeRow] = []
        write: dict[str, str] = {}
        for owner, line in lines.items():
            if trouble := self._trouble(line, owner, current):
                line.outcome, line.reason = Outcome.FAILED, trouble
                settled.append(line)
            elif current[owner].file_id == wanted(line):
                line.outcome = Outcome.DONE
                settled.append(line)
            else:
                write[owner] = wanted(line)
        with self.run.fenced():
            ChangeRow.objects.bulk_update(settled, ["outcome", "reason"], batch_size=200)
        self._write(write, current, lines)
        return {line.product_id for owner, line in lines.items() if owner in write and line.product_id}

    def _trouble(self, line: ChangeRow, owner: str, current: Mapping[str, Value]) -> str:
        if owner not in current:
            return VANISHED
        if line.file is not None and line.file.state == StoreFile.State.FAILED:
            return line.file.problem
        if self.tries.get(line.pk, 0) >= 3:
            return SWATCH.format(text="somebody else keeps changing it")
        return ""

    def _write(self, write: Mapping[str, str], current: Mapping[str, Value], lines: Mapping[str, ChangeRow]) -> None:
        for kind in {swatches.owner_type(owner) for owner in write} - self.defined:
            self.run.tick()
            swatches.define(self.run.client, kind)
            self.defined.add(kind)
        named = [owner for owner, file_id in write.items() if file_id]
        for at in range(0, len(named), swatches.PER_CALL):
            self._batch({owner: write[owner] for owner in named[at : at + swatches.PER_CALL]}, current, lines)
        gone = [owner for owner, file_id in write.items() if not file_id]
        for at in range(0, len(gone), swatches.PER_CALL):
            self.run.tick()
            swatches.remove(self.run.client, gone[at : at + swatches.PER_CALL])
        for owner in write:
            self.tries[lines[owner].pk] = self.tries.get(lines[owner].pk, 0) + 1

    def _batch(self, rows: dict[str, str], current: Mapping[str, Value], lines: Mapping[str, ChangeRow]) -> None:
        """All or nothing at Shopify: a refused call is repeated one by one, so that only the bad one fails."""
        self.run.tick()
        refusals = swatches.write(self.run.client, rows, current)
        if refusals and len(rows) > 1:
            for owner, file_id in rows.items():
                self._batch({owner: file_id}, current, lines)
        elif refusals:
            [owner] = rows
            reason = SWATCH.format(text=refusals[0].message)
            with self.run.fenced():
                ChangeRow.objects.filter(pk=lines[owner].pk).update(outcome=Outcome.FAILED, reason=reason)


def waits(line: ChangeRow) -> bool:
    return bool(line.owner_id) and line.outcome == Outcome.PENDING


def wanted(line: ChangeRow) -> str:
    """The file that the metafield shall name; an undone swatch goes back to the one before, or to none."""
    return line.file.file_id if line.file is not None else line.replaces
