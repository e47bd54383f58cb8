"""What makes an asset a swatch: a rule, or without one what it says of itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linking.domain.assets import Asset
from linking.domain.swatches import SwatchRule
from setup.swatch_rules import is_swatch, is_type_field

BY_ITSELF = SwatchRule.parse("", "")
KINDS = {"id": "kind_7", "label": "Asset type", "values": [["p", "Product shot"], ["swatch", "Muster"]]}


def of(**known) -> Asset:
    return Asset("a", "a", **known)


@pytest.mark.parametrize(
    "asset",
    [
        of(tags=("front", "swatch")),
        of(tags=("SWATCH",)),
        of(tags=("Color swatches",)),
        of(metadata={"dam_asset_type": "Swatches"}),
        of(context={"Type": "swatch"}),
        of(metadata={"kind": "swatch"}, context={"Shot type": "front"}),
        of(context={"Shot type": "swatch"}),
        of(metadata={"asset_type": "Swatch"}),
        of(metadata={"assetType": ("Campaign", "Color swatches")}),
        of(context={"Asset Type": "fabric-swatch"}),
        of(metadata={"bildtyp": "Farbmuster"}),
        of(metadata={"kind_7": "swatch"}),  # by the label of the field
        of(metadata={"kind_7": "Muster"}),  # and by the external ID of the value
    ],
)
def test_without_a_rule_a_type_or_the_tag_tells_a_swatch(asset):
    assert SwatchRule.parse("", "", known=[KINDS]).names(asset)


@pytest.mark.parametrize(
    "asset",
    [
        of(),
        of(tags=("swatches of spring", "no-swatch")),
        of(metadata={"asset_type": "Product shot", "notes": "swatch"}),
        of(metadata={"asset_type": "Not a swatch"}),
        of(context={"caption": "swatch"}),
        of(metadata={"file_type": "swatch"}, folder="Swatches", display_name="swatch"),
    ],
)
def test_nothing_else_does(asset):
    assert not SwatchRule.parse("", "", known=[KINDS]).names(asset)


def test_an_explicit_none_survives_and_a_rule_goes_before_both():
    asset = of(tags=("swatch", "chip"), metadata={"asset_type": "swatch"})
    assert not SwatchRule.parse("", "", off=True).names(asset)
    assert SwatchRule.parse("tags", "Chip", off=True).names(asset)
    assert not SwatchRule.parse("tags", "other").names(asset)


@pytest.mark.parametrize("value", ["swatch", "Muster", "MUSTER", "Swatch "])
@pytest.mark.parametrize("there", ["swatch", "Muster"])
def test_a_rule_compares_label_and_external_id_alike_whatever_their_case(value, there):
    rule = SwatchRule.parse("metadata:kind_7", value, known=[KINDS])
    assert rule.names(of(metadata={"kind_7": there}))
    assert not rule.names(of(metadata={"kind_7": "Product shot"}))
    assert not rule.names(of(metadata={"other": there}))


@given(st.text(max_size=20), st.sampled_from(["", "metadata:kind_7", "tags"]), st.booleans())
def test_whatever_the_values_are_a_rule_answers_and_every_value_is_itself(value, field, off):
    rule = SwatchRule.parse(field, value, off=off, known=[KINDS])
    assert not rule.names(of())
    if rule.field is not None:
        key = {"tags": (value,)} if field == "tags" else {"metadata": {"kind_7": value}}
        assert rule.names(of(**key))
    assert is_type_field(value) == is_type_field(value.upper()) or not value.isascii()
    assert is_swatch(value) == is_swatch(f" {value}_") or not value.isascii()
