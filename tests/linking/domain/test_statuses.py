"""How far an asset is: runs say what is linked and what failed, metadata says what is complete."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linking.domain.sheet_columns import SheetField
from linking.domain.statuses import ALL, COMPLETE, FAILED, LINKED, REQUIRES, after_run, by_metadata, is_ready

STATUSES = st.sampled_from(["", "other", *ALL])
VALUES = st.dictionaries(st.sampled_from("abc"), st.sampled_from(["", "x", ()]))
REQUIRED = st.lists(st.sampled_from("abc"), unique=True)


@pytest.mark.parametrize(
    ("failed", "linked", "found"),
    [(False, True, LINKED), (True, True, FAILED), (True, False, FAILED), (False, False, "")],
)
def test_what_failed_anywhere_has_failed(failed, linked, found):
    assert after_run(failed=failed, linked=linked) == found


@pytest.mark.parametrize(
    ("current", "values", "found"),
    [
        ("", {"a": "x"}, COMPLETE),
        ("", {}, REQUIRES),
        ("", {"a": ()}, REQUIRES),
        (REQUIRES, {"a": "x"}, COMPLETE),
        (COMPLETE, {}, REQUIRES),
        (COMPLETE, {"a": "x"}, ""),
        (LINKED, {}, ""),
        (FAILED, {}, ""),
        ("other", {"a": "x"}, ""),
    ],
)
def test_metadata_says_what_is_complete(current, values, found):
    assert by_metadata(current, values, ["a"]) == found


@given(STATUSES, VALUES, REQUIRED)
def test_a_second_time_nothing_changes(current, values, required):
    first = by_metadata(current, values, required) or current
    assert (by_metadata(first, values, required) or first) == first


@given(STATUSES, VALUES)
def test_without_required_fields_nothing_is_said(current, values):
    assert by_metadata(current, values, []) == ""


@pytest.mark.parametrize(
    ("field", "ready"),
    [
        (SheetField("status", "Status", "enum", dict.fromkeys(ALL, "x")), True),
        (SheetField("status", "Status", "enum", dict.fromkeys(ALL[:3], "x")), False),
        (SheetField("status", "Status", "string"), False),
    ],
)
def test_the_field_has_to_be_as_it_is_prepared(field, ready):
    assert is_ready({"status": field}) == ready
    assert not is_ready({})
