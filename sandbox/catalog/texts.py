"""CSV as spreadsheets and exports write it: whatever its encoding, separator and line ends, and with cells of any length."""

import csv
import io
import sys
from collections.abc import Callable, Iterator, Sequence

SEPARATORS = ",;\t|"
END = "\x00the end of the file\x00"
Cells = tuple[int, list[str]]  # the line where a row begins, and its values

csv.field_size_limit(min(sys.maxsize, 2**31 - 1))  # descriptions are longer than the 128 KB that are usual


class UnclosedQuote(Exception):
    """A quote opens in `line` and never closes."""

    def __init__(self, line: int) -> None:
        super().__init__(f"line {line}")
        self.line = line


def decoded(content: bytes) -> str:
    """UTF-16 and UTF-8, with or without BOM; lines that are neither, as Windows writes them."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    if (start := content[:200]).count(0) > len(start) // 4:
        return content.decode("utf-16-le" if start[1:2] == b"\0" else "utf-16-be", "replace")
    return "".join(map(_line, content.removeprefix(b"\xef\xbb\xbf").splitlines(keepends=True)))


def _line(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace")


def separator(text: str, known: Callable[[list[str]], int]) -> tuple[str, str]:
    """The separator and the text that follows Excel's line `sep=;`, if there is one. `known`: how many names of columns a row
    holds."""
    first, _, rest = text.lstrip("\r\n").partition("\n")
    if first.lower().startswith("sep=") and len(first.strip()) <= 5:
        return first[4:5], rest
    header = next((line for line in text.splitlines() if line.strip(SEPARATORS + " ")), "")
    rows = {mark: next(csv.reader([header], delimiter=mark), []) for mark in SEPARATORS}
    return max(rows, key=lambda mark: (known(rows[mark]), len(rows[mark]))), text


def cells(text: str, mark: str) -> Iterator[Cells]:
    """Row by row; a quote inside a value that nobody doubled is a character of it. Raises UnclosedQuote."""

    def lines() -> Iterator[str]:
        yield from io.StringIO(text, newline="")
        yield END  # would be part of a value whose quote is open

    reader = csv.reader(lines(), delimiter=mark)
    while True:
        line = reader.line_num + 1
        row = next(reader)
        if row == [END]:
            return
        if _is_open(row):
            raise UnclosedQuote(line)
        yield line, row


def _is_open(row: Sequence[str]) -> bool:
    return bool(row) and row[-1].endswith(END)
