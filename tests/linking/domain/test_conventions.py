"""What assets are called, read by a pattern for the fields that its parts go to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linking.domain.assets import Asset
from linking.domain.conventions import Convention, Reads, fitting, usual
from linking.domain.field_checks import emptied, missing
from linking.domain.name_patterns import BadNamePattern
from linking.domain.sheet_columns import SheetField
from linking.domain.sheet_decisions import decided
from linking.domain.sheet_rows import same
from setup.reasons import Reason

ALL = {"sku": "sku", "sequence": "sequence", "type": "asset_type"}


def asset(public_id: str, display_name: str = "", folder: str = "") -> Asset:
    return Asset("0cc3", public_id, display_name=display_name, folder=folder)


def read(pattern: str, reads: str, **known: str) -> list[str] | None:
    cells = Convention.of({"pattern": pattern, "reads": reads, "fills": ALL}).cells(asset(**known))
    return cells and cells[1:]


@pytest.mark.parametrize(
    ("pattern", "reads", "known", "cells"),
    [
        ("{sku}_{sequence}", "name", {"public_id": "x/9f3", "display_name": "A-1_2.jpg"}, ["A-1", "2"]),
        ("{sku}_{sequence}", "name", {"public_id": "x/A-1_2"}, ["A-1", "2"]),
        ("{sku}_{sequence}", "public_id", {"public_id": "x/A-1_2", "display_name": "front"}, ["A-1", "2"]),
        ("{sku}/{sequence}", "name", {"public_id": "9f3", "display_name": "3", "folder": "shop/A-1"}, ["A-1", "3"]),
        ("{sku}/{type}-{sequence}", "public_id", {"public_id": "shop/A-1/main-3"}, ["A-1", "3", "main"]),
        ("{sku}", "folder", {"public_id": "9f3", "folder": "shop/A.12"}, ["A.12"]),
        ("{sku}", "folder", {"public_id": "shop/A-1/front"}, ["A-1"]),
        ("{sku}", "folder", {"public_id": "front"}, None),
        ("{sku}_", "prefix", {"public_id": "shop/A-1_front_2"}, ["A-1"]),
        ("{sku}_", "prefix", {"public_id": "shop/A-1-front"}, None),
        ("shop/{sku}_", "prefix", {"public_id": "shop/A-1_front"}, ["A-1"]),
        ("{sku}", "public_id", {"public_id": "A-1.25"}, ["A-1.25"]),
        ("{sku}", "public_id", {"public_id": "A-1.webp"}, ["A-1"]),
    ],
)
def test_a_pattern_is_read_on_what_it_is_for(pattern, reads, known, cells):
    assert read(pattern, reads, **known) == cells


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"pattern": "{sku}_{any}", "reads": "prefix", "fills": ALL}, "End the pattern"),
        ({"pattern": "{sku}", "fills": {}}, "at least one field"),
        ({"pattern": "{sku}", "fills": {"sequence": "sequence"}}, "at least one field"),
        ({"pattern": "{sku}_{sequence}", "fills": {"sku": "a", "sequence": "a"}}, "same field"),
        ({"pattern": ""}, "needs {sku}"),
    ],
)
def test_a_convention_that_says_nothing_is_refused_in_words(asked, words):
    with pytest.raises(BadNamePattern, match=words):
        Convention.of(asked)


NAMES = st.text(max_size=60)


@given(st.text("{}skuanytype_/-(.*)+[]\\d", max_size=40), st.sampled_from(list(Reads)), NAMES, NAMES, NAMES)
def test_any_pattern_and_any_asset_end_in_cells_none_or_a_reason(pattern, reads, public_id, name, folder):
    try:
        convention = Convention.of({"pattern": pattern, "reads": reads, "fills": ALL})
    except BadNamePattern:
        return
    cells = convention.cells(asset(public_id, name, folder))
    assert cells is None or len(cells) == len(convention.columns)
    assert Convention.of(convention.kept) == convention


@given(st.text(max_size=20), st.text("A1.-", min_size=1, max_size=8).filter(lambda one: one.strip(".")))
def test_a_beginning_is_read_up_to_where_its_sign_first_stands(rest, sku):
    cells = read("{sku}_", "prefix", public_id=f"{sku}_{rest}".replace("/", ""))
    assert cells == [sku]


@pytest.mark.parametrize("hostile", ["a" * 200_000, "_" * 200_000, "/" * 200_000, "a_1" * 60_000 + "!"])
def test_no_name_takes_long(hostile):
    for reads in Reads:
        read("{any}_{sku}_{any}_{type}-{any}_{sequence}_", reads, public_id=hostile, display_name=hostile)


VALUES = st.dictionaries(st.sampled_from("abc"), st.sampled_from(["", "x", "y", ("x",), ()]))


@given(VALUES, VALUES)
def test_values_that_are_there_are_kept_unless_they_may_be_replaced(wanted, current):
    kept = decided(wanted, current, [], {}, replaces=False)
    assert all(same(current.get(code, ""), "") for code in kept.wanted)
    assert bool(kept.reason) == (
        not kept.wanted and any(not same(one, current.get(code, "")) for code, one in wanted.items())
    )
    replaced = decided(wanted, current, [], {}, replaces=True)
    after = current | replaced.wanted
    assert all(same(after.get(code, ""), one) for code, one in wanted.items())
    assert not decided(wanted, after, [], {}, replaces=True).wanted, "a second time changes nothing"


def test_a_row_that_leaves_a_field_without_the_value_that_it_must_have_is_none():
    fields = {one.id: one for one in FIELDS}
    bad = decided({"field:position": "2"}, {}, ["field:sku", "field:position"], fields, replaces=True)
    assert (bad.is_bad, bad.reason) == (True, Reason("sheet.mandatory", field="SKU"))
    assert not decided({"field:position": "2"}, {"field:sku": "A"}, ["field:sku"], fields, replaces=True).is_bad


FIELDS = [
    SheetField("sku", "SKU", "string", mandatory=True),
    SheetField("position", "Position", "integer"),
    SheetField("day", "Day", "date"),
]


def test_fields_are_proposed_by_their_names_and_offered_by_their_types():
    assert usual(FIELDS) == {"sku": "sku", "sequence": "position"}
    assert [one.id for one in fitting(FIELDS, "sku")] == ["sku"]
    assert [one.id for one in fitting(FIELDS, "sequence")] == ["sku", "position"]


def test_a_field_that_must_have_a_value_is_neither_left_empty_nor_emptied():
    fields = {one.id: one for one in FIELDS}
    columns = ["file_name", "field:sku", "field:position"]
    assert missing(columns, fields, {"field:position": "1"}).values["field"] == "SKU"
    assert missing(columns, fields, {"field:sku": "A"}) is None
    assert missing(["field:position"], fields, {}) is None, "a list that says nothing of it"
    assert emptied(fields, {"field:sku": "", "field:position": "", "alt": ""}) == ["field:sku"]
