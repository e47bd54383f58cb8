"""The texts that cells of a workbook share, on disk: openpyxl holds all of them in memory, which grows with the file."""

from array import array
from tempfile import TemporaryFile
from typing import IO, Any

from openpyxl.cell.text import Text
from openpyxl.reader.excel import ExcelReader
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

ENTRY = f"{{{SHEET_MAIN_NS}}}si"


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
    def read_strings(self) -> None:
        found = self.package.find(SHARED_STRINGS)
        if found is not None:
            with self.archive.open(found.PartName[1:]) as source:
                self.shared_strings = OnDisk(source)


def opened(file: IO[bytes]) -> Any:
    """A workbook that is read row by row. Raises whatever openpyxl meets in a file that is none."""
    reader = Reader(file, read_only=True, data_only=True)
    reader.read()
    return reader.wb
