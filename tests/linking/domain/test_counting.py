"""What keys and assets are counted as, and that the numbers add up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linking.domain.counting import AssetCounts, Fate, Standing, Tally, fate, one, plural, standing

SAID = st.sets(st.sampled_from(["matched", "ambiguous", "unmatched", "pending", "failed"]))
BARRED = st.sampled_from([None, Fate.UNLINKABLE, Fate.GONE])
GROUPS = st.lists(st.sampled_from(Standing), max_size=4)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"matched", "ambiguous", "pending"}, Standing.MATCHED),
        ({"ambiguous", "unmatched"}, Standing.AMBIGUOUS),
        ({"unmatched"}, Standing.UNMATCHED),
        ({"unmatched", "pending"}, Standing.PENDING),
        ({"unmatched", "failed"}, Standing.UNMATCHED),
        ({"failed"}, Standing.PENDING),
        (set(), Standing.PENDING),
    ],
)
def test_one_store_that_has_a_key_is_enough_and_none_has_said_anything_before_it_answered(said, expected):
    assert standing(said) == expected


@given(SAID)
def test_an_excluded_group_counts_only_as_excluded(said):
    assert standing(said, excluded=True) == Standing.EXCLUDED


@given(st.lists(st.tuples(SAID, st.booleans())))
def test_keys_add_up_to_all_groups(groups):
    tally = Tally.of([standing(said, excluded=out) for said, out in groups])
    assert tally.groups == len(groups)
    assert tally.excluded == sum(out for _, out in groups)


@given(st.lists(st.tuples(GROUPS, st.booleans(), BARRED)))
def test_assets_add_up_to_all_that_were_selected(assets):
    counts = AssetCounts.of(fate(groups, excluded=out, barred=barred) for groups, out, barred in assets)
    assert counts.total == len(assets) == counts.linked + sum(number for _, number in counts.reasons)


@given(GROUPS, st.booleans(), BARRED)
def test_an_asset_is_linked_if_one_of_its_groups_is_and_nothing_keeps_it(groups, excluded, barred):
    found = fate(groups, excluded=excluded, barred=barred)
    assert (found == Fate.LINKED) == (not excluded and not barred and Standing.MATCHED in groups)
    assert (found == Fate.KEYLESS) == (not groups and not excluded)


@pytest.mark.parametrize(
    ("label", "expected"),
    [("SKU", "SKUs"), ("Public ID", "Public IDs"), ("Tags", "Tags"), ("Artikelnummer", "keys"), ("", "keys")],
)
def test_keys_are_called_by_their_field_where_that_has_a_plural(label, expected):
    assert plural(label) == expected


@pytest.mark.parametrize(
    "expected",
    [
        "a SKU",
        "an MPN",
        "an ISBN",
        "a UPC",
        "an Item",
        "a Unit",
        "an Upper",
        "an Hour",
        "a Handle",
        "a European size",
        "Tags",
        "an Address",
    ],
)
def test_a_value_of_a_field_has_the_article_that_is_spoken(expected):
    assert one(expected.split(" ", 1)[-1]) == expected
    assert one("") == "a "
