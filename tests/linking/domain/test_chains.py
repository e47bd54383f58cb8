"""Parts of a selection that is too large for one: split between groups, never within one."""

from math import ceil

from hypothesis import given
from hypothesis import strategies as st

from linking.domain.chains import families_of, in_pieces, split

KEYS = st.sampled_from([f"k{n}" for n in range(12)])
ASSETS = st.lists(st.lists(KEYS, max_size=2, unique=True), max_size=60)
ONE_KEY = st.lists(st.lists(KEYS, max_size=1), max_size=60)
MOST = st.integers(1, 15)


def test_groups_fill_parts_in_the_order_of_their_first_assets_and_keyless_assets_the_rest():
    assets = [["a"], ["b"], ["a"], [], ["c"], ["b"], ["c"], []]
    assert split(assets, 4) == [[0, 1, 2, 5], [3, 4, 6, 7]]
    assert split(assets, 3) == [[0, 2, 3], [1, 5, 7], [4, 6]]


def test_an_asset_with_two_keys_keeps_both_groups_together():
    assert families_of([["a"], ["b"], ["c"], ["a", "c"]]) == [[0, 2, 3], [1]]
    assert split([["a"], ["b"], ["c"], ["a", "c"]], 3) == [[0, 2, 3], [1]]


def test_a_group_that_is_larger_than_a_part_is_a_part_alone():
    assert split([["a"], ["b"], ["a"], ["a"], []], 2) == [[0, 2, 3], [1, 4]]


def test_nothing_makes_no_part():
    assert split([], 5) == []


@given(ASSETS, MOST)
def test_every_asset_is_in_one_part_and_none_is_lost(assets, most):
    parts = split(assets, most)
    assert sorted(place for part in parts for place in part) == list(range(len(assets)))
    assert all(part and part == sorted(part) for part in parts)


@given(ASSETS, MOST)
def test_no_group_is_split(assets, most):
    homes = {}
    for at, part in enumerate(split(assets, most)):
        for place in part:
            for key in assets[place]:
                assert homes.setdefault(key, at) == at


@given(ASSETS, MOST)
def test_a_part_is_larger_than_it_should_be_only_for_one_family(assets, most):
    sizes = {place: len(family) for family in families_of(assets) for place in family}
    for part in split(assets, most):
        assert len(part) <= most or {sizes[place] for place in part} == {len(part)}


@given(ASSETS, MOST)
def test_there_are_few_parts_because_no_two_would_fit_into_one(assets, most):
    sizes = [len(part) for part in split(assets, most)]
    assert all(one + other > most for at, one in enumerate(sizes) for other in sizes[at + 1 :])
    assert len(sizes) <= 2 * ceil(len(assets) / most)


@given(ASSETS, MOST)
def test_splitting_again_what_came_first_changes_nothing(assets, most):
    """The same assets in the same order are split alike, and a part that is split again stays whole."""
    parts = split(assets, most)
    assert split(list(assets), most) == parts
    for part in parts:
        assert len(split([assets[place] for place in part], max(most, len(part)))) == 1


@given(ONE_KEY)
def test_a_family_of_assets_with_one_key_is_their_group(assets):
    for family in families_of(assets):
        assert len({tuple(assets[place]) for place in family}) == 1
        assert assets[family[0]] or len(family) == 1


@given(st.integers(0, 50), MOST)
def test_before_keys_are_known_pieces_follow_each_other(count, most):
    pieces = [list(piece) for piece in in_pieces(count, most)]
    assert [place for piece in pieces for place in piece] == list(range(count))
    assert all(0 < len(piece) <= most for piece in pieces)
