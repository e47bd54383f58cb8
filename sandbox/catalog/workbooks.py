"""Workbooks (XLSX), and archives (ZIP) of exports that came in several parts."""

import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any

from sandbox.catalog.texts import Cells

OLD = b"\xd0\xcf\x11\xe0"  # Excel's format until 2007


def is_archive(content: bytes) -> bool:
    return content.startswith(b"PK\x03\x04")


def parts(content: bytes) -> list[tuple[str, bytes]]:
    """The tables of an archive by name: those that say that they hold products, otherwise all. Empty for a workbook, which
    is an archive, too. Raises zipfile.BadZipFile."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        names = archive.namelist()
        if "[Content_Types].xml" in names:
            return []
        tables = [
            name for name in names if name.lower().endswith((".csv", ".tsv", ".txt")) and not name.startswith("__")
        ]
        named = [name for name in tables if "product" in PurePosixPath(name).name.lower()]
        return [(name, archive.read(name)) for name in named or tables]


def cells(content: bytes) -> Iterator[Cells]:
    """Of the sheet Products, otherwise of the first one. Raises ImportError without openpyxl."""
    import openpyxl

    book = openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=True)
    sheets = book.worksheets
    chosen = next((sheet for sheet in sheets if sheet.title.strip().lower().startswith("product")), sheets[0])
    for number, row in enumerate(chosen.iter_rows(values_only=True), 1):
        yield number, [written(value) for value in row]


def written(value: Any) -> str:
    """As a person would type it: a SKU that Excel takes for a number has no decimals."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)
