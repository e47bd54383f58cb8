"""The cells of a file, row by row: CSV as programs of many countries write it, and the first sheet of a workbook."""

import codecs
import csv
import io
import re
import zipfile
from collections.abc import Generator, Iterable, Iterator
from datetime import date, datetime
from typing import IO, Any

from rq.timeouts import BaseTimeoutException

from linking.domain.sheet_columns import MOST_COLUMNS
from linking.domain.sheet_rows import LONGEST
from linking.ingest.sheets.workbooks import TooLarge, opened
from setup.reasons import Reason, Reasoned

MOST_ROWS = 100_000
UNPACKED = 1024 * 1024 * 1024  # of a workbook
LAST_ROW = 1_048_576  # that a sheet can have
WORKBOOK = b"PK\x03\x04"
OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"  # XLS, and a workbook with a password
BLOCK = 64 * 1024
LONGEST_FIELD = 4 * 1024 * 1024  # of a CSV file: as much as is read of it to cut it
# Once for each of these signs of it that is none of the text.
MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
# What spreadsheets write for one another where they write no UTF-8.
OTHERWISE = "cp1252"
PARTED_BY = ",;\t|"
SEP = re.compile(r"\ufeff?\"?sep=(.)\"?[\r\n]*", re.IGNORECASE)  # Excel's own line before the headings
ZEROS = re.compile("0{2,}")  # a number format that keeps zeros before a number


class Unreadable(Reasoned):
    """`reason` says what is wrong with the file."""


def rows(file: IO[bytes]) -> Iterator[tuple[int, list[str]]]:
    """Each row that has anything, with its number in the file, from 1 on; the first one is the headings. Raises Unreadable."""
    file.seek(0)
    begins = file.read(4)
    if begins == OLD_WORKBOOK:
        raise Unreadable(Reason("sheet.unreadable"))
    found = _of_workbook(file) if begins == WORKBOOK else _of_csv(file)
    n = 0
    try:
        for place, cells in found:
            if not any(cells):
                continue
            n += 1
            if n > MOST_ROWS + 1:
                raise Unreadable(Reason("sheet.too_many", most=MOST_ROWS))
            if n == 1 and len(cells) > MOST_COLUMNS:
                raise Unreadable(Reason("sheet.too_wide", most=MOST_COLUMNS))
            yield place, cells[:MOST_COLUMNS]  # what has no heading says nothing
    except (csv.Error, UnicodeError, zipfile.BadZipFile) as error:
        raise Unreadable(Reason("sheet.unreadable")) from error
    finally:
        found.close()
    if n < 2:
        raise Unreadable(Reason("sheet.empty"))


def _of_csv(file: IO[bytes]) -> Generator[tuple[int, list[str]]]:
    file.seek(0)
    encoding = _encoding(file)
    file.seek(0)
    text = io.TextIOWrapper(
        file, encoding=encoding, errors="replace" if encoding == OTHERWISE else "strict", newline=""
    )
    try:
        sign, before = _sign(text)
        lines = _Lines(text, before)
        csv.field_size_limit(LONGEST_FIELD)
        found, place = csv.reader(lines, delimiter=sign), before
        while (cells := _next(found, lines, place + 1)) is not None:
            place += 1
            yield place, _cut(cells)
    finally:
        text.detach()


class _Lines:
    """Lines after the first ones; how many the row that is read now has, and whether its quotation marks are in pairs."""

    def __init__(self, text: io.TextIOWrapper, before: int) -> None:
        self._left: Iterator[str] = iter(text)
        for _line in range(before):
            next(self._left, None)
        self.begin()

    def begin(self) -> None:
        self.read, self.quotes, self.over = 0, 0, False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        try:
            line = next(self._left)
        except StopIteration:
            self.over = True
            raise
        self.read += 1
        self.quotes += line.count('"')
        return line

    @property
    def is_open(self) -> bool:
        """A quotation mark is not closed before the file ends."""
        return self.over and self.quotes % 2 == 1


def _next(found: Iterator[list[str]], lines: _Lines, place: int) -> list[str] | None:
    """The next row; None if there is none. Raises Unreadable: what follows an open quotation mark is no row of its own."""
    lines.begin()
    try:
        cells = next(found, None)
    except csv.Error as error:
        if lines.read > 1:
            raise Unreadable(Reason("sheet.open_quote", row=place)) from error
        raise
    if cells is not None and lines.is_open:
        raise Unreadable(Reason("sheet.open_quote", row=place))
    return cells


def _sign(text: io.TextIOWrapper) -> tuple[str, int]:
    """What parts cells, by the first line that has any such sign; and how many lines come before the first row."""
    head = text.readline(BLOCK)
    if said := SEP.fullmatch(head):
        text.seek(0)
        return said[1], 1
    line = head
    while line and not any(_outside_quotes(line, sign) for sign in PARTED_BY):
        line = text.readline(BLOCK)
    text.seek(0)
    return max(PARTED_BY, key=lambda sign: _outside_quotes(line, sign)), 0


def _encoding(file: IO[bytes]) -> str:
    """UTF-8 if all of it is."""
    head = file.read(4)
    for mark, name in MARKS.items():
        if head.startswith(mark):
            return name
    decoder = codecs.getincrementaldecoder("utf-8")()
    file.seek(0)
    try:
        while block := file.read(BLOCK):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return OTHERWISE
    return "utf-8"


def _outside_quotes(line: str, sign: str) -> int:
    return sum(part.count(sign) for part in line.split('"')[::2])


def _of_workbook(file: IO[bytes]) -> Generator[tuple[int, list[str]]]:
    file.seek(0)
    with zipfile.ZipFile(file) as parts:
        sizes = {one.filename: one.file_size for one in parts.infolist()}
    if sum(sizes.values()) > UNPACKED:
        raise Unreadable(Reason("sheet.too_large"))
    file.seek(0)
    try:
        book = opened(file)
    except BaseTimeoutException:
        raise
    except TooLarge as error:
        raise Unreadable(Reason("sheet.too_large")) from error
    except Exception as error:  # whatever the library meets in a file that is none
        raise Unreadable(Reason("sheet.unreadable")) from error
    try:
        if not book.worksheets:
            raise Unreadable(Reason("sheet.empty"))
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what a file says of its own size need not be so
        for place, cells in enumerate(_read(sheet.iter_rows()), start=1):
            if place > LAST_ROW:
                raise Unreadable(Reason("sheet.unreadable"))
            yield place, _cut(map(_text, cells))
    finally:
        book.close()


def _read(found: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """Raises Unreadable."""
    left = iter(found)
    while True:
        try:
            cells = next(left)
        except StopIteration:
            return
        except BaseTimeoutException:
            raise
        except TooLarge as error:
            raise Unreadable(Reason("sheet.too_large")) from error
        except Exception as error:  # as above
            raise Unreadable(Reason("sheet.unreadable")) from error
        yield cells


def _text(cell: Any) -> str:
    """As people see it in a cell: days as 2026-12-31, and numbers with the zeros that they are shown with, as article numbers."""
    match value := cell.value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return str(value).upper()
        case int() | float() if value == value // 1 and abs(value) < 1e15:
            zeros = ZEROS.fullmatch(cell.number_format or "")
            return str(int(value)).zfill(len(zeros[0]) if zeros else 0)
        case float():
            return f"{value:.15g}"  # so many digits are shown and kept
        case datetime() if (value.hour, value.minute, value.second) == (0, 0, 0):
            return value.date().isoformat()
        case date():
            return value.isoformat()
        case _:
            return str(value)


def _cut(cells: Iterable[str]) -> list[str]:
    """Without empty cells at the end. Of a text that is too long as much as shows that."""
    found = [cell.replace("\0", "")[: LONGEST + 1].strip() for cell in cells]
    while found and not found[-1]:
        found.pop()
    return found
