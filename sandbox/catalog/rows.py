"""Tables of people, read row by row: CSV, workbooks, and archives of either; what is wrong is reported with its file and line."""

import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from sandbox.catalog import texts, workbooks
from sandbox.catalog.texts import Cells, UnclosedQuote

Say = Callable[[str], None]
Row = dict[str, str]


class CannotLoad(Exception):
    """The whole file is of no use; the text is for the person."""


def rows(
    path: Path, say: Say, *, needed: tuple[str, ...], names: Mapping[str, str] | None = None
) -> Iterator[tuple[int, Row]]:
    """(line number, row by the names of its columns); empty rows are passed over. Raises CannotLoad.

    `names`: how columns may be called, in small letters -> the name by which rows are read. Of several columns of one name
    the first that has a value counts.
    """
    known, found = names or {}, False
    for label, table in tables(path, known):
        header: list[str] = []
        heads: list[str] = []
        try:
            for line, cells in table:
                if not any(cell.strip() for cell in cells):
                    continue
                if not header:
                    header, heads = checked_header(path, cells, known, needed), cells
                elif cells == heads:  # of another part that somebody put below
                    continue
                elif any(cell.strip() for cell in cells[len(header) :]):
                    say(f"{label}, line {line}: left out (it has {len(cells)} cells, the header {len(header)})")
                else:
                    yield line, row_of(header, cells)
        except UnclosedQuote as wrong:
            say(f"{label}, line {wrong.line}: left out, and all that follows (a quote opens and never closes)")
        found = found or bool(header)
    if not found:
        raise CannotLoad(f"{path} is empty.")


def tables(path: Path, known: Mapping[str, str]) -> Iterator[tuple[str, Iterable[Cells]]]:
    """Each with what it is called in messages. Raises CannotLoad."""
    content = read(path)
    if content.startswith(workbooks.OLD):
        raise CannotLoad(f"{path} is a workbook of an old Excel. Save it as CSV or XLSX.")
    for name, part in members(path, content):
        if isinstance(part, list):
            yield str(path), part
            continue
        mark, text = texts.separator(
            texts.decoded(part), lambda cells: sum(named(one, known) in known.values() for one in cells)
        )
        yield f"{path} ({name})" if name else str(path), texts.cells(text, mark)


def members(path: Path, content: bytes) -> list[tuple[str, bytes | list[Cells]]]:
    """What a file holds: itself, the parts of an archive, or a workbook's rows. Raises CannotLoad."""
    if not workbooks.is_archive(content):
        return [("", content)]
    try:
        if workbooks.is_workbook(content):
            return [("", workbooks.cells(content))]
        return [*workbooks.parts(content)]
    except ImportError:
        raise CannotLoad(f"{path} is a workbook, which needs openpyxl. Install that, or save it as CSV.") from None
    except (zipfile.BadZipFile, RuntimeError, ValueError) as wrong:  # encrypted archives raise a RuntimeError
        raise CannotLoad(f"{path} cannot be read: {wrong}.") from None


def read(path: Path) -> bytes:
    """Raises CannotLoad."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise CannotLoad(f"{path} does not exist.") from None
    except OSError as wrong:
        raise CannotLoad(f"{path} cannot be read: {wrong.strerror}.") from None


def named(cell: str, known: Mapping[str, str]) -> str:
    """A column's name, without what spreadsheets leave in it."""
    plain = " ".join(cell.replace("\ufeff", "").replace("\u200b", "").split())
    return known.get(plain.lower(), plain)


def row_of(header: list[str], cells: list[str]) -> Row:
    row = dict.fromkeys(header, "")
    for name, cell in zip(header, cells, strict=False):
        if not row[name].strip():
            row[name] = cell
    return row


def checked_header(path: Path, cells: list[str], known: Mapping[str, str], needed: tuple[str, ...]) -> list[str]:
    """The columns by the names that they are read by. Raises CannotLoad."""
    header = [named(cell, known) for cell in cells]
    if missing := [name for name in needed if name not in header]:
        there = ", ".join(filter(None, (cell.strip() for cell in cells)))
        raise CannotLoad(f"{path} has no column {' or '.join(missing)}; its columns are {there}.")
    return header
