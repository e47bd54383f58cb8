"""A spreadsheet as its page shows it: what its columns hold, how far the work is, and what became of its rows."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from linking.domain.scopes import MOST
from linking.domain.sheet_columns import ALT, ASSET_ID, FIELD, FILE_NAME, PUBLIC_ID
from linking.domain.sheet_rows import back
from linking.ingest.sheets.sources import FILES, PRODUCTS, STATUS
from linking.models import Sheet, SheetRow
from linking.models.jobs import JobState
from linking.models.sheets import MAY_BE_WRITTEN, Row, Stage
from linking.pages.sources import source_context
from linking.reporting.sheets import Shown, label_of, shown_of
from setup.models import Member
from setup.words import _, enumeration, gettext_lazy, ngettext, number

FEW = 5
SAMPLES = 3
# In this order they are counted, and shown.
COUNTED: Mapping[str, Callable[[int], str]] = {
    Row.CHANGE: lambda n: ngettext("{n} row to write", "{n} rows to write", n),
    Row.WRITTEN: lambda n: ngettext("{n} row written", "{n} rows written", n),
    Row.UNDONE: lambda n: ngettext("{n} row undone", "{n} rows undone", n),
    Row.SAME: lambda n: ngettext("{n} row unchanged", "{n} rows unchanged", n),
    Row.UNKNOWN: lambda n: ngettext("{n} unknown asset", "{n} unknown assets", n),
    Row.INVALID: lambda n: ngettext("{n} invalid row", "{n} invalid rows", n),
    Row.TWICE: lambda n: ngettext("{n} duplicate", "{n} duplicates", n),
    Row.MISS: lambda n: ngettext("{n} name does not fit", "{n} names do not fit", n),
    Row.CONFLICT: lambda n: ngettext("{n} conflict", "{n} conflicts", n),
    Row.LEFT: lambda n: ngettext("{n} row changed since the preview", "{n} rows changed since the preview", n),
    Row.KEPT: lambda n: ngettext("{n} row changed since it was written", "{n} rows changed since they were written", n),
    Row.FAILED: lambda n: ngettext("{n} row failed", "{n} rows failed", n),
    Row.STUCK: lambda n: ngettext("{n} row not undone", "{n} rows not undone", n),
}
DOING: Mapping[str, Any] = {
    Stage.ARRIVING: gettext_lazy("The file has not arrived whole. Upload it again."),
    Stage.READING: gettext_lazy("Reading the file …"),
    Stage.CHECKING: gettext_lazy("Looking up the assets and checking every row …"),
    Stage.WRITING: gettext_lazy("Writing to Cloudinary …"),
    Stage.UNDOING: gettext_lazy("Taking back what was written …"),
}
# Rows that each of these has dealt with, of which others are left.
DEALT: Mapping[str, tuple[Sequence[str], Sequence[str]]] = {
    Stage.CHECKING: ([one for one in Row.values if one != Row.READ], [Row.READ]),
    Stage.WRITING: ([Row.WRITTEN, Row.FAILED, Row.LEFT], [Row.CHANGE]),
    Stage.UNDOING: ([Row.UNDONE, Row.KEPT, Row.STUCK], [Row.WRITTEN, Row.FAILED]),
}
# What can be tried once more.
FAILED: Mapping[str, str] = {Stage.WRITTEN: Row.FAILED, Stage.UNDONE: Row.STUCK}


@dataclass(frozen=True)
class Kind:
    """Rows that came out alike: how many, in words, and the first ones."""

    state: str
    said: str
    rows: Sequence[dict[str, Any]]


def sheet_context(sheet: Sheet, member: Member) -> dict[str, Any]:
    counts = sheet.counts()
    dealt, left = (sum(counts.get(one, 0) for one in states) for states in DEALT.get(sheet.stage, ((), ())))
    mine, idle = sheet.may_be_changed_by(member), sheet.state == JobState.DONE
    chooses = sheet.stage in (Stage.COLUMNS, Stage.PREVIEW) and idle and not sheet.source
    ends = sheet.stage in (Stage.WRITTEN, Stage.UNDONE)
    if sheet.source and sheet.stage == Stage.CHECKING:
        dealt, left = progress_of(sheet)
    shows = sheet.stage not in (Stage.ARRIVING, Stage.READING, Stage.COLUMNS, Stage.CHECKING)
    return {
        "sheet": sheet,
        "doing": doing(sheet),
        "dealt": dealt,
        "all": dealt + left,
        "percent": 100 * dealt // (dealt + left) if dealt + left else 0,
        "columns": columns_of(sheet) if chooses and mine else [],
        "choices": choices_of(sheet) if chooses and mine else [],
        "summed": summed(sheet, counts) if shows else "",
        "kinds": kinds_of(sheet, counts) if shows else [],
        "total": sum(counts.values()),
        "mine": mine,
        "to_write": counts.get(Row.CHANGE, 0),
        "may_write": mine and idle and sheet.stage in (Stage.PREVIEW, Stage.WRITTEN) and counts.get(Row.CHANGE, 0),
        "may_undo": mine and idle and ends and sheet.rows.filter(MAY_BE_WRITTEN).exists(),
        "may_stop": mine and not idle and sheet.stage in DEALT,
        "may_try": mine and sheet.state == JobState.FAILED and not sheet.problem.code.startswith("sheet."),
        "may_retry": mine and idle and ends and not counts.get(Row.CHANGE, 0) and counts.get(FAILED[sheet.stage], 0),
        "has_report": shows,
        "of_source": source_context(sheet, shows=shows),
    }


def progress_of(sheet: Sheet) -> tuple[int, int]:
    """Assets that were looked at, and those that are left, of a sheet without a file."""
    looked, total = (int(sheet.source.get(name, 0)) for name in ("looked", "total"))
    most = total if sheet.source.get("kind") == PRODUCTS else min(total, MOST)
    return looked, max(0, most - looked)


def doing(sheet: Sheet) -> str:
    """What is under way, or why nothing is; empty where a person is to decide, and at the end."""
    if sheet.state == JobState.FAILED:
        return _("AssetLink could not go on")
    if sheet.source and sheet.stage == Stage.CHECKING and sheet.busy:
        of_files = sheet.source.get("kind") == FILES
        if sheet.source.get("kind") == PRODUCTS:
            return _("Reading the products of the linked assets …")
        if sheet.source.get("kind") == STATUS:
            return _("Reading the status of the assets …")
        return _("Reading the metadata in the files …") if of_files else _("Reading the names of the assets …")
    return str(DOING.get(sheet.stage, "")) if sheet.busy or sheet.stage == Stage.ARRIVING else ""


def counted_of(sheet: Sheet) -> Mapping[str, Callable[[int], str]]:
    if sheet.source.get("kind") in (PRODUCTS, STATUS):
        return {**COUNTED, Row.MISS: lambda n: ngettext("{n} asset skipped", "{n} assets skipped", n)}
    if sheet.source.get("kind") != FILES:
        return COUNTED
    return {**COUNTED, Row.MISS: lambda n: ngettext("{n} file does not fit", "{n} files do not fit", n)}


def summed(sheet: Sheet, counts: Mapping[str, int]) -> str:
    """`96 rows to write, 3 unknown assets and 1 duplicate`"""
    return enumeration(
        [say(n).format(n=number(n)) for one, say in counted_of(sheet).items() if (n := counts.get(one, 0))]
    )


def columns_of(sheet: Sheet) -> list[dict[str, Any]]:
    """Each with what it is taken for, and some of what stands in it."""
    first = list(sheet.rows.order_by("place").values_list("cells", flat=True)[:SAMPLES])
    return [
        {
            "at": at,
            "head": head,
            "chosen": sheet.columns[at] if at < len(sheet.columns) else "",
            "samples": [cells[at] for cells in first if at < len(cells) and cells[at]],
        }
        for at, head in enumerate(sheet.heads)
    ]


def choices_of(sheet: Sheet) -> list[tuple[str, str]]:
    """Code and name of what a column may hold."""
    naming = [(FILE_NAME, _("File name")), (PUBLIC_ID, _("Public ID")), (ASSET_ID, _("Asset ID"))]
    return [*naming, (ALT, _("Alt text")), *((f"{FIELD}{id}", str(label)) for id, label in sheet.fields.items())]


def kinds_of(sheet: Sheet, counts: Mapping[str, int]) -> list[Kind]:
    shown = shown_of(sheet)
    counted = counted_of(sheet)
    return [
        Kind(state, say(n).format(n=number(n)), [row_of(sheet, row, shown) for row in first_of(sheet, state)])
        for state, say in counted.items()
        if (n := counts.get(state, 0))
    ]


def first_of(sheet: Sheet, state: str) -> Iterable[SheetRow]:
    return sheet.rows.filter(state=state).order_by("place").defer("cells")[:FEW]


def row_of(sheet: Sheet, row: SheetRow, shown: Shown) -> dict[str, Any]:
    """`changes`: of each value its name, before and after."""
    old, wanted = back(row.old), back(row.wanted)
    changes = [
        (label_of(sheet, code), shown(code, old.get(code)), shown(code, value)) for code, value in wanted.items()
    ]
    return {"place": row.place, "name": row.name or row.public_id, "reason": row.reason, "changes": changes}
