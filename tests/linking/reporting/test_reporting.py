"""Reports as files: every format tells the same rows, no cell is a formula, and every total agrees."""

import csv
import io
import json
import re
import zipfile
from collections import Counter

import pytest
from django.utils import timezone
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from linking.domain.plan import Change
from linking.models import ChangeRow, Sync
from linking.reporting import jsonl, xlsx
from linking.reporting.columns import RISKY, safe
from linking.reporting.content import Content
from linking.reporting.rows import Line
from linking.reporting.summary import Summary
from linking.reporting.writing import WRITERS
from tests.scenes import asset, product

FORMULAS = ["=1+1", '=HYPERLINK("http://x","y")', "+49", "-1", "@SUM(A1)", "＝1", "\t=1", "\r=1", "\n=1"]
INNOCENT = ["0012", "1e5", "http://example.org/", 'a,"b"', "x\ny", "mailto:a@b.c", "_x0041_", "{=1}", "ä 漢 😀", " x "]


def written(sync, format: str) -> bytes:
    out = io.BytesIO()
    WRITERS[format](Content(sync, timezone.now()), out)
    return out.getvalue()


def csv_rows(sync) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(written(sync, "csv").decode("utf-8-sig"), newline="")))


def json_rows(sync, kind: str) -> list[dict]:
    found = [json.loads(line) for line in written(sync, "jsonl").splitlines()]
    return [row for row in found if row["kind"] == kind]


def book(sync):
    return load_workbook(io.BytesIO(written(sync, "xlsx")))


def sheet_rows(sheet) -> list[dict]:
    [head, *rows] = sheet.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def fixed(line: dict) -> dict:
    return {name: "" if value is None else str(value) for name, value in line.items()}


# Harmless to a reader by commas; parted elsewhere, a formula.
INSIDE = [
    "a;=1+1",
    "a\t@SUM(A1)",
    "a\n=1",
    "a\r\n +1",
    'a;"=1+1',
    'x;"";=2;"y',
    "a; -2+3+cmd|' /C calc'!A0",
    ";;=1",
    " =1",
]
INSIDE += ["a;\u200b＝1", "a;\u2066=1", "a\n\u061c+1", "\u2069=1", "\u180e@x"]
INVISIBLE = re.compile(
    r"^[\s\x00-\x20\x7f-\xa0\xad\u061c\u180e\u200b-\u200f\u2028-\u202f\u2060-\u2064\u2066-\u206f\ufeff\"]+"
)


def csv_of(*rows: list[str]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([safe(cell) for cell in row] for row in rows)
    return out.getvalue()


def cells(text: str, mark: str, quoting: int) -> list[str]:
    """As a program reads it whose cells are parted by this mark; without quoting each line is by itself."""
    lines = io.StringIO(text, newline="") if quoting != csv.QUOTE_NONE else io.StringIO(text).read().splitlines()
    return [cell for row in csv.reader(lines, delimiter=mark, quoting=quoting) for cell in row]


def formulas(text: str) -> list[tuple[str, str]]:
    """What some program would take for a formula, and the mark that it parts cells by."""
    ways = [(mark, quoting) for mark in ",;\t" for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE)]
    ways.remove((",", csv.QUOTE_NONE))  # a reader of commas that knows no quotes reads no CSV
    signs = tuple(sign for sign in RISKY if not sign.isspace() and sign != "\0")
    found = [(cell, mark) for mark, quoting in ways for cell in cells(text, mark, quoting)]
    return [(cell, mark) for cell, mark in found if INVISIBLE.sub("", cell).startswith(signs)]


@given(st.lists(st.text() | st.text(alphabet=";\t\n\r,\" =-+@'x\u2028\ufeff"), min_size=2, max_size=4))
@example(["a;", '"=1', "b"])
@example(['a,b;"', "=1"])
def test_no_reader_finds_a_formula_whatever_parts_its_cells(texts):
    texts = [text.replace("\0", "") for text in texts]
    assert formulas(csv_of(["store", *texts], ["store", *texts])) == []


@pytest.mark.parametrize("text", [*FORMULAS, *INSIDE])
def test_a_sign_is_defused_where_a_cell_might_begin(text):
    raw = io.StringIO(newline="")
    csv.writer(raw).writerows([["store", text, "x"]])
    assert formulas(raw.getvalue()), "no reader takes this for a formula: the test would not see a mistake"
    assert formulas(csv_of(["store", text, "x"])) == []


@pytest.mark.parametrize("text", ["red; green", "a - b", "1;2", "x=1", "mail@example.org", "5 - 3; 2", "a;b=c", ""])
def test_what_no_reader_takes_for_a_formula_stays_as_it_is(text):
    assert safe(text) == text


@given(st.text())
def test_only_apostrophes_are_added(text):
    assert not safe(text).startswith(RISKY)
    assert safe(text).replace("'", "") == text.replace("'", "")


@given(st.text(st.characters(codec=None)) | st.sampled_from(["a\u2028b", "\u2029", "\x85\x7f\x1b", "\ud800", "\r\n\0"]))
def test_json_is_one_line_to_every_reader_and_the_same_text(text):
    line = jsonl.one_line(json.dumps({"a": text}, ensure_ascii=False))
    assert len(line.splitlines()) == 1
    assert json.loads(line.encode()) == {"a": text}
    assert not re.search(r"[\x00-\x1f\x7f-\x9f]", line)


@pytest.fixture
def odd_run(scene):
    """Keys, titles and names as nobody should write them."""
    texts = [*FORMULAS, *INSIDE, *INNOCENT]
    shelf = [product(f"p{at}", title=text) for at, text in enumerate(texts)]
    place = scene(shelf, [asset(f"{at} {text}", text, at, public_id=f"x{at}") for at, text in enumerate(texts)])
    return place.run(place.select(), dry_run=True)


def test_a_text_is_the_same_in_every_format(odd_run):
    rows = ChangeRow.objects.filter(part__sync=odd_run).order_by("place", "pk")
    keys = [row.key for row in rows]
    assert len(set(keys)) > 25
    assert [row["Key"] for row in csv_rows(odd_run)] == [safe(key) for key in keys]
    assert [row["key"] for row in json_rows(odd_run, "change")] == keys
    sheet = book(odd_run)["Rows"]
    place = next(cell.column for cell in sheet[1] if cell.value == "Key")
    cells_of = [sheet.cell(at, place) for at in range(2, len(keys) + 2)]
    assert {(cell.data_type, cell.hyperlink) for cell in cells_of} == {("s", None)}
    assert [decoded(cell.value) for cell in cells_of] == [
        "\n".join(key.replace("\r\n", "\n").split("\r")) for key in keys
    ]


def test_no_program_finds_a_formula_in_a_whole_report(odd_run):
    assert formulas(written(odd_run, "csv").decode("utf-8-sig")) == []


def test_a_workbook_holds_no_formula_at_all(odd_run):
    with zipfile.ZipFile(io.BytesIO(written(odd_run, "xlsx"))) as parts:
        sheets = [parts.read(name).decode() for name in parts.namelist() if name.startswith("xl/worksheets/sheet")]
    assert len(sheets) == 4
    assert not [text for text in sheets if re.search(r"<f[ >]|<hyperlink", text)]


def test_every_line_of_a_report_for_programs_is_one_line_to_all_of_them(odd_run):
    text = written(odd_run, "jsonl").decode()
    assert len(text.splitlines()) == text.count("\n")


@pytest.fixture
def busy_run(scene):
    """A run with every kind of row: added, skipped, unmatched, in two stores."""
    shelf = [product("a", pictures=2, tags=["t"]), product("b", tags=["t"]), product("lonely")]
    files = [asset("one", "a", 1), asset("two", "a", 2), asset("three", "b", 3), asset("lost", "nowhere", 4)]
    place = scene(shelf, files, stores=2)
    return place.run(place.select(link_mode="in_place"), dry_run=False)


def test_all_formats_tell_the_same_rows(busy_run):
    reported = [tuple(fixed(row).values())[:6] for row in csv_rows(busy_run)]
    sheet = [tuple(fixed(row).values())[:6] for row in sheet_rows(book(busy_run)["Rows"])]
    lines = [
        tuple(row[name] for name in ("store", "key", "asset", "asset_id", "product", "product_id"))
        for row in json_rows(busy_run, "change")
    ]
    assert reported == sheet == lines
    assert (
        len(reported) == ChangeRow.objects.filter(part__sync=busy_run).exclude(asset_id="", change="keep").count() > 6
    )


def test_every_total_agrees_with_the_database(busy_run):
    rows = ChangeRow.objects.filter(part__sync=busy_run).exclude(asset_id="", change=Change.KEEP)
    counted = Counter((row.part.store.domain, row.change, row.outcome) for row in rows.select_related("part__store"))
    [summary] = json_rows(busy_run, "summary")
    total = {"store": "Total", "planned": "", "outcome": "", "rows": counted.total()}
    assert summary["rows_table"].pop() == total
    assert summary["rows"] == counted.total()
    reported = {
        (row["store"], row["planned"].lower(), row["outcome"].lower()): row["rows"] for row in summary["rows_table"]
    }
    assert reported == dict(counted)
    outcomes = Counter(row["Outcome"].lower() for row in csv_rows(busy_run))
    assert outcomes == Counter(row.outcome for row in rows)


def test_the_summary_sheet_says_the_same_as_the_json_summary(busy_run):
    values = [cell for row in book(busy_run)["Summary"].iter_rows(values_only=True) for cell in row if cell is not None]
    [summary] = json_rows(busy_run, "summary")
    for row in summary["rows_table"]:
        assert {row["store"], row["rows"]} <= set(values)
    assert {str(busy_run.key), "Ada", "In-Place Overwrite", "Stores", "Products"} <= set(values)


def test_a_row_says_what_was_planned_what_came_of_it_and_when(scene):
    place = scene([product("a", pictures=1)], [asset("front", "a", 1)])
    sync = place.run(place.select())
    [row] = sheet_rows(book(sync)["Rows"])
    linked = next(entry for entry in place.mutations() if entry["operation"] == "fileUpdate")
    assert row["Shopify file ID"] == linked["variables"]["files"][0]["id"]
    assert (row["Planned"], row["Outcome"], row["Position before"], row["Position after"]) == ("Add", "Done", None, 2)
    found = place.shop.product_with("product-a")
    assert row["Product ID"] == found.id
    assert row["Product in Shopify"] == place.stores[0].product_admin_url(found.id)
    part = sync.parts.get()
    assert part.started.replace(tzinfo=None) <= row["Time (UTC)"] <= part.finished.replace(tzinfo=None)


def test_a_plan_that_was_not_applied_has_no_times(scene):
    place = scene([product("a")], [asset("front", "a", 1)])
    [row] = json_rows(place.run(place.select(), dry_run=True), "change")
    assert (row["planned"], row["outcome"], row["time"]) == ("add", "pending", None)


def test_assets_without_products_and_products_without_assets_have_sheets_of_their_own(busy_run):
    found = book(busy_run)
    unused = [(row["Store"], row["Asset"], row["Reason"]) for row in sheet_rows(found["Assets without products"])]
    rows = ChangeRow.objects.filter(part__sync=busy_run, product=None).order_by("part_id", "place")
    assert unused == [(row.part.store.domain, row.name, str(row.reason)) for row in rows.select_related("part__store")]
    assert "lost" in {name for _, name, _ in unused}
    left = [(row["Store"], row["Product handle"]) for row in sheet_rows(found["Products without assets"])]
    assert left == [(store.domain, "product-lonely") for store in busy_run.environment.stores.order_by("pk")]
    assert [(row["store"], row["handle"]) for row in json_rows(busy_run, "product_without_asset")] == left


def test_a_store_that_cannot_be_asked_gets_a_note_and_the_report_is_written(scene):
    place = scene([product("a"), product("b")], [asset("front", "a", 1)])
    sync = place.run(place.select())
    store = place.stores[0]
    store.access_token = "another"
    store.save()
    [row] = sheet_rows(book(sync)["Products without assets"])
    assert row["Note"].startswith("AssetLink could not read the store’s products: The store refuses its access token.")
    assert len(sheet_rows(book(sync)["Rows"])) == 1


def test_a_long_catalog_is_cut_and_says_so(scene, monkeypatch):
    monkeypatch.setattr("linking.reporting.left.MOST", 2)
    place = scene([product(f"p{at}") for at in range(4)], [asset("front", "p0", 1)])
    rows = json_rows(place.run(place.select(), dry_run=True), "product_without_asset")
    assert [bool(row["product"]) for row in rows] == [True, True, False]
    assert rows[2]["note"] == "Only the first 2 are listed: the catalog has more products than a report names."


def test_an_undo_names_no_products_without_assets(scene):
    place = scene([product("a", pictures=1), product("b")], [asset("front", "a", 1)])
    undone = place.undo(place.run(place.select()))
    assert json_rows(undone, "product_without_asset") == []
    assert json_rows(undone, "summary")[0]["type"] == "Undo"
    assert book(undone).sheetnames == ["Summary", "Rows"]


def test_the_workbook_has_a_frozen_head_and_filters(busy_run):
    found = book(busy_run)
    assert found.sheetnames == ["Summary", "Rows", "Assets without products", "Products without assets"]
    for name in found.sheetnames[1:]:
        sheet = found[name]
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref == f"A1:{sheet.dimensions.split(':')[1]}"
        assert sheet["A1"].font.bold


class Lines:
    """Content without a database."""

    def __init__(self, *lines: Line) -> None:
        self.found = lines

    sync = Sync()
    matches = True

    def summary(self) -> Summary:
        return Summary([], [])

    def lines(self):
        return iter(self.found)

    def left(self):
        return iter(())


def line(**known) -> Line:
    return Line(**dict.fromkeys(Line._fields, "") | {"planned": "add", "outcome": "done", "time": None} | known)


def test_a_full_sheet_is_followed_by_another():
    out = io.BytesIO()
    xlsx.write(Lines(*(line(key=str(at), product_id="p") for at in range(5))), out, max_rows=3)
    found = load_workbook(out)
    keys = [[row["Key"] for row in sheet_rows(found[name])] for name in ("Rows", "Rows 2", "Rows 3")]
    assert keys == [["0", "1"], ["2", "3"], ["4"]]


def test_a_text_that_is_longer_than_a_cell_is_shortened_and_says_so():
    out = io.BytesIO()
    xlsx.write(Lines(line(reason="x" * 40_000)), out)
    [row] = sheet_rows(load_workbook(out)["Rows"])
    assert len(row["Reason"]) == xlsx.MAX_TEXT
    assert row["Reason"].endswith("x … (shortened)")


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=50)


@settings(deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=10))
def test_any_text_comes_out_of_a_workbook_as_it_went_in(texts):
    out = io.BytesIO()
    xlsx.write(Lines(*(line(key=f"x{text}", asset=text) for text in texts)), out)
    rows = sheet_rows(load_workbook(out)["Rows"])
    assert [decoded(row["Key"]) for row in rows] == [one_line_end(f"x{text}") for text in texts]
    assert [decoded(row["Asset"] or "") for row in rows] == [one_line_end(text) for text in texts]


def decoded(cell: str) -> str:
    """What XML cannot hold is escaped as _xHHHH_, which spreadsheets read back and openpyxl leaves to us."""
    return one_line_end(re.sub(r"_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), cell))


def one_line_end(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def test_there_is_a_row_for_every_asset_product_and_store(scene):
    tagged = [product(sku, tags=["t"]) for sku in "abcd"]
    files = [asset(f"f{at}", shade=at, tags=["t"]) for at in range(2)]
    place = scene(tagged, [*files, asset("none", shade=9)], stores=2)
    sync = place.run(place.select(cloudinary_field="tags", shopify_field="tag"))
    products = sum(len(shop.products) for shop in place.world.shops.values())
    reported = [(row["Asset"], row["Product ID"], row["Store"]) for row in csv_rows(sync)]
    assert len(set(reported)) == len(reported) == 2 * products + 2
