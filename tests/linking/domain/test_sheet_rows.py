"""Rows of a spreadsheet become wishes, or reasons; what is written can be taken back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linking.domain import reasons, sheet_columns
from linking.domain.sheet_columns import SheetField
from linking.domain.sheet_rows import (
    LONGEST,
    Wish,
    back,
    checked,
    differing,
    kept,
    mark,
    name_of,
    read,
    same,
    shown,
    split,
    stems,
    turned,
)
from setup.reasons import Reason

FIELDS = {
    field.id: field
    for field in (
        SheetField("sku", "SKU", "string"),
        SheetField("sequence", "Sequence", "integer"),
        SheetField("expiration", "Expiration", "date"),
        SheetField("asset_type", "Type", "enum", {"main": "Main picture", "swatch": "Swatch", "s2": "swatch "}),
        SheetField("channels", "Channels", "set", {"web": "Web shop", "print": "Print, paper", "tv": "TV"}),
    )
}
COLUMNS = ["file_name", "asset_id", "alt", *(field.code for field in FIELDS.values())]
NAMED = dict(zip(["file_name", "asset_id", "alt", *FIELDS], range(8), strict=True))


def row(**said: str) -> list[str]:
    cells = [""] * len(COLUMNS)
    for name, text in said.items():
        cells[NAMED[name]] = text
    return cells


def value(field: str, text: str):
    found = read(row(file_name="a.jpg", **{field: text}), COLUMNS, FIELDS)
    return found.values[f"field:{field}"] if isinstance(found, Wish) else found.code


@pytest.mark.parametrize(
    ("field", "text", "found"),
    [
        ("sku", " A-1 ", "A-1"),
        ("sku", "A-1, A-2", "A-1, A-2"),
        ("sku", "a\\b", "sheet.backslash"),
        ("sku", "x" * (LONGEST + 1), "sheet.too_long"),
        ("sku", "a\x07b", "sheet.unseen"),
        ("sku", "#N/A", "sheet.error"),
        ("sku", "#DIV/0!", "sheet.error"),
        ("sku", "########", "sheet.error"),
        ("sku", "#1", "#1"),
        ("sku", "4.00638E+12", "sheet.rounded"),
        ("sku", "1E+5", "1E+5"),
        ("sequence", "007", "7"),
        ("sequence", "3.0", "3"),
        ("sequence", "-2", "-2"),
        ("sequence", "1.5", "sheet.bad_integer"),
        ("sequence", "٣", "sheet.bad_integer"),
        ("expiration", "2026-12-31", "2026-12-31"),
        ("expiration", "2026-12-31 00:00:00", "2026-12-31"),
        ("expiration", "31.1.2027", "2027-01-31"),
        ("expiration", "31.2.2027", "sheet.bad_date"),
        ("expiration", "03/04/2027", "sheet.bad_date"),
        ("asset_type", "main", "main"),
        ("asset_type", "MAIN PICTURE", "main"),
        ("asset_type", "Swatch", "sheet.two_entries"),
        ("asset_type", "swatch", "swatch"),
        ("asset_type", "other", "sheet.no_entry"),
        ("channels", "web; Print, paper", ("web", "print")),
        ("channels", "TV, web", ("tv", "web")),
        ("channels", "Print, paper", ("print",)),
        ("channels", "TV, radio", "sheet.no_entry"),
    ],
)
def test_values_are_checked_by_the_type_of_their_field(field, text, found):
    assert value(field, text) == found


def test_the_surest_name_counts_and_empty_cells_say_nothing():
    found = read(row(file_name="a.jpg", asset_id="0cc3", sku="A-1"), COLUMNS, FIELDS)
    assert found == Wish("asset_id", "0cc3", {"field:sku": "A-1"})


def test_a_row_without_asset_or_value_has_a_reason():
    assert read(row(sku="A-1"), COLUMNS, FIELDS) == Reason("sheet.no_asset")
    assert read(row(file_name="a.jpg"), COLUMNS, FIELDS) == Reason("sheet.nothing")
    assert read(row(file_name="a.jpg", alt="x" * 256), COLUMNS, FIELDS).code == "sheet.long_alt"
    gone = {name: field for name, field in FIELDS.items() if name != "sku"}
    assert read(row(file_name="a.jpg", sku="x"), COLUMNS, gone) == Reason("sheet.no_field", field="sku")


LIMITED = {
    field.id: field
    for field in (
        SheetField("sku", "SKU", "string", rules={"type": "strlen", "min": 2, "max": 4}),
        SheetField(
            "sequence",
            "Sequence",
            "integer",
            rules={
                "type": "and",
                "rules": [
                    {"type": "greater_than", "equals": True, "value": 1},
                    {"type": "less_than", "equals": False, "value": 10},
                ],
            },
        ),
        SheetField("expiration", "Expiration", "date", rules={"type": "greater_than", "value": "2026-01-31"}),
        SheetField("channels", "Channels", "set", {"web": "Web"}, grows=True),
    )
}


@pytest.mark.parametrize(
    ("field", "text", "found"),
    [
        ("sku", "A", "sheet.too_few"),
        ("sku", "AB", "AB"),
        ("sku", "ABCDE", "sheet.too_many_signs"),
        ("sequence", "0", "sheet.at_least"),
        ("sequence", "1", "1"),
        ("sequence", "9", "9"),
        ("sequence", "10", "sheet.less_than"),
        ("expiration", "31.1.2026", "sheet.more_than"),
        ("expiration", "2026-02-01", "2026-02-01"),
        ("channels", "Web; New one, WEB", ("web", "New one", "WEB")),
    ],
)
def test_what_a_field_demands_is_checked_before_anything_is_written(field, text, found):
    read_so = read(row(file_name="a.jpg", **{field: text}), COLUMNS, LIMITED)
    assert (read_so.values[f"field:{field}"] if isinstance(read_so, Wish) else read_so.code) == found


RULES = st.recursive(
    st.fixed_dictionaries(
        {},
        optional={
            "type": st.sampled_from(["strlen", "greater_than", "less_than", "and", "value_in_datasource", 3]),
            "equals": st.one_of(st.booleans(), st.none()),
            "value": st.one_of(st.integers(), st.text(max_size=12), st.none(), st.lists(st.integers(), max_size=2)),
            "min": st.one_of(st.integers(), st.text(max_size=3), st.none()),
            "max": st.one_of(st.integers(), st.none()),
        },
    ),
    lambda inner: st.fixed_dictionaries(
        {"type": st.just("and"), "rules": st.one_of(st.none(), st.lists(inner, max_size=3))}
    ),
)


@given(RULES, st.sampled_from(["string", "integer", "date"]), st.sampled_from(["12", "2026-01-02"]))
def test_any_rule_takes_a_value_or_has_a_reason(rules, type, text):
    found = read(row(file_name="a", sku=text), COLUMNS, {"sku": SheetField("sku", "SKU", type, rules=rules)})
    assert isinstance(found, Wish) or str(found)


NAMES = st.text(st.characters(exclude_categories=["C"], exclude_characters="\\"), max_size=6)
ENTRIES = st.dictionaries(st.text("ab12_", min_size=1, max_size=4), NAMES, min_size=1, max_size=6)


@given(ENTRIES, st.booleans(), st.data())
def test_what_a_report_shows_of_a_list_is_read_as_the_same(labels, is_set, data):
    field = SheetField("x", "X", "set" if is_set else "enum", labels)
    id = data.draw(st.sampled_from(sorted(labels)))
    others = data.draw(st.lists(st.sampled_from(sorted(labels)), unique=True, min_size=1))
    value = tuple(others) if is_set else id
    assert checked(field, shown(field, value)) == value


def test_a_label_stands_where_it_means_the_same_and_else_the_external_id():
    kind, channels = FIELDS["asset_type"], FIELDS["channels"]
    assert [shown(kind, one) for one in ("main", "swatch", "gone")] == ["Main picture", "swatch", "gone"]
    assert shown(channels, ("web", "print", "tv")) == "Web shop; print; TV"
    assert shown(SheetField("x", "X", "enum", gone={"old": "Old one"}), "old") == "Old one"
    assert shown(None, ("a", "b")) == "a; b"


def test_a_long_list_is_folded_once(monkeypatch):
    folds, real = [], sheet_columns.folded
    monkeypatch.setattr(sheet_columns, "folded", lambda text: folds.append(text) or real(text))
    field = SheetField("t", "T", "enum", {f"e{at}": f"Entry {at}" for at in range(3000)})
    assert [checked(field, f"Entry {at}") for at in range(50)] == [f"e{at}" for at in range(50)]
    assert len(folds) == 6000


CELLS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["", " ", "main", "web;tv", ";", ",", "2026-01-02", "31.12.2026", "12", "-0", "=1+1", "\\", "9" * 30]
    ),
)


@given(st.lists(CELLS, max_size=10), st.permutations(COLUMNS))
def test_whatever_stands_in_the_cells_there_is_a_wish_or_a_reason(cells, columns):
    found = read(cells, columns, FIELDS)
    if isinstance(found, Wish):
        assert found.name == name_of(cells, columns)
    if isinstance(found, Reason):
        assert found.code in reasons.WORDS
        assert str(found)
        return
    assert found.values
    fields, context = split(found.values)
    assert len(fields) + len(context) == len(found.values)
    assert back(kept(found.values)) == dict(found.values)
    for name, one in fields.items():
        assert "\\" not in str(one)
        if FIELDS[name].labels:
            assert set([one] if isinstance(one, str) else one) <= set(FIELDS[name].labels)


VALUES = st.dictionaries(
    st.sampled_from(["alt", "field:a", "field:b", "field:c"]),
    st.one_of(st.text(min_size=1, max_size=3), st.lists(st.sampled_from("xyz"), min_size=1).map(tuple)),
)


@given(VALUES, VALUES)
def test_what_is_written_is_taken_back(current, wanted):
    new = differing(wanted, current)
    old = {code: current.get(code, "") for code in new}
    step = turned(current, old, new)
    assert not step.moved
    assert step.write == new
    then = current | step.write
    assert not differing(wanted, then)
    undo = turned(then, new, old)
    assert not undo.moved
    after = then | undo.write
    assert all(same(after.get(code, ""), current.get(code, "")) for code in {*after, *current})


@given(VALUES, VALUES, st.data())
def test_what_broke_off_goes_on_and_what_somebody_changed_stays(current, wanted, data):
    new = differing(wanted, current)
    old = {code: current.get(code, "") for code in new}
    done = data.draw(st.sets(st.sampled_from(sorted(new)))) if new else set()
    others = data.draw(st.sets(st.sampled_from(sorted(new)))) if new else set()
    now = current | {code: new[code] for code in done} | dict.fromkeys(others, "somebody else’s")
    step = turned(now, old, new)
    assert set(step.moved) == others
    assert set(step.write) == set(new) - done - others


@given(VALUES)
def test_equal_values_stand_together_and_other_places_apart(values):
    again = dict(reversed(values.items()))
    assert mark(values, "image", "upload") == mark(again, "image", "upload") != mark(values, "video", "upload")


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("a/b/A-1_1.jpg", ["A-1_1.jpg", "A-1_1"]),
        ("C:\\x\\A.B", ["A.B"]),
        ("A-1", ["A-1"]),
        (".jpeg", [".jpeg"]),
    ],
)
def test_a_file_name_tells_what_the_asset_is_called(name, found):
    assert list(stems(name)) == found


@pytest.mark.parametrize("stored", [None, [], "x", {"alt": 3, "a": [1, "x"], "b": None}])
def test_whatever_is_stored_can_be_read(stored):
    assert set(back(stored)) <= {"a"}
