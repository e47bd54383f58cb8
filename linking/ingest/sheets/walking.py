"""Assets are walked through, and each becomes a row of a sheet without a file, checked at once: the walk has its values at hand.

A page of assets and how far the walk is are kept together, so a walk that broke off goes on where it was.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from linking.attempts import Attempt
from linking.domain import stored
from linking.domain.assets import Asset
from linking.domain.scopes import MOST, Assets, Scope
from linking.domain.sheet_columns import SheetField
from linking.domain.sheet_rows import Wish, read
from linking.ingest.sheets.checking import compare
from linking.ingest.sheets.fields import entries_of, fields_of
from linking.ingest.sheets.finding import Finder
from linking.ingest.sheets.sources import Source, source_of
from linking.models import ChangeRow, Link, SelectedAsset, Selection, Sheet, SheetRow, StoreSync, WrittenBack
from linking.models.jobs import NO_TRIES, JobState
from linking.models.sheets import Row, Stage
from linking.runtime import process
from setup.cloudinary.client import CloudinaryClient, CloudinaryError, Trouble
from setup.reasons import NONE, Reason

PAGE = 500
LONGEST_NAME = 1000


class Ended(Exception):
    """Somebody has stopped it."""


@dataclass(frozen=True)
class Page:
    assets: Sequence[Asset]
    looked: int
    total: int
    cursor: str
    over: bool


def walk(attempt: Attempt[Sheet], until: float) -> bool:
    """True: there is more to do. Raises Rest, CloudinaryError."""
    sheet = attempt.row
    fields, source = fields_of(sheet.environment), source_of(sheet)
    finder = Finder(CloudinaryClient(sheet.environment))
    labels = {one.id: one.label for one in fields.values()}
    sheet.mine().update(fields=labels, entries=entries_of(fields, sheet.columns))
    next_page = WAYS[Assets.of(sheet.source["scope"]).scope]
    while not sheet.source.get("over"):
        page = _page(sheet, finder, next_page)
        try:
            rows = _rows(sheet, page.assets, source, fields)
            _note(sheet, source.additions)
            _keep(sheet, page, rows)
        except Ended:
            return False
        attempt.alive()
        if not sheet.got_on(now=timezone.now()):
            return False
        if process.ending or time.monotonic() > until:
            return True
    if sheet.source.get("by_itself") and sheet.rows.filter(state=Row.CHANGE).exists():
        # Nobody waits for a preview: what admins turned on is written at once.
        going = bool(sheet.mine().update(stage=Stage.WRITING))
        sheet.stage = Stage.WRITING
        return going
    sheet.mine().update(stage=Stage.PREVIEW, state=JobState.DONE, problem=NONE, **NO_TRIES)
    return False


NextPage = Callable[[Sheet, Finder], Page]


def _page(sheet: Sheet, finder: Finder, next_page: NextPage) -> Page:
    """A cursor that Cloudinary does not know any more, as after a rest, is followed by the first page: what was looked at is left
    out there. Raises Rest, CloudinaryError."""
    try:
        return next_page(sheet, finder)
    except CloudinaryError as error:
        if error.trouble != Trouble.BAD_REQUEST or not sheet.source.get("cursor"):
            raise
    sheet.rows.all().delete()
    sheet.source = sheet.source | {"cursor": "", "looked": 0}
    return next_page(sheet, finder)


def _searched(sheet: Sheet, finder: Finder) -> Page:
    """Raises Rest, CloudinaryError, BadFilter."""
    looked = int(sheet.source.get("looked", 0))
    expression = Assets.of(sheet.source["scope"]).expression
    most = min(PAGE, MOST - looked)
    assets, total, cursor = finder.searched(expression, most, str(sheet.source.get("cursor", "")))
    looked += len(assets)
    return Page(assets, looked, max(total, looked), cursor, over=not cursor or not assets or looked >= MOST)


def _selected(sheet: Sheet, finder: Finder) -> Page:
    """Of all parts of a chain. Raises Rest, CloudinaryError."""
    looked = int(sheet.source.get("looked", 0))
    ids = _ids_of(sheet)
    some = list(ids[looked : min(looked + PAGE, MOST)])
    found = finder.by_ids(some)
    total = ids.count()
    looked += len(some)
    return Page(
        [found[id] for id in some if id in found], looked, total, "", over=not some or looked >= min(total, MOST)
    )


def _ids_of(sheet: Sheet) -> "QuerySet[SelectedAsset, str]":
    """In order, of the selection, or of all parts of its chain."""
    pk = Assets.of(sheet.source["scope"]).selection
    selection = Selection.objects.filter(environment=sheet.environment, pk=pk or 0).first()
    parts = Selection.objects.none() if selection is None else selection.whole()
    rows = SelectedAsset.objects.filter(selection__in=parts.order_by().values("pk"))
    return rows.order_by("selection__part", "place").values_list("asset_id", flat=True)


def _linked(sheet: Sheet, finder: Finder) -> Page:
    """What the ledger has, and what it had when AssetLink wrote to it. All of it, by asset ID. Raises Rest, CloudinaryError."""
    linked = Link.objects.filter(environment=sheet.environment)
    return _by_id(sheet, finder, linked, WrittenBack.objects.filter(environment=sheet.environment))


def _of_run(sheet: Sheet, finder: Finder) -> Page:
    """Raises Rest, CloudinaryError."""
    parts = StoreSync.objects.filter(
        sync__environment=sheet.environment, sync=Assets.of(sheet.source["scope"]).run or 0
    )
    rows = ChangeRow.objects.filter(part__in=parts.order_by().values("pk")).exclude(asset_id="")
    return _by_id(sheet, finder, rows)


def _by_id(sheet: Sheet, finder: Finder, *tables: "QuerySet[Any]") -> Page:
    """The assets of all these rows, by asset ID. Raises Rest, CloudinaryError."""
    after = str(sheet.source.get("cursor", ""))
    ids = [rows.order_by().values_list("asset_id", flat=True) for rows in tables]
    some = sorted({id for one in ids for id in _after(one, after)})[:PAGE]
    looked = int(sheet.source.get("looked", 0)) + len(some)
    total = int(sheet.source.get("total", 0)) or ids[0].union(*ids[1:]).count()
    found = finder.by_ids(some)
    cursor = some[-1] if some else ""
    return Page([found[id] for id in some if id in found], looked, max(total, looked), cursor, over=len(some) < PAGE)


def _after(ids: "QuerySet[Any, str]", last: str) -> "QuerySet[Any, str]":
    return ids.filter(asset_id__gt=last).distinct().order_by("asset_id")[:PAGE]


WAYS: Mapping[Scope, NextPage] = {
    Scope.ALL: _searched,
    Scope.FOLDER: _searched,
    Scope.SEARCH: _searched,
    Scope.SELECTION: _selected,
    Scope.LEDGER: _linked,
    Scope.RUN: _of_run,
}


def _rows(sheet: Sheet, assets: Sequence[Asset], source: Source, fields: Mapping[str, SheetField]) -> list[SheetRow]:
    """Of assets that were not looked at yet, and have no value of the field that is to be `without` one."""
    without = Assets.of(sheet.source["scope"]).without
    ids = [asset.asset_id for asset in assets]
    known = set(sheet.rows.filter(asset_id__in=ids).values_list("asset_id", flat=True))
    fresh = {asset.asset_id: asset for asset in assets if asset.asset_id not in known}
    wanted = [asset for asset in fresh.values() if not (without and asset.metadata.get(without))]
    begin = sheet.rows.count() + 1
    first: dict[str, int] = {}
    rows = []
    for place, (asset, said) in enumerate(zip(wanted, source.rows(wanted), strict=True), start=begin):
        row = SheetRow(sheet=sheet, place=place, name=source.name(asset)[:LONGEST_NAME])
        row.asset_id, row.public_id = asset.asset_id, asset.public_id
        _judge(row, said, asset, first, fields, source)
        rows.append(row)
    return rows


def _judge(
    row: SheetRow,
    said: Sequence[str] | Wish | Reason,
    asset: Asset,
    first: dict[str, int],
    fields: Mapping[str, SheetField],
    source: Source,
) -> None:
    what = said if isinstance(said, Reason | Wish) else read(said, source.columns, fields)
    if isinstance(what, Wish):
        compare(row, what, asset, first, fields, replaces=source.replaces)
    else:
        row.state, row.reason = Row.MISS if isinstance(said, Reason) else Row.INVALID, what


def _keep(sheet: Sheet, page: Page, rows: Sequence[SheetRow]) -> None:
    """Raises Ended."""
    at = {"looked": page.looked, "total": page.total, "cursor": page.cursor, "over": page.over}
    sheet.source = sheet.source | at
    with transaction.atomic():
        if not sheet.mine().update(source=sheet.source):
            raise Ended
        SheetRow.objects.bulk_create(rows)


def _note(sheet: Sheet, additions: Mapping[str, Mapping[str, str]]) -> None:
    """What lists have to have before the rows are written."""
    known = stored.mapping(sheet.source.get("additions"))
    if additions:
        merged = {id: {**stored.mapping(known.get(id)), **entries} for id, entries in {**known, **additions}.items()}
        sheet.source = sheet.source | {"additions": merged}
