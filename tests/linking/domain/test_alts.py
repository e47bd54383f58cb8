"""Alt texts: lengths, cutting at a word, and what a field makes of one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linking.domain.alts import MAX_ALT, AltPolicy, Sense, cut, from_field, new_alt, one_line, own, sense_of
from linking.domain.assets import Asset
from linking.domain.fields import CloudinaryField


def asset(**known) -> Asset:
    return Asset(asset_id="1", public_id="shop/front", **known)


def test_a_text_that_fits_stays_as_it_is():
    assert cut("A brown bag", 11) == "A brown bag"


@pytest.mark.parametrize("text", ["\u200b", "\u00a0 \ufeff"])
def test_a_text_of_nothing_that_can_be_seen_is_none(text):
    assert own(asset(context={"alt": text})) == one_line(text) == ""
    assert new_alt(AltPolicy.FILL, text, "A chair") == "A chair"


def test_a_long_text_is_cut_at_a_word():
    assert cut("A brown bag with a long strap", 20) == "A brown bag with a…"


def test_punctuation_before_the_cut_goes_too():
    assert cut("A brown bag, a long strap", 16) == "A brown bag, a…"
    assert cut("A brown bag, along", 14) == "A brown bag…"


def test_a_single_word_that_is_too_long_is_cut_inside():
    assert cut("x" * 30, 10) == "x" * 9 + "…"


def test_line_breaks_and_doubled_spaces_become_single_spaces():
    assert one_line(" A brown\n\n bag\t") == "A brown bag"


@given(st.text(), st.integers(2, MAX_ALT))
def test_what_is_cut_is_never_longer_than_asked_for_and_cutting_again_changes_nothing(text, most):
    assert len(cut(text, most)) <= most
    assert cut(cut(text, most), most) == cut(text, most)


@given(st.text())
def test_what_is_cut_begins_as_the_text_began(text):
    assert one_line(text).startswith(cut(text, 20).removesuffix("…").rstrip()) or one_line(text).endswith("…")


def test_a_field_with_several_values_becomes_a_list():
    field = CloudinaryField.parse("metadata:materials")
    assert from_field(field, asset(metadata={"materials": ("oak", "wool")})) == "oak, wool"


def test_a_field_without_a_value_is_no_text():
    assert from_field(CloudinaryField.parse("context:title"), asset()) == ""


def test_a_field_with_a_very_long_value_is_cut_at_shopifys_limit():
    text = from_field(CloudinaryField.parse("context:story"), asset(context={"story": "word " * 200}))
    assert len(text) <= MAX_ALT
    assert text.endswith("word…")


def test_an_assets_own_text_is_that_of_its_context():
    assert own(asset(context={"alt": " A bag "})) == "A bag"
    assert own(asset()) == ""


@pytest.mark.parametrize("policy", AltPolicy)
@pytest.mark.parametrize("current", ["", "There"])
@pytest.mark.parametrize("wanted", ["", "Wanted"])
def test_a_decision_of_a_person_is_set_whatever_the_policy_and_an_empty_one_clears(policy, current, wanted):
    assert new_alt(policy, current, wanted, explicit=True) == wanted


@pytest.mark.parametrize(
    ("policy", "current", "wanted", "then"),
    [
        ("keep", "", "Wanted", ""),
        ("fill", "", "Wanted", "Wanted"),
        ("fill", "There", "Wanted", "There"),
        ("overwrite", "There", "Wanted", "Wanted"),
        ("overwrite", "There", "", "There"),
    ],
)
def test_a_text_from_a_field_obeys_the_policy_and_never_takes_one_away(policy, current, wanted, then):
    assert new_alt(policy, current, wanted) == then


@pytest.mark.parametrize(
    ("code", "label", "values", "sense"),
    [
        ("metadata:sku", "SKU", ["FF-1001-FER-S", "FF-1002"], Sense.NONE),
        ("metadata:sequence", "Sequence", ["1", "2.5"], Sense.NONE),
        ("metadata:sequence", "Title", ["1", "2"], Sense.NONE),
        ("metadata:expires", "Expires", ["2026-11-29", "2026-11-29 10:00:00"], Sense.NONE),
        ("metadata:approved", "Approved", ["true", "No"], Sense.NONE),
        ("context:source", "source (context)", ["https://example.com/a chair.jpg", "www.example.com"], Sense.NONE),
        ("public_id", "Public ID", ["a chair by the sea"], Sense.NONE),
        ("display_name", "Display name", ["IMG_0042.jpg", "IMG_0043.jpg", "chair"], Sense.NONE),
        ("metadata:colour", "Colour", ["Fern", "Oat"], Sense.NAME),
        ("display_name", "Display name", ["Oak chair, front 2", "Oak chair"], Sense.TEXT),
        ("metadata:alt_text_en", "Alt text", ["Chair"], Sense.MEANT),
        ("context:caption", "caption (context)", ["A chair by the sea"], Sense.MEANT),
        ("metadata:saltiness", "Saltiness", ["very salty"], Sense.TEXT),
        ("metadata:none", "None", [], Sense.NONE),
    ],
)
def test_a_field_serves_as_alt_text_by_its_name_and_by_what_it_mostly_holds(code, label, values, sense):
    assert sense_of(code, label, values) == sense
