"""The cells of a file, row by row: CSV as programs of many countries write it, and the first sheet of a workbook."""

import codecs
import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import IO

from linking.domain.sheet_columns import MOST_COLUMNS
from linking.domain.sheet_rows import LONGEST
from linking.ingest.sheets.shared_strings import opened
from setup.reasons import Reason, Reasoned

MOST_ROWS = 100_000
# Of a workbook, unpacked; and of the texts that its cells share.
UNPACKED, SHARED = 1024 * 1024 * 1024, 256 * 1024 * 1024
WORKBOOK = b"PK\x03\x04"
BLOCK = 64 * 1024
# Once for each of these signs of it that is none of the text.
MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
# What spreadsheets write for one another where they write no UTF-8.
OTHERWISE = "cp1252"
PARTED_BY = ",;\t|"


class Unreadable(Reasoned):
    """`reason` says what is wrong with the file."""


def rows(file: IO[bytes]) -> Iterator[tuple[int, list[str]]]:
    """Each row that has anything, with its number in the file, from 1 on; the first one is the headings. Raises Unreadable."""
    file.seek(0)
    found = _of_workbook(file) if file.read(4) == WORKBOOK else _of_csv(file)
    n = 0
    try:
        for place, cells in found:
            if not any(cells):
                continue
            n += 1
            if n > MOST_ROWS + 1:
                raise Unreadable(Reason("sheet.too_many", most=MOST_ROWS))
            yield place, cells
    except (csv.Error, UnicodeError, zipfile.BadZipFile) as error:
        raise Unreadable(Reason("sheet.unreadable")) from error
    if n < 2:
        raise Unreadable(Reason("sheet.empty"))


def _of_csv(file: IO[bytes]) -> Iterator[tuple[int, list[str]]]:
    file.seek(0)
    encoding = _encoding(file)
    file.seek(0)
    text = io.TextIOWrapper(
        file, encoding=encoding, errors="replace" if encoding == OTHERWISE else "strict", newline=""
    )
    try:
        head = text.readline(BLOCK)
        text.seek(0)
        found = csv.reader(text, delimiter=max(PARTED_BY, key=lambda sign: _outside_quotes(head, sign)))
        for place, cells in enumerate(found, start=1):
            yield place, _cut(cells)
    finally:
        text.detach()


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


def _of_workbook(file: IO[bytes]) -> Iterator[tuple[int, list[str]]]:
    file.seek(0)
    with zipfile.ZipFile(file) as parts:
        sizes = {one.filename: one.file_size for one in parts.infolist()}
    if sum(sizes.values()) > UNPACKED or sizes.get("xl/sharedStrings.xml", 0) > SHARED:
        raise Unreadable(Reason("sheet.too_large"))
    file.seek(0)
    try:
        book = opened(file)
    except Exception as error:  # whatever the library meets in a file that is none
        raise Unreadable(Reason("sheet.unreadable")) from error
    try:
        if not book.worksheets:
            raise Unreadable(Reason("sheet.empty"))
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what a file says of its own size need not be so
        for place, cells in enumerate(_read(sheet.iter_rows(values_only=True)), start=1):
            yield place, _cut(map(_text, cells))
    finally:
        book.close()


def _read(found: Iterable[tuple[object, ...]]) -> Iterator[tuple[object, ...]]:
    """Raises Unreadable."""
    left = iter(found)
    while True:
        try:
            cells = next(left)
        except StopIteration:
            return
        except Exception as error:  # as above
            raise Unreadable(Reason("sheet.unreadable")) from error
        yield cells


def _text(value: object) -> str:
    """As people see it in a cell, days as 2026-12-31."""
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return str(value).upper()
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case datetime() if (value.hour, value.minute, value.second) == (0, 0, 0):
            return value.date().isoformat()
        case date():
            return value.isoformat()
        case _:
            return str(value)


def _cut(cells: Iterable[str]) -> list[str]:
    """Without empty cells at the end. Of a text that is too long as much as shows that. Raises Unreadable."""
    found = [cell.replace("\0", "")[: LONGEST + 1].strip() for cell in cells]
    while found and not found[-1]:
        found.pop()
    if len(found) > MOST_COLUMNS:
        raise Unreadable(Reason("sheet.too_wide", most=MOST_COLUMNS))
    return found
