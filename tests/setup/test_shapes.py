"""Reading answers of any shape never raises, and takes nothing for what it is not."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from setup.shapes import listed, mapping, number, path_row, text, whole

LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters())
ANYTHING = st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)


@given(ANYTHING)
def test_whatever_comes_is_read(value):
    assert isinstance(mapping(value), dict)
    assert all(isinstance(item, dict) for item in listed(value))
    assert "\0" not in text(value)
    text(value).encode()
    assert math.isfinite(number(value, 1.0))
    assert isinstance(whole(value), int | None)
    assert path_row(value) is None or path_row(value) >= 0


@pytest.mark.parametrize(
    ("value", "found"),
    [(5, 5.0), (0.5, 0.5), (True, 9.0), ("5", 9.0), (math.nan, 9.0), (math.inf, 9.0), (10**400, 9.0), (None, 9.0)],
)
def test_a_number_is_finite_and_no_truth(value, found):
    assert number(value, 9.0) == found


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (3, 3),
        (3.0, 3),
        ("3", 3),
        ("-3", -3),
        (3.5, None),
        ("3.0", None),
        ("", None),
        ("-", None),
        ("²", None),
        ("9" * 5000, None),
        (10**30, None),
        (True, None),
        (math.nan, None),
    ],
)
def test_a_whole_number_may_be_written_as_a_string(value, found):
    assert whole(value) == found


@pytest.mark.parametrize(
    ("field", "row"),
    [
        (["files", "3", "alt"], 3),
        (["files", 3], 3),
        (["input", "files", "0"], 0),
        (["files"], None),
        (["files", "-1"], None),
        ([None, {}, "7"], 7),
        ("files", None),
        (None, None),
    ],
)
def test_a_field_path_names_a_row_or_the_whole_call(field, row):
    assert path_row(field) == row


def test_half_a_surrogate_pair_and_a_null_character_do_not_reach_a_database():
    assert text("a\ud800b\0c") == "a?bc"
    assert text("ödd 🪑") == "ödd 🪑"
