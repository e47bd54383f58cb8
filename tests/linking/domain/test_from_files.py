"""What files carry as rows of a sheet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linking.domain.assets import Asset
from linking.domain.fields import BadField, CloudinaryField
from linking.domain.from_files import FromFiles
from linking.domain.keying import BadPattern
from setup.embedded_values import Embedded, embedded_of
from setup.reasons import Reason

ASKED = {"name": "Keywords", "regex": "", "code": "field:sku", "several": False, "replaces": False}


@given(st.lists(st.text(max_size=30), max_size=5), st.booleans())
def test_any_values_become_a_row_or_a_reason(words, several):
    asked = FromFiles.of(ASKED | {"several": several})
    embedded = embedded_of([{"Keywords": words}])
    cells = asked.cells(Asset("a1", "p"), embedded)
    values = embedded.of("Keywords")
    if not values:
        assert cells == Reason("sheet.not_in_file")
    elif len(values) == 1 or several:
        assert cells == ["a1", "; ".join(values)]
    else:
        assert isinstance(cells, Reason)
        assert cells.code == "sheet.several_in_file"
    assert FromFiles.of(asked.kept) == asked


def test_a_pattern_takes_the_sku_out_of_keywords():
    asked = FromFiles.of(ASKED | {"regex": r"^[A-Z]+-\d+$"})
    assert asked.cells(Asset("a1", "p"), Embedded({"Keywords": ("studio", "HOOK-1")})) == ["a1", "HOOK-1"]
    assert asked.columns == ["asset_id", "field:sku"]


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"code": "sku"}, {"code": "field:"}, {"regex": "("}, {"regex": "x" * 301}]
)
def test_what_cannot_be_asked_for_says_why(wrong):
    with pytest.raises((BadField, BadPattern)):
        FromFiles.of(ASKED | wrong)


@given(st.text(max_size=220))
def test_an_embedded_field_is_its_code_or_refused(name):
    try:
        field = CloudinaryField.parse(f"embedded:{name}")
    except BadField:
        return
    assert CloudinaryField.parse(str(field)) == field
    assert field.values(Asset("a", "p", embedded={field.key: ("x", "", "x", "y")})) == ("x", "y")
