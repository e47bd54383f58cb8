"""Reports: a row for everything, readable by every spreadsheet, and a formula for none."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linking import reports
from linking.models import ChangeRow
from linking.reports import plain
from tests.scenes import asset, product


@given(st.text())
def test_no_cell_begins_as_a_formula(text):
    assert not plain(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n", "\0"))
    assert plain(text) in (text, f"'{text}")


@pytest.mark.parametrize("key", ["=1+1", '=HYPERLINK("http://x","y")', "+49", "-1", "@SUM(A1)", 'a,"b"', "x\ny"])
def test_a_key_comes_out_as_it_went_in_but_is_no_formula(scene, key):
    place = scene([product("a")], [asset("front", key)])
    [head, row] = rows_of(place.run(place.select(), dry_run=True))
    assert row[head.index("Key")].removeprefix("'") == key
    assert not row[head.index("Key")].startswith(("=", "+", "-", "@"))


def rows_of(sync) -> list[list[str]]:
    return list(csv.reader(io.StringIO("".join(reports.lines(sync)).removeprefix("\ufeff"), newline="")))


def test_there_is_a_row_for_every_asset_product_and_store(scene):
    shelf = [product("a", tags=["t"]), product("b", tags=["t"]), product("c", tags=["t"]), product("d", tags=["t"])]
    place = scene(
        shelf, [asset(f"f{at}", shade=at, tags=["t"]) for at in range(2)] + [asset("none", shade=9)], stores=2
    )
    sync = place.run(place.select(cloudinary_field="tags", shopify_field="tag"))
    [head, *rows] = rows_of(sync)
    products = sum(len(shop.products) for shop in place.world.shops.values())
    assert len(rows) == 2 * products + 2
    assert len(rows) == ChangeRow.objects.filter(part__sync=sync).count()
    told = [(row[head.index("Asset")], row[head.index("Product ID")], row[head.index("Store")]) for row in rows]
    assert len(set(told)) == len(told)


def test_the_report_says_what_the_journal_says(scene):
    place = scene([product("a", pictures=1)], [asset("front", "a", 1)])
    [head, row] = rows_of(place.run(place.select()))
    linked = next(entry for entry in place.mutations() if entry["operation"] == "fileUpdate")
    assert row[head.index("Shopify file ID")] == linked["variables"]["files"][0]["id"]
    assert row[head.index("Outcome")] == "Done"
    assert row[head.index("Position after")] == "2"
