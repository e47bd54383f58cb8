"""When two texts are the same."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from setup.spelling import composed, folded, forms, plain, searched

SAME = {
    "a name from a Mac": ("Ku\u0308chenlampe A\u030as", "K\u00fcchenlampe \u00c5s"),
    "syllables from a Mac": ("\u1112\u1161\u11ab\u1100\u1173\u11af", "한글"),
    "a voiced kana": ("\u304b\u3099", "が"),
    "marks in another order": ("a\u0302\u0323", "a\u0323\u0302"),
    "as Vietnamese keyboards write": ("Gh\u00ea\u0301 g\u00f4\u0303", "Ghế gỗ"),
    "the signs for ohm, kelvin, and ångström": ("10 k\u2126 \u212a \u212b", "10 k\u03a9 K \u00c5"),
    "a letter that Unicode has twice": ("\ufa19\u6238", "\u795e\u6238"),
    "no-break spaces around": ("\u00a0S-1\u202f", "S-1"),
    "zero-width space and byte order mark": ("\ufeffS-1\u200b", "S-1"),
    "soft hyphen and marks of direction": ("\u00adS-1\u200e\u202c", "S-1"),
    "a scanner's control characters": ("\x02S-1\x1d\r\n", "S-1"),
    "blanks of Japanese keyboards": ("\u3000S-1\u3000", "S-1"),
    "several, mixed": (" \u200b\u00a0\tS-1\u2060 \ufeff", "S-1"),
}
OTHERS = {
    "case": ("ABC", "abc"),
    "wide letters": ("\uff21\uff22\uff11", "AB1"),
    "a ligature": ("\ufb01lter", "filter"),
    "a raised number": ("m\u00b2", "m2"),
    "a no-break space inside": ("Oak\u00a0chair", "Oak chair"),
    "another alphabet": ("\u0410BC", "ABC"),
    "a letter with and without its mark": ("Kuche", "Küche"),
    "flags": ("\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e007f", "\U0001f3f4"),
}


@pytest.mark.parametrize(("one", "other"), SAME.values(), ids=SAME)
def test_what_looks_alike_is_the_same(one, other):
    assert plain(one) == plain(other)
    assert folded(one) == folded(other)


@pytest.mark.parametrize(("one", "other"), OTHERS.values(), ids=OTHERS)
def test_what_only_case_or_compatibility_makes_equal_is_not_the_same(one, other):
    assert plain(one) != plain(other)


@pytest.mark.parametrize("case", ["case", "wide letters", "a ligature", "a raised number", "a no-break space inside"])
def test_folded_it_is(case):
    one, other = OTHERS[case]
    assert folded(one) == folded(other)


@pytest.mark.parametrize("case", ["case", "wide letters", "a ligature", "a raised number"])
def test_a_person_who_looks_for_it_finds_it(case):
    one, other = OTHERS[case]
    assert searched(one) == searched(other)


@pytest.mark.parametrize(("one", "other"), SAME.values(), ids=SAME)
def test_a_service_that_keeps_texts_as_they_come_is_asked_for_the_usual_forms(one, other):
    assert {plain(one), unicodedata.normalize("NFD", plain(one))} <= set(forms(other))


def test_a_text_of_vietnam_is_also_asked_for_as_it_is_typed_there():
    assert "Gh\u00ea\u0301 g\u00f4\u0303" in forms("Ghế gỗ")
    assert len(forms("Ghế gỗ")) == 3
    assert forms("한글") == ("한글", unicodedata.normalize("NFD", "한글"))


def test_a_plain_text_is_asked_for_once():
    assert forms(" SKU-1\u200b") == ("SKU-1",)


@given(st.text(), st.text(" \u00a0\u200b\ufeff\u00ad\t\u3000", max_size=3))
def test_blanks_and_forms_make_no_difference(text, edge):
    assert plain(edge + text + edge) == plain(text) == plain(unicodedata.normalize("NFD", text))
    assert plain(plain(text)) == plain(text) == composed(plain(text))


@given(st.text())
def test_every_form_is_the_same_text(text):
    assert {plain(form) for form in forms(text)} == {plain(text)}


@given(st.text())
def test_what_is_the_same_is_the_same_folded(text):
    assert folded(plain(text)) == folded(text) == folded(folded(text))
