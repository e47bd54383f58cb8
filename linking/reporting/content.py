"""What a report is made of, whatever its format. Rows are read while they are written, and counted as they go by."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from linking.models import Sync
from linking.reporting.left import Left, left_of, looks_for_all
from linking.reporting.rows import Line, lines_of
from linking.reporting.summary import Summary, summary_of

Row = TypeVar("Row")
EVERY = 500


@dataclass
class Content:
    """`tick(rows so far)` is called every few hundred rows; it may raise to break off."""

    sync: Sync
    now: datetime
    tick: Callable[[int], None] = lambda rows: None
    rows: int = 0

    @property
    def matches(self) -> bool:
        """Whether the run looked in some store for products for all of its assets: an upload, an undo leave none out, and who
        tries some products again does not count the others."""
        return self.sync.kind == "link" and any(map(looks_for_all, self.sync.parts.all()))

    def summary(self) -> Summary:
        return summary_of(self.sync, now=self.now)

    def lines(self) -> Iterator[Line]:
        for line in self._ticking(lines_of(self.sync)):
            self.rows += 1
            yield line

    def left(self) -> Iterator[Left]:
        return self._ticking(left_of(self.sync) if self.matches else ())

    def _ticking(self, rows: Iterable[Row]) -> Iterator[Row]:
        for at, row in enumerate(rows):
            if at % EVERY == 0:
                self.tick(self.rows)
            yield row
