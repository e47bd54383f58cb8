"""Each row becomes a change with the old values, or there is a reason why it is none. Nothing is written in Cloudinary."""

import time
from collections.abc import Iterable, Mapping, Sequence

from django.utils import timezone

from linking.attempts import Attempt
from linking.domain.assets import Asset
from linking.domain.sheet_columns import ALT, FIELD, SheetField
from linking.domain.sheet_rows import Value, Wish, differing, kept, mark, name_of, read
from linking.ingest.sheets.fields import fields_of
from linking.ingest.sheets.finding import Finder
from linking.models import Sheet, SheetRow
from linking.models.jobs import NO_TRIES, JobState
from linking.models.sheets import Row, Stage
from linking.runtime import process
from setup.cloudinary.client import CloudinaryClient
from setup.reasons import NONE, Reason

BATCH = 400
CHECKED = ("state", "reason", "name", "asset_id", "public_id", "wanted", "old", "alike")


def check(attempt: Attempt[Sheet], until: float) -> bool:
    """True: there is more to do. Raises Rest, CloudinaryError."""
    sheet = attempt.row
    fields = fields_of(sheet.environment)
    finder = Finder(CloudinaryClient(sheet.environment))
    while rows := list(sheet.rows.filter(state=Row.READ).order_by("place")[:BATCH]):
        _check(sheet, rows, fields, finder)
        save(rows, CHECKED)
        attempt.alive()
        if not sheet.got_on(now=timezone.now()):
            return False
        if process.ending or time.monotonic() > until:
            return True
    sheet.mine().update(stage=Stage.PREVIEW, state=JobState.DONE, problem=NONE, **NO_TRIES)
    return False


def _check(sheet: Sheet, rows: Sequence[SheetRow], fields: Mapping[str, SheetField], finder: Finder) -> None:
    found = {row.place: read(row.cells, sheet.columns, fields) for row in rows}
    wishes = {place: one for place, one in found.items() if isinstance(one, Wish)}
    assets = finder.named((wish.by, wish.name) for wish in wishes.values())
    known = {asset.asset_id for some in assets.values() for asset in some}
    first = _first(sheet, known)
    for row in rows:
        what = found[row.place]
        row.name = name_of(row.cells, sheet.columns)
        if isinstance(what, Reason):
            row.state, row.reason = Row.INVALID, what
        else:
            _compare(row, what, assets[what.by, what.name], first)


def _first(sheet: Sheet, ids: Iterable[str]) -> dict[str, int]:
    """Asset ID -> the row that is about it, of rows that were checked before."""
    rows = sheet.rows.filter(asset_id__in=list(ids), state__in=[Row.CHANGE, Row.SAME])
    return dict(rows.values_list("asset_id", "place"))


def _compare(row: SheetRow, wish: Wish, assets: Sequence[Asset], first: dict[str, int]) -> None:
    if len(assets) != 1:
        row.state = Row.UNKNOWN
        row.reason = Reason("sheet.ambiguous", count=len(assets)) if assets else Reason("sheet.unknown")
        return
    [asset] = assets
    row.asset_id, row.public_id = asset.asset_id, asset.public_id
    if (other := first.setdefault(asset.asset_id, row.place)) != row.place:
        row.state, row.reason = Row.TWICE, Reason("sheet.twice", row=other)
        return
    current = current_of(asset)
    wanted = differing(wish.values, current)
    row.state = Row.CHANGE if wanted else Row.SAME
    row.wanted = kept(wanted)
    row.old = kept({code: current.get(code, "") for code in wanted})
    row.alike = mark(wanted, asset.resource_type, asset.delivery_type) if wanted else ""


def current_of(asset: Asset) -> dict[str, Value]:
    """By code, what it has. Without labels: values of lists by their external IDs."""
    fields = {f"{FIELD}{id}": value for id, value in asset.metadata.items()}
    alt = asset.context.get("alt", "")
    return fields | ({ALT: alt} if alt else {})


def save(rows: Sequence[SheetRow], names: Sequence[str]) -> None:
    """All of them in one statement."""
    SheetRow.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["sheet", "place"], update_fields=list(names)
    )
