"""Workbooks within bounded memory, whatever they hold: rows and shared texts are read one by one, and nothing else is large.

openpyxl would hold all shared texts in memory, and all of a row, of the styles and of whatever else a workbook has, a hundred
times as large as it comes in.
"""

import re
import zipfile
from array import array
from tempfile import TemporaryFile
from types import TracebackType
from typing import IO, Any, Self

from openpyxl.cell.text import Text
from openpyxl.reader.excel import ExcelReader
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

ENTRY = f"{{{SHEET_MAIN_NS}}}si"
# Bytes: of what is read as a whole, such as styles; of one row or shared text; and of all shared texts.
WHOLE, ELEMENT, SHARED = 8 * 1024 * 1024, 8 * 1024 * 1024, 256 * 1024 * 1024
# What ends a row, or a shared text.
END = re.compile(rb"\b(?:row|si)\s*>")


class TooLarge(Exception):
    """A part of a workbook that would take more memory than there is for it."""


class Elements:
    """A part that is read row by row. Raises TooLarge."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self._before = b""  # an end may be cut in two
        self._size = 0  # since the last end

    def read(self, size: int = -1) -> bytes:
        found = self._source.read(size)
        seen = self._before + found
        ends = [one.end() for one in END.finditer(seen)]
        self._size = len(seen) - ends[-1] if ends else self._size + len(found)
        self._before = seen[ends[-1] if ends else 0 :][-16:]
        if self._size > ELEMENT:
            raise TooLarge
        return found

    def close(self) -> None:
        self._source.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


class Parts(zipfile.ZipFile):
    """The parts of a workbook. What is opened is read row by row; the rest is read as a whole. Raises TooLarge."""

    def read(self, name: str | zipfile.ZipInfo, pwd: bytes | None = None) -> bytes:
        if (name if isinstance(name, zipfile.ZipInfo) else self.getinfo(name)).file_size > WHOLE:
            raise TooLarge
        with super().open(name, "r", pwd) as source:
            return source.read()

    def open(self, name: str | zipfile.ZipInfo, *args: Any, **options: Any) -> Any:
        return Elements(super().open(name, *args, **options))


class OnDisk:
    """Read by their numbers, from 0 on."""

    def __init__(self, source: IO[bytes]) -> None:
        self._file = TemporaryFile(prefix="assetlink-sheet-")  # noqa: SIM115 - it is there as long as the book
        self._ends = array("Q", [0])
        root: Any = None
        for event, node in iterparse(source, events=("start", "end")):
            if root is None:
                root = node
            if event == "end" and node.tag == ENTRY:
                text = Text.from_tree(node).content.replace("x005F_", "")  # as openpyxl reads them
                self._ends.append(self._ends[-1] + self._file.write(text.encode("utf-8", "surrogatepass")))
                root.clear()

    def __getitem__(self, at: int) -> str:
        if not 0 <= at < len(self._ends) - 1:
            raise IndexError(at)
        self._file.seek(self._ends[at])
        return self._file.read(self._ends[at + 1] - self._ends[at]).decode("utf-8", "surrogatepass")


class Reader(ExcelReader):
    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(file, read_only=True, data_only=True, keep_links=False)
        self.archive = Parts(file)

    def read_strings(self) -> None:
        found = self.package.find(SHARED_STRINGS)
        if found is not None:
            if self.archive.getinfo(found.PartName[1:]).file_size > SHARED:
                raise TooLarge
            with self.archive.open(found.PartName[1:]) as source:
                self.shared_strings = OnDisk(source)


def opened(file: IO[bytes]) -> Any:
    """A workbook that is read row by row. Raises TooLarge, and whatever openpyxl meets in a file that is none."""
    reader = Reader(file)
    reader.read()
    return reader.wb
