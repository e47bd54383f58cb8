"""Files of spreadsheets, as programs write them: read row by row within bounds, or refused with a reason."""

import io
import zipfile
from datetime import datetime

import pytest
from openpyxl import Workbook, load_workbook

from linking.ingest.sheets.files import Unreadable, rows
from linking.ingest.sheets.workbooks import Elements

HEADS = [["Dateiname", "SKU"], ["süß.jpg", "A"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_csv_is_read_as_programs_write_it(encoding, sign):
    text = "\r\n".join(sign.join(row) for row in HEADS)
    assert [cells for _, cells in rows(io.BytesIO(text.encode(encoding)))] == HEADS


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("sep=;\nfile;sku\na;b\n", [(2, ["file", "sku"]), (3, ["a", "b"])]),
        ("\n\nfile;sku\na;b\n", [(3, ["file", "sku"]), (4, ["a", "b"])]),
        ('file,sku\n5" tall,b\na,5"', [(1, ["file", "sku"]), (2, ['5" tall', "b"]), (3, ["a", '5"'])]),
        ('file,sku\n"a\nb","c"\nd,e', [(1, ["file", "sku"]), (2, ["a\nb", "c"]), (3, ["d", "e"])]),
    ],
)
def test_lines_that_are_no_rows_and_quotation_marks_that_are_none_are_understood(content, found):
    assert list(rows(io.BytesIO(content.encode()))) == found


def test_a_row_that_is_too_long_or_too_wide_stops_no_other():
    content = f"file,sku\na,{'x' * 200_000}\nb{',y' * 100}\nc,d\n"
    assert [(place, cells[0], len(cells)) for place, cells in rows(io.BytesIO(content.encode()))] == [
        (1, "file", 2),
        (2, "a", 2),
        (3, "b", 60),
        (4, "c", 2),
    ]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ('file,sku\na,b\nc,"d\ne,f\n', "sheet.open_quote"),
        ('file,sku\na,b\nc,"d\n' + "e,f\n" * 2_000_000, "sheet.open_quote"),
        ("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 an old workbook, or one with a password", "sheet.unreadable"),
    ],
)
def test_what_would_be_read_as_something_else_is_refused(content, code):
    with pytest.raises(Unreadable) as refused:
        list(rows(io.BytesIO(content.encode("latin-1"))))
    assert refused.value.reason.code == code
    assert str(refused.value.reason)


def of_parts(**parts: bytes) -> io.BytesIO:
    """A workbook of one row under its headings, with other parts than it had."""
    book, kept, changed = Workbook(), io.BytesIO(), io.BytesIO()
    for row in (["File", "SKU"], ["a", "b"]):
        book.active.append(row)
    book.save(kept)
    with zipfile.ZipFile(kept) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, parts.get(name.rpartition("/")[2].partition(".")[0], old.read(name)))
    return changed


def sheet_of(row: str) -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{space}"><sheetData><row><c><v>1</v></c></row>{row}</sheetData></worksheet>'.encode()


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"sheet1": sheet_of(f"<row>{'<c><v>1</v></c>' * 600_000}</row>")}, "sheet.too_large"),
        ({"styles": b"<styleSheet>" + b"<x/>" * 2_200_000 + b"</styleSheet>"}, "sheet.too_large"),
        ({"sheet1": sheet_of('<row r="999999999999"><c><v>1</v></c></row>')}, "sheet.unreadable"),
    ],
)
def test_a_workbook_takes_no_more_memory_or_time_than_its_rows(parts, code):
    with pytest.raises(Unreadable) as refused:
        list(rows(of_parts(**parts)))
    assert refused.value.reason.code == code


def test_what_ends_a_row_is_found_wherever_it_is_cut():
    content = b"<row>1</row><row>22</row ><si>333</si>" * 3
    for size in range(1, len(content)):
        part, sizes = Elements(io.BytesIO(content)), []
        while part.read(size):
            sizes.append(part._size)
        assert max(sizes) < 19 + size


def test_numbers_have_the_zeros_and_digits_that_people_see():
    book = Workbook()
    book.active.append(["File", "SKU"])
    for value in (123, 0.1 + 0.2, 1e300):
        book.active.append(["a", value])
    book.active["B2"].number_format = "00000"
    kept = io.BytesIO()
    book.save(kept)
    assert [cells[1] for _, cells in rows(kept)] == ["SKU", "00123", "0.3", "1e+300"]


def test_a_workbook_is_read_as_people_see_it():
    book = Workbook()
    for row in [
        ["File", "SKU", "Sequence", "Expires"],
        [],
        ["a", 1001, 2.0, datetime(2026, 12, 31)],
        ["b", None, 3, None],
    ]:
        book.active.append(row)
    kept = io.BytesIO()
    book.save(kept)
    assert list(rows(kept)) == [
        (1, ["File", "SKU", "Sequence", "Expires"]),
        (3, ["a", "1001", "2", "2026-12-31"]),
        (4, ["b", "", "3"]),
    ]


def test_texts_that_cells_share_are_read_whatever_they_are():
    texts = ["süß", "", " a ", "=1+1", "a\nb", "x" * 900, "日本", "a_x005F_b"]
    book = Workbook()
    for at in range(50):
        book.active.append([texts[at % 8], texts[(at * 3) % 8], f"n{at}"])
    kept = io.BytesIO()
    book.save(kept)
    found = [cells for _, cells in rows(kept)]
    as_openpyxl = load_workbook(kept, read_only=True, data_only=True).worksheets[0].iter_rows(values_only=True)
    assert found == [[(text or "").strip() for text in cells] for cells in as_openpyxl]


def test_too_many_rows_are_refused(monkeypatch):
    monkeypatch.setattr("linking.ingest.sheets.files.MOST_ROWS", 3)
    with pytest.raises(Unreadable):
        list(rows(io.BytesIO(b"a,b\n" * 5)))
