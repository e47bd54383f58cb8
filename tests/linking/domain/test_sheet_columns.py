"""What a spreadsheet's columns hold, by their headings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linking.domain.sheet_columns import SheetField, possible, proposed

FIELDS = [
    SheetField("sku", "SKU", "string"),
    SheetField("sequence", "Sequence", "integer"),
    SheetField("asset_type", "Asset type", "enum", {"main": "Main picture"}),
    SheetField("expiration_date", "Ends", "date"),
    SheetField("material", "Stoff", "string"),
]


@pytest.mark.parametrize(
    ("heads", "codes"),
    [
        (["File name", "SKU", "Alt text"], ["file_name", "field:sku", "alt"]),
        (["DATEINAME", "Artikel-Nr.", "Reihenfolge"], ["file_name", "field:sku", "field:sequence"]),
        (["public_id", "sku(s)", "type"], ["public_id", "field:sku", "field:asset_type"]),
        (["Nom du fichier", "Référence", "Texte alternatif"], ["file_name", "field:sku", "alt"]),
        (["Asset-ID", "Valid until"], ["asset_id", "field:expiration_date"]),
        (["Bild", "stoff", "Material"], ["file_name", "field:material", ""]),
        (["SKU", "sku", "Status", "Price", ""], ["field:sku", "", "", "", ""]),
    ],
)
def test_headings_in_several_languages_and_spellings_are_known(heads, codes):
    assert proposed(heads, FIELDS) == codes


def test_a_field_of_the_environment_comes_before_what_is_usual():
    fields = [SheetField("x1", "Type", "string"), SheetField("asset_type", "Kind", "enum")]
    assert proposed(["type"], fields) == ["field:x1"]


@given(st.lists(st.text(max_size=30), max_size=20))
def test_whatever_stands_above_what_is_proposed_is_possible(heads):
    codes = proposed(heads, FIELDS)
    assert len(codes) == len(heads)
    assert possible(codes, FIELDS)


def test_what_stands_twice_or_is_unknown_is_not_possible():
    assert not possible(["alt", "alt"], FIELDS)
    assert not possible(["file_name", "field:price"], FIELDS)
    assert possible(["file_name", "", "", "field:sku"], FIELDS)
