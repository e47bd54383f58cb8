"""What files are called: slugs of any text, and templates."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from setup.file_names import MOST, MOST_TEMPLATE, BadTemplate, Template, slug

VALID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
TEMPLATES = st.lists(
    st.sampled_from(
        ["{asset.name}", "{product.title}", "{option.color}", "{key}", "{position}", "-", " of ", "Ünder "]
    ),
    max_size=8,
).map("".join)


@given(st.text(max_size=300), st.integers(1, 120))
def test_a_slug_is_words_of_letters_and_digits_and_a_slug_of_itself(text, most):
    found = slug(text, most)
    assert found == "" or (VALID.fullmatch(found) and len(found) <= most)
    assert slug(found, most) == found


@given(
    TEMPLATES,
    st.dictionaries(st.sampled_from(["asset.name", "product.title", "option.color", "key"]), st.text(max_size=300)),
)
def test_whatever_the_values_are_a_template_gives_words_that_every_address_takes(template, values):
    found = Template.parse(template).slug(lambda name: values.get(name, ""))
    assert VALID.fullmatch(found)
    assert len(found) <= MOST


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Stühle & Bänke, weiß", "stuehle-baenke-weiss"),
        ("GRÖẞE", "groesse"),
        ("Stu\u0308hle", "stuehle"),
        ("Café für Gäste", "cafe-fuer-gaeste"),
        ("Smörgås på bänk", "smorgas-pa-bank"),
        ("Gümüş kaşık", "gumus-kasik"),
        ("pingüino", "pinguino"),
        ("Ærø Łódź", "aero-lodz"),
        ("Crème brûlée", "creme-brulee"),
        ("  --Oak_chair.. 2 --", "oak-chair-2"),
        ("🔥 Sale 🔥", "sale"),
        ("Кресло дубовое", "kreslo-dubovoe"),
        ("カリモク", "karimoku"),
        ("椅子", "yizi"),
        ("كرسي", "krsy"),
        ("Đà Nẵng", "da-nang"),
        ("Oak™ 2½", "oak-2-1-2"),
        ("🔥", ""),
        ("x" * 200, "x" * 100),
        ("word " * 40, "-".join(["word"] * 20)),
    ],
)
def test_a_slug_is_written_as_people_expect_it(text, wanted):
    assert slug(text) == wanted


VALUES = {"asset.name": "Front", "product.title": "Oak chair", "key": "OAK-1", "option.color": "Grün", "position": "2"}


@pytest.mark.parametrize(
    ("template", "wanted"),
    [
        ("", "front"),
        ("{asset.name}", "front"),
        ("{product.title} {option.color} {position}", "oak-chair-gruen-2"),
        ("{ product.title }-{option.Material}-{asset.name}", "oak-chair-front"),
        ("{option.Material}", "front"),
        ("{product.handle}/{key}", "oak-1"),
        ("shop", "shop"),
    ],
)
def test_a_template_leaves_out_what_a_file_has_no_value_for(template, wanted):
    assert Template.parse(template).slug(lambda name: VALUES.get(name, "")) == wanted


def test_without_any_words_it_is_called_asset():
    assert Template.parse("{product.title}").slug(lambda name: "") == "asset"


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{product.name}", "There is no “{product.name}”. Write {asset.name}, {product.title}, "),
        ("{}", "There is no “{}”."),
        ("{option.}", "There is no “{option.}”."),
        ("{asset.name", "A brace is open or closed alone."),
        ("asset.name}", "A brace is open or closed alone."),
        ("{{asset.name}}", "A brace is open or closed alone."),
        ("x" * (MOST_TEMPLATE + 1), "The template is longer than 200 characters."),
    ],
)
def test_what_cannot_be_a_template_says_why(template, said):
    with pytest.raises(BadTemplate) as refusal:
        Template.parse(template)
    assert said in str(refusal.value)
