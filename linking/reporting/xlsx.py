"""An Excel workbook: a summary, the rows, assets without products, products without assets; filters and frozen heads.

Every text is written as a string cell: nothing is taken for a formula, a link or a number, whatever it begins with.
XlsxWriter's constant memory mode keeps one row at a time, so the rows of a sheet are written from top to bottom.
"""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, NamedTuple

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from linking.reporting.columns import LEFT, UNUSED, Column, columns_of
from linking.reporting.content import Content
from linking.reporting.summary import Cell, Summary
from setup.words import _

MAX_ROWS = 1_048_576  # of a sheet, with its head; what is beyond goes to a further one
MAX_TEXT = 32_767  # characters of a cell
SHEET_NAME = 31  # characters, with the number of a further sheet
# By the code of what came of a row.
COLOURS = {
    "done": "#11693A",
    "skipped": "#7D4C00",
    "unknown": "#7D4C00",
    "aborted": "#7D4C00",
    "failed": "#AC2018",
    "refused": "#AC2018",
}
SUMMARY_WIDTHS = (26, 28, 18, 40, 20, 20, 12, 14, 10, 10)


def write(content: Content, out: IO[bytes], *, max_rows: int = MAX_ROWS) -> None:
    with tempfile.TemporaryDirectory(prefix="assetlink-report-") as folder:
        options = {"constant_memory": True, "tmpdir": folder, "remove_timezone": True, "use_zip64": True}
        texts = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        workbook = Workbook(out, options | texts)
        _fill(workbook, content, max_rows)
        workbook.close()  # not if writing breaks off: that would finish a book that nobody wants


def _fill(workbook: Workbook, content: Content, max_rows: int) -> None:
    workbook.set_properties({"title": _("AssetLink report of run {key}").format(key=content.sync.key)})
    looks = Looks.of(workbook)
    _write_summary(workbook.add_worksheet(_("Summary")[:SHEET_NAME]), content.summary(), looks)
    rows = Table(workbook, looks, _("Rows"), columns_of(content.sync), max_rows)
    unused = (
        Table(workbook, looks, _("Assets without products"), [column.worded() for column in UNUSED], max_rows)
        if content.matches
        else None
    )
    for line in content.lines():
        rows.add(line)
        if unused and not line.product_id:
            unused.add(line)
    left = (
        Table(workbook, looks, _("Products without assets"), [column.worded() for column in LEFT], max_rows)
        if content.matches
        else None
    )
    for row in content.left():
        if left:
            left.add(row)
    for table in (rows, unused, left):
        if table:
            table.close()


@dataclass(frozen=True)
class Looks:
    title: Format
    head: Format
    name: Format
    time: Format
    left: Format
    words: dict[str, Format]

    @classmethod
    def of(cls, workbook: Workbook) -> "Looks":
        head = {"bold": True, "bg_color": "#EAEDFC", "bottom": 1, "valign": "top", "text_wrap": True}
        coloured = {word: workbook.add_format({"font_color": colour}) for word, colour in COLOURS.items()}
        return cls(
            title=workbook.add_format({"bold": True, "font_size": 14}),
            head=workbook.add_format(head),
            name=workbook.add_format({"bold": True}),
            time=workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss", "align": "left"}),
            left=workbook.add_format({"align": "left"}),
            words=coloured,
        )


@dataclass
class Table:
    """Rows under a frozen head with filters; a full sheet is followed by another."""

    workbook: Workbook
    looks: Looks
    name: str
    columns: Sequence[Column]
    max_rows: int
    sheets: list[Worksheet] = field(default_factory=list)
    at: int = 0

    def __post_init__(self) -> None:
        self._begin()

    def add(self, row: NamedTuple) -> None:
        if self.at == self.max_rows:
            self.close()
            self._begin()
        sheet, values = self.sheets[-1], row._asdict()
        for place, column in enumerate(self.columns):
            value = values[column.name]
            if value is not None and value != "":
                word = column.words[value] if column.words else value
                put(sheet, self.at, place, word, self.looks, self.looks.words.get(value) if column.words else None)
        self.at += 1

    def close(self) -> None:
        """Filters over what is there."""
        self.sheets[-1].autofilter(0, 0, max(1, self.at - 1), len(self.columns) - 1)

    def _begin(self) -> None:
        number = len(self.sheets) + 1
        sheet = self.workbook.add_worksheet(
            self.name[:SHEET_NAME] if number == 1 else f"{self.name[: SHEET_NAME - 5]} {number}"
        )
        self.sheets.append(sheet)
        for place, column in enumerate(self.columns):
            sheet.set_column(place, place, column.width)
            sheet.write_string(0, place, column.title, self.looks.head)
        sheet.freeze_panes(1, 0)
        self.at = 1


def put(sheet: Worksheet, row: int, column: int, value: Cell, looks: Looks, look: Format | None = None) -> None:
    """A cell of the value's own type; a text is never anything but text."""
    if isinstance(value, str):
        text = value if len(value) <= MAX_TEXT else _shortened(value)
        sheet.write_string(row, column, text, look)
    elif isinstance(value, datetime):
        sheet.write_datetime(row, column, value, look or looks.time)
    elif value is not None:
        sheet.write_number(row, column, value, look)


def _shortened(text: str) -> str:
    cut = " " + _("… (shortened)")
    return text[: MAX_TEXT - len(cut)] + cut


def _write_summary(sheet: Worksheet, summary: Summary, looks: Looks) -> None:
    for place, width in enumerate(SUMMARY_WIDTHS):
        sheet.set_column(place, place, width)
    sheet.write_string(0, 0, _("AssetLink report"), looks.title)
    for at, (values, styles) in enumerate(_summary_rows(summary, looks), start=2):
        for place, (value, look) in enumerate(zip(values, styles, strict=True)):
            put(sheet, at, place, value, looks, look)


def _summary_rows(summary: Summary, looks: Looks) -> Iterator[tuple[Sequence[Cell], list[Format | None]]]:
    """Values and how they look, row by row."""
    for name, value in summary.facts:
        number = isinstance(value, int | float)
        yield (name, value), [looks.name, looks.left if number else None]
    for table in summary.tables:
        yield (), []
        yield (table.title,), [looks.title]
        yield table.head, [looks.head] * len(table.head)
        for row in table.rows:
            yield row, [None] * len(row)
