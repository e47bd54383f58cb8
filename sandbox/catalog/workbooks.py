"""Workbooks (XLSX), and archives (ZIP) of exports that came in several parts."""

import zipfile
from datetime import date, datetime
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any

from sandbox.catalog.texts import Cells

OLD = b"\xd0\xcf\x11\xe0"  # Excel's format until 2007


def is_archive(content: bytes) -> bool:
    return content.startswith(b"PK\x03\x04")


def is_workbook(content: bytes) -> bool:
    """Of the archives. Raises zipfile.BadZipFile."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return "[Content_Types].xml" in archive.namelist()


def parts(content: bytes) -> list[tuple[str, bytes]]:
    """The tables of an archive by name: those that say that they hold products, otherwise all. Raises zipfile.BadZipFile."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        names = [name for name in archive.namelist() if not name.startswith("__MACOSX")]
        tables = [name for name in names if name.lower().endswith((".csv", ".tsv", ".txt"))]
        named = [name for name in tables if "product" in PurePosixPath(name).name.lower()]
        return [(name, archive.read(name)) for name in named or tables]


def cells(content: bytes) -> list[Cells]:
    """Of the sheet Products, otherwise of the first one. Raises ImportError without openpyxl, ValueError for a broken one."""
    import openpyxl

    try:
        book = openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=True)
        sheets = book.worksheets
        chosen = next((sheet for sheet in sheets if sheet.title.strip().lower().startswith("product")), sheets[0])
        rows = enumerate(chosen.iter_rows(values_only=True), 1)
        return [(number, [written(value) for value in row]) for number, row in rows]
    except (
        KeyError,
        IndexError,
        SyntaxError,
        zipfile.BadZipFile,
        OSError,
    ) as wrong:  # what broken XML raises is a SyntaxError
        raise ValueError(f"the workbook is broken ({wrong})") from wrong


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
