"""Rows that no file has: what assets say of themselves. A kind of source has a line in SOURCES; all that follows (preview,
writing, undo, report) is the same as for a file.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from linking.domain.assets import Asset
from linking.domain.conventions import Convention
from linking.domain.from_files import FromFiles
from linking.domain.sheet_rows import Wish
from linking.ingest.sheets.products import Products
from linking.ingest.sheets.statuses import Statuses
from linking.models import EmbeddedRow, Sheet
from setup.cloudinary.client import CloudinaryClient
from setup.cloudinary.embedded import Learned, Reading, Route, learn
from setup.embedded_values import Embedded
from setup.models import Environment
from setup.reasons import Reason

NAMES, FILES, PRODUCTS, STATUS = "names", "files", "products", "status"


class Source(Protocol):
    """`columns`: what the cells of its rows hold, as those of a file; the first one is the asset ID. `replaces`: whether values
    that an asset has already may be written over. `additions`: what lists have to have before its rows can be written, external
    ID of a field -> {external ID: label}, as far as it was asked."""

    @property
    def columns(self) -> Sequence[str]: ...

    @property
    def replaces(self) -> bool: ...

    @property
    def additions(self) -> Mapping[str, Mapping[str, str]]: ...

    def name(self, asset: Asset) -> str:
        """What its rows call an asset."""
        ...

    def rows(self, assets: Sequence[Asset]) -> Iterable[Sequence[str] | Wish | Reason]:
        """For each asset the cells of its row, or what they would mean, or why there is none. At most 500 at a time. May raise
        Rest, CloudinaryError, ShopifyError."""
        ...


class Names:
    """What assets are called, by a pattern."""

    additions: Mapping[str, Mapping[str, str]] = {}

    def __init__(self, convention: Convention) -> None:
        self._convention = convention
        self.columns, self.replaces = convention.columns, convention.replaces

    def name(self, asset: Asset) -> str:
        return self._convention.subject(asset)

    def rows(self, assets: Sequence[Asset]) -> Iterable[Sequence[str] | Reason]:
        return (self._convention.cells(asset) or Reason("sheet.no_fit") for asset in assets)


class Files:
    """What their files carry (IPTC, XMP, EXIF): read once for each version of an asset, and kept for all."""

    additions: Mapping[str, Mapping[str, str]] = {}

    def __init__(self, environment: Environment, asked: FromFiles) -> None:
        self._environment, self._asked = environment, asked
        self.columns, self.replaces = asked.columns, asked.replaces

    def name(self, asset: Asset) -> str:
        return asset.name

    def rows(self, assets: Sequence[Asset]) -> Iterable[Sequence[str] | Reason]:
        known = self._read({asset.asset_id: asset.version for asset in assets})
        for asset in assets:
            embedded = known.get(asset.asset_id)
            yield Reason("sheet.not_read") if embedded is None else self._asked.cells(asset, embedded)

    def _read(self, versions: Mapping[str, int]) -> dict[str, Embedded]:
        """Not asset by asset, where searches lack it: that would use up the hour. Raises CloudinaryError."""
        name = self._asked.name
        kept = EmbeddedRow.kept(self._environment, versions)
        known = {id: one for id, one in kept.items() if one.of(name) is not None}
        left = {id: version for id, version in versions.items() if id not in known}
        client = CloudinaryClient(self._environment)
        if not left or (Learned.of(self._environment) or learn(client, list(left))).route != Route.SEARCH:
            return known
        for found in Reading(client, left, Route.SEARCH, [name]).chunks():
            EmbeddedRow.keep(self._environment, found)
            known |= {one.asset_id: one.embedded for one in found}
        return known


SOURCES: Mapping[str, Callable[[Environment, Mapping[str, Any]], Source]] = {
    NAMES: lambda environment, asked: Names(Convention.of(asked)),
    FILES: lambda environment, asked: Files(environment, FromFiles.of(asked)),
    PRODUCTS: Products,
    STATUS: Statuses,
}


def source_of(sheet: Sheet) -> Source:
    """Of a sheet that has one."""
    return SOURCES[sheet.source["kind"]](sheet.environment, sheet.source)
