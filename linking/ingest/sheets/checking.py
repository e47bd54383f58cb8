"""Each row becomes a change with the old values, or there is a reason why it is none. Nothing is written in Cloudinary."""

import time
from collections.abc import Iterable, Mapping, Sequence

from django.utils import timezone

from linking.attempts import Attempt
from linking.domain.assets import Asset
from linking.domain.sheet_columns import ALT, CONTEXT, FIELD, TAGS, SheetField
from linking.domain.sheet_decisions import decided, settled
from linking.domain.sheet_rows import Value, Wish, kept, mark, name_of, read
from linking.ingest.sheets.fields import entries_of, fields_of
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
    sheet.mine().update(entries=entries_of(fields, sheet.columns))
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
    first = first_rows(sheet, {asset.asset_id for some in assets.values() for asset in some})
    for row in rows:
        what = found[row.place]
        row.name = name_of(row.cells, sheet.columns)
        named = assets[what.by, what.name] if isinstance(what, Wish) else []
        if isinstance(what, Reason):
            row.state, row.reason = Row.INVALID, what
        elif len(named) != 1:
            row.state = Row.UNKNOWN
            row.reason = Reason("sheet.ambiguous", count=len(named)) if named else Reason("sheet.unknown")
        else:
            compare(row, what, named[0], first, fields)


def first_rows(sheet: Sheet, ids: Iterable[str]) -> dict[str, int]:
    """Asset ID -> the row that is about it, of rows that were checked before."""
    rows = sheet.rows.filter(asset_id__in=list(ids), state__in=[Row.CHANGE, Row.SAME])
    return dict(rows.values_list("asset_id", "place"))


def compare(
    row: SheetRow,
    wish: Wish,
    asset: Asset,
    first: dict[str, int],
    fields: Mapping[str, SheetField],
    *,
    replaces: bool = True,
) -> None:
    """What becomes of a row that is about this asset. `first`: as of `first_rows`, with the rows before it."""
    row.asset_id, row.public_id = asset.asset_id, asset.public_id
    if first.get(asset.asset_id, row.place) != row.place:
        row.state, row.reason = Row.TWICE, Reason("sheet.twice", row=first[asset.asset_id])
        return
    current = current_of(asset, wish.values)
    decision = (
        decided(wish.values, current, row.sheet.columns, fields, replaces=replaces)
        if wish.base is None
        else settled(wish, current, fields, replaces=replaces)
    )
    row.reason = decision.reason
    if decision.is_bad:
        row.state = Row.INVALID
        return
    first[asset.asset_id] = row.place
    wanted = decision.wanted
    row.state = Row.CHANGE if wanted else Row.CONFLICT if decision.is_contested else Row.SAME
    row.wanted = kept(wanted)
    row.old = kept({code: current.get(code, "") for code in wanted})
    row.alike = mark(wanted, asset.resource_type, asset.delivery_type) if wanted else ""


def current_of(asset: Asset, codes: Iterable[str] = ()) -> dict[str, Value]:
    """By code, what it has. Without labels: values of lists by their external IDs. `codes`: those with the prefixes of tags that
    are asked for."""
    fields: dict[str, Value] = {f"{FIELD}{id}": value for id, value in asset.metadata.items()}
    context = {f"{CONTEXT}{key}": value for key, value in asset.context.items() if value}
    prefixes = {code: code.removeprefix(TAGS) for code in codes if code.startswith(TAGS)}
    tags = {code: tuple(tag for tag in asset.tags if tag.startswith(prefix)) for code, prefix in prefixes.items()}
    alt = asset.context.get("alt", "")
    return fields | context | tags | ({ALT: alt} if alt else {})


def save(rows: Sequence[SheetRow], names: Sequence[str]) -> None:
    """All of them in one statement."""
    SheetRow.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["sheet", "place"], update_fields=list(names)
    )
