"""The report of a spreadsheet: each of its rows, what became of it and why, with the values before and after."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from linking.domain import stored
from linking.domain.sheet_columns import ALT, CONTEXT, FIELD, TAGS, SheetField, writes
from linking.domain.sheet_rows import Value, back, shown
from linking.models import Sheet, SheetRow
from linking.models.sheets import Row
from linking.reporting.columns import safe
from setup.words import _, get_language, gettext_lazy, override

BATCH = 2000
RESULTS: Mapping[str, Any] = {
    Row.READ: gettext_lazy("Not checked"),
    Row.CHANGE: gettext_lazy("To be written"),
    Row.SAME: gettext_lazy("Unchanged"),
    Row.UNKNOWN: gettext_lazy("Unknown asset"),
    Row.INVALID: gettext_lazy("Invalid"),
    Row.TWICE: gettext_lazy("Duplicate"),
    Row.WRITTEN: gettext_lazy("Written"),
    Row.FAILED: gettext_lazy("Failed"),
    Row.LEFT: gettext_lazy("Changed since the preview"),
    Row.UNDONE: gettext_lazy("Undone"),
    Row.KEPT: gettext_lazy("Changed since it was written"),
    Row.STUCK: gettext_lazy("Not undone"),
    Row.MISS: gettext_lazy("Does not fit"),
    Row.CONFLICT: gettext_lazy("Conflict"),
}


def label_of(sheet: Sheet, code: str) -> str:
    """What people call what a column holds."""
    if code == ALT:
        return _("Alt text")
    if code.startswith(CONTEXT):
        return _("Context {key}").format(key=code.removeprefix(CONTEXT))
    if code.startswith(TAGS):
        return _("Tags with {prefix}").format(prefix=code.removeprefix(TAGS))
    id = code.removeprefix(FIELD)
    label = sheet.fields.get(id)
    return label if isinstance(label, str) and label else id


Shown = Callable[[str, Value | None], str]


def shown_of(sheet: Sheet) -> Shown:
    """How a value of a code is written in a cell, or on a page: entries of lists by their labels."""
    lists = {f"{FIELD}{id}": _list(str(id), stored.mapping(known)) for id, known in sheet.entries.items()}
    return lambda code, value: "" if value is None else shown(lists.get(code), value)


def _list(id: str, known: Mapping[str, Any]) -> SheetField:
    labels, gone = (
        {str(entry): str(label) for entry, label in stored.mapping(known.get(name)).items()}
        for name in ("labels", "gone")
    )
    return SheetField(id, id, "set", labels, gone, grows=known.get("grows") is True)


def lines(sheet: Sheet) -> Iterator[bytes]:
    """CSV with a byte order mark, in the language that is active now."""
    language, say = get_language(), shown_of(sheet)
    codes = writes(sheet.columns)
    yield _written([_head(sheet, codes)], mark="\ufeff")
    place = 0
    while rows := list(sheet.rows.filter(place__gt=place).order_by("place").defer("cells")[:BATCH]):
        place = rows[-1].place
        with override(language):
            text = _written([_line(row, codes, say) for row in rows])
        yield text


def _head(sheet: Sheet, codes: list[str]) -> list[str]:
    head = [_("Row"), _("Asset"), _("Public ID"), _("Asset ID"), _("Result"), _("Reason")]
    for code in codes:
        label = label_of(sheet, code)
        head += [_("{field} before").format(field=label), _("{field} after").format(field=label)]
    return head


def _line(row: SheetRow, codes: list[str], say: Shown) -> list[str]:
    old, wanted = back(row.old), back(row.wanted)
    line = [
        str(row.place),
        row.name,
        row.public_id,
        row.asset_id,
        str(RESULTS.get(row.state, row.state)),
        str(row.reason),
    ]
    for code in codes:
        line += [say(code, old.get(code)), say(code, wanted.get(code))]
    return line


def _written(rows: list[list[str]], mark: str = "") -> bytes:
    out = io.StringIO()
    out.write(mark)
    csv.writer(out).writerows([[safe(cell) for cell in row] for row in rows])
    return out.getvalue().encode("utf-8", "replace")
