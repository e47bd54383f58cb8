"""Files of earlier versions of a selection's assets: what an upload could replace, as far as the ledger knows."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from linking.cloudinary.renditions import NoRendition, Shape, shape_of
from linking.models import Selection, StoreFile
from linking.selection.as_run import allowed_now
from linking.selection.extracts import rows_of
from setup.models import Store


class Kept(NamedTuple):
    """A file of a store, as far as it matters here: of a thousand assets there may be many thousands."""

    store_id: int
    asset_id: str
    version: int
    mark: str
    file_id: str
    name: str


class Shaped(NamedTuple):
    """An asset that can go to Files: its present version, and what it becomes there."""

    version: int
    shape: Shape


def ledger_of(selection: Selection) -> Iterable[Kept]:
    """Files of these assets, whatever their version and transformation."""
    asset_ids = selection.assets.values("asset_id")
    rows = StoreFile.objects.for_galleries().filter(store__environment=selection.environment, asset_id__in=asset_ids)
    rows = rows.filter(state=StoreFile.State.READY, adopted=False).exclude(file_id="").order_by("version")
    return map(Kept._make, rows.values_list(*Kept._fields))


def newest_older(shapes: Mapping[str, Shaped], ledger: Collection[Kept]) -> dict[tuple[int, str], Kept]:
    """(store's pk, asset id) -> the newest earlier version of each asset, in the stores that lack the present one. `ledger`: by
    version."""
    marks = {id: one.shape.mark(id, one.version) for id, one in shapes.items()}
    there = {(row.store_id, row.asset_id) for row in ledger if row.mark == marks.get(row.asset_id)}
    found: dict[tuple[int, str], Kept] = {}
    for row in ledger:
        one = shapes.get(row.asset_id)
        if one is None or (row.store_id, row.asset_id) in there:
            continue
        if row.version < one.version and row.mark == one.shape.mark(row.asset_id, row.version):
            found[row.store_id, row.asset_id] = row
    return found


def would_replace(selection: Selection, stores: Collection[Store]) -> bool:
    """Whether an upload to these stores that replaces contents would replace any. Two queries."""
    return any(_would_replace(one, {store.pk for store in stores}) for one in [selection, *selection.others()])


def _would_replace(selection: Selection, among: Collection[int]) -> bool:
    shapes = dict(_shaped(selection))
    older = newest_older(shapes, [row for row in ledger_of(selection) if row.store_id in among])
    return any(shapes[row.asset_id].shape.can_replace(row.name) for row in older.values())


def _shaped(selection: Selection) -> Iterator[tuple[str, Shaped]]:
    named = allowed_now(selection)
    for row in rows_of(selection):
        if row.known and not row.excluded:
            try:
                yield row.asset_id, Shaped(row.asset.version, shape_of(selection.environment, row.asset, named))
            except NoRendition:
                continue
