"""Rows that no file has: what assets say of themselves. A kind of source has a line in SOURCES; all that follows (preview,
writing, undo, report) is the same as for a file.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from linking.domain.assets import Asset
from linking.domain.conventions import Convention
from linking.models import Sheet
from setup.models import Environment
from setup.reasons import Reason

NAMES = "names"


class Source(Protocol):
    """`columns`: what the cells of its rows hold, as those of a file; the first one is the asset ID. `replaces`: whether values
    that an asset has already may be written over."""

    @property
    def columns(self) -> Sequence[str]: ...

    @property
    def replaces(self) -> bool: ...

    def name(self, asset: Asset) -> str:
        """What its rows call an asset."""
        ...

    def rows(self, assets: Sequence[Asset]) -> Iterable[Sequence[str] | Reason]:
        """For each asset the cells of its row, or why there is none. At most 500 at a time. May raise Rest, CloudinaryError."""
        ...


class Names:
    """What assets are called, by a pattern."""

    def __init__(self, convention: Convention) -> None:
        self._convention = convention
        self.columns, self.replaces = convention.columns, convention.replaces

    def name(self, asset: Asset) -> str:
        return self._convention.subject(asset)

    def rows(self, assets: Sequence[Asset]) -> Iterable[Sequence[str] | Reason]:
        return (self._convention.cells(asset) or Reason("sheet.no_fit") for asset in assets)


SOURCES: Mapping[str, Callable[[Environment, Mapping[str, Any]], Source]] = {
    NAMES: lambda environment, asked: Names(Convention.of(asked)),
}


def source_of(sheet: Sheet) -> Source:
    """Of a sheet that has one."""
    return SOURCES[sheet.source["kind"]](sheet.environment, sheet.source)
