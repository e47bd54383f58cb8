"""CSV files of people: read row by row, and what is wrong is reported with its file and line."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

Say = Callable[[str], None]
Row = dict[str, str]


class CannotLoad(Exception):
    """The whole file is of no use; the text is for the person."""


def rows(
    path: Path, say: Say, *, needed: tuple[str, ...], aliases: Mapping[str, str] | None = None
) -> Iterator[tuple[int, Row]]:
    """(line number, row) with stripped headers; empty rows are passed over. Raises CannotLoad.

    `aliases`: other names of columns, in small letters -> the name by which rows are read.

    Spreadsheets write a BOM, and CR, LF or both; a value may have several lines.
    """
    text = text_of(path)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] = []
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as wrong:
            say(f"{path}, line {line}: left out ({wrong})")
            continue
        if not header:
            names = [(aliases or {}).get(cell.strip().lower(), cell.strip()) for cell in cells]
            header = checked_header(path, names, needed) if any(cells) else []
        elif any(cell.strip() for cell in cells):
            if any(cells[len(header) :]):
                say(f"{path}, line {line}: left out (it has {len(cells)} cells, the header {len(header)})")
            else:
                yield line, dict(zip(header, cells + [""] * len(header), strict=False))
    if not header:
        raise CannotLoad(f"{path} is empty.")


def text_of(path: Path) -> str:
    """UTF-8, with or without BOM; otherwise as Windows writes it."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise CannotLoad(f"{path} does not exist.") from None
    except OSError as wrong:
        raise CannotLoad(f"{path} cannot be read: {wrong.strerror}.") from None
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def checked_header(path: Path, header: list[str], needed: tuple[str, ...]) -> list[str]:
    missing = [name for name in needed if name not in header]
    if missing:
        raise CannotLoad(f"{path} has no column {' or '.join(missing)}; its columns are {', '.join(header)}.")
    return header
