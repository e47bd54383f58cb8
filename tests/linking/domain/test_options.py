"""How far a picture or a swatch reaches: which option tells the colour, and who gets what where groups conflict."""

import pytest
from hypothesis import given as examples
from hypothesis import strategies as st

from linking.domain.options import COLOR, MATCHED, Claim, given, is_reach, offered, option_of

SIZES = ("S", "M")
SHIRT = {f"{color}-{size}": {"Size": size, "Color": color} for color in ("Fern", "Oat") for size in SIZES}
BY_SIZE = "option:size"


def got(claims, reach=COLOR, options=SHIRT):
    return {one.variant: (one.asset, one.own) for one in given(claims, options, reach)}


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ([{"Size": "S", "Colour": "Red"}], "Colour"),
        ([{"Größe": "S", "FARBE": "Rot"}], "FARBE"),
        ([{"Tamanho": "S", "Cor": "Azul", "Estilo": "Liso"}], "Cor"),
        ([{"Frame color": "Oak", "Fabric color": "Red"}], "Frame color"),  # the first of several
        ([{"Finish": "Oak", "Länge": "40 cm"}, {"Finish": "Ash", "Länge": "60 cm"}], "Finish"),
        ([{"Look": "Oak", "Option2": "2XL"}, {"Look": "Ash", "Option2": "38"}], "Look"),
        ([{"Finish": "Oak", "Pattern": "Dots"}], None),  # either could be meant
        ([{"Size": "S"}], None),
        ([{"Material": "Oak"}], None),  # every variant has a value of its own
        ([{"Title": "Default Title"}], None),
        ([], None),
    ],
)
def test_the_colour_option_is_known_by_its_name_or_is_the_only_one_beside_sizes(options, found):
    assert option_of(COLOR, options) == found


def test_another_option_is_found_whatever_the_case_and_none_where_nothing_reaches_further():
    assert option_of("option: SIZE", SHIRT.values()) == "Size"
    assert (option_of("option:Fit", SHIRT.values()), option_of(MATCHED, SHIRT.values())) == (None, None)
    assert [is_reach(one) for one in (COLOR, MATCHED, BY_SIZE, "option:", "option: ", "", None, 5)] == [True] * 3 + [
        False
    ] * 5


def test_of_the_names_of_options_each_counts_once_a_product_and_no_name_of_shopifys_own_counts():
    found = offered([["Size"], ["size", "SIZE"], ["Größe", "Size", "Title"], ["Title", ""], []])
    assert [(one.name, one.products) for one in found] == [("Size", 3), ("Größe", 1)]


def test_a_picture_reaches_every_variant_of_the_same_colour_unless_it_should_not():
    claim = Claim("F", ("f1", "f2"), ("Fern-S",))
    assert got([claim]) == {"Fern-S": ("f1", True), "Fern-M": ("f1", False)}
    assert got([claim], BY_SIZE) == {"Fern-S": ("f1", True), "Oat-S": ("f1", False)}
    assert got([claim], MATCHED) == {"Fern-S": ("f1", True)}


def test_the_first_group_wins_where_several_reach_a_variant_and_its_own_group_goes_before():
    options = {**SHIRT, "Fern-L": {"Size": "L", "Color": "fern "}}
    claims = [Claim("A", ("a",), ("Fern-S",)), Claim("B", ("b",), ("Fern-M",)), Claim("C", ("a",), ("Fern-M",))]
    found = {one.variant: one for one in given(claims, options, COLOR)}
    assert (found["Fern-S"].asset, found["Fern-M"].asset, found["Fern-L"].asset) == ("a", "b", "a")
    assert (found["Fern-L"].own, found["Fern-L"].key, found["Fern-L"].over) == (False, "A", ("B",))
    assert (found["Fern-S"].over, found["Fern-M"].over) == ((), ("C",))


CLAIM = st.builds(
    Claim,
    st.sampled_from("ABC"),
    st.lists(st.sampled_from("abcd"), max_size=2).map(tuple),
    st.lists(st.sampled_from([*SHIRT, "gone"]), max_size=3).map(tuple),
)


@examples(st.lists(CLAIM, max_size=5), st.sampled_from([COLOR, MATCHED, BY_SIZE, "option:Fit"]))
def test_each_variant_gets_one_thing_its_own_first_and_nothing_that_nobody_gives(claims, reach):
    found = given(claims, SHIRT, reach)
    assert len({one.variant for one in found}) == len(found)
    owned = {}
    for claim in claims:
        for variant in claim.variants:
            if claim.assets:
                owned.setdefault(variant, claim.assets[0])
    assert {one.variant: one.asset for one in found if one.own} == owned
    name = option_of(reach, SHIRT.values())
    for one in found:
        assert any(one.asset == claim.assets[0] and one.key == claim.key for claim in claims if claim.assets)
        shared = {SHIRT[variant][name] for claim in claims for variant in claim.variants if name and variant in SHIRT}
        assert one.own or SHIRT[one.variant][name] in shared
    if name:
        values = {SHIRT[variant][name] for variant in owned if variant in SHIRT}
        assert {one.variant for one in found} == {id for id in SHIRT if SHIRT[id][name] in values} | set(owned)
