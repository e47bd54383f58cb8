"""The values nearest to a key that matched nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linking.domain.matching import Candidate
from linking.domain.nearest import CUTOFF, MAX_NEAREST, Nearest, likeness, spellings

CODES = st.text("AB01-_ x", max_size=8)


def nearest(key: str, *values: str) -> list[str]:
    found = Nearest([key])
    found.look(Candidate(f"p{at}", (value,)) for at, value in enumerate(values))
    return [near.value for near in found.found().get(key, ())]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("SKU-012", "SKU-0012"),
        ("SKU-012", "sku 12"),
        ("SKU012", "SKU-012"),
        ("ABC_1", "ABC-1"),
        ("4006381333931", "04006381333931"),
        ("Oak chair ", "OAK CHAIR"),
    ],
)
def test_case_signs_spaces_and_leading_zeros_make_the_nearest(key, value):
    assert likeness(key, value) == 100
    assert nearest(key, "something else", value) == [value]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("ABC-1-front", "ABC-1"),
        ("ABC-1", "ABC-1-BLUE-M"),
        ("Oak chiar", "Oak chair"),
        ("4006381333931", "4006381333913"),
    ],
)
def test_what_is_cut_off_added_or_mistyped_comes_near(key, value):
    assert CUTOFF <= likeness(key, value) < 100
    assert nearest(key, value) == [value]


@pytest.mark.parametrize(
    ("key", "value"), [("SKU-012", "SKU-013"), ("2021", "2022"), ("A1", "A"), ("oak", "---"), ("", "x")]
)
def test_another_number_is_another_thing(key, value):
    assert nearest(key, value) == []


def test_at_most_three_are_kept_the_likest_first():
    values = [f"ABC-1-{word}" for word in ("red", "blue", "green", "black")]
    found = nearest("ABC-1", *values, "abc 01")
    assert len(found) == MAX_NEAREST
    assert found[0] == "abc 01"


def test_variants_that_share_a_value_are_one_suggestion():
    found = Nearest(["SKU-012"])
    found.look([Candidate("p", ("SKU-12",), "v1", "Blue"), Candidate("p", ("SKU-12",), "v2", "Red")])
    [near] = found.found()["SKU-012"]
    assert near.variants == {"v1": "Blue", "v2": "Red"}


@given(st.lists(CODES, max_size=6), st.lists(CODES, max_size=20), st.integers(1, 7))
def test_values_in_pieces_give_the_same_as_all_at_once(keys, values, size):
    candidates = [Candidate(f"p{at}", (value,)) for at, value in enumerate(values)]
    whole, pieces = Nearest(keys), Nearest(keys)
    whole.look(candidates)
    for at in range(0, len(candidates), size):
        pieces.look(candidates[at : at + size])
    assert whole.found() == pieces.found()


@given(CODES, st.lists(CODES, max_size=20))
def test_a_suggestion_is_never_the_key_itself_and_never_far_from_it(key, values):
    found = nearest(key, *values)
    assert key not in found
    assert all(likeness(key, value) >= CUTOFF for value in found)
    assert len(found) <= MAX_NEAREST


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("SKU-012", "SKU-0012"),
        ("SKU-012", "SKU-12"),
        ("SKU-012", "SKU012"),
        ("SKU012", "SKU 012"),
        ("SKU12", "SKU 012"),
        ("SKU-12", "SKU012"),
        ("ABC-1_front", "ABC-1"),
        ("Oak chair tall", "Oak chair"),
        ("4006381333931", "04006381333931"),
    ],
)
def test_a_key_is_looked_for_in_other_spellings(key, text):
    assert text in spellings(key)


@given(st.text(max_size=30))
def test_spellings_are_few_and_never_the_key_itself(key):
    found = spellings(key)
    assert key not in found
    assert len(found) == len(set(found)) <= 12
