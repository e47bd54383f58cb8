"""What the landing tier leaves to the full one (tests/tiers.py)."""

from types import SimpleNamespace

import pytest

from tests.tiers import FULL, left_out, spread

ROOM = object()


def item(test, case, **marks):
    found = {name: SimpleNamespace(args=(value,)) for name, value in marks.items()}
    return SimpleNamespace(
        name=f"{test}[{case}]", originalname=test, parent=ROOM, case=case, get_closest_marker=found.get
    )


def landed(items):
    found = list(map(id, left_out(items)))
    return [item.case for item in items if id(item) not in found]


def items_of(test, count, **marks):
    """Hashable by identity, as pytest's are."""
    return [Item(**vars(item(test, case, **marks))) for case in range(count)]


class Item(SimpleNamespace):
    __hash__ = object.__hash__


@pytest.mark.skipif(FULL, reason="Nothing is left out of the full tier.")
def test_of_a_test_with_many_cases_as_many_land_as_it_says():
    assert len(landed(items_of("one", 10, cases=3))) == 3
    assert landed(items_of("one", 2, cases=3)) == [0, 1]


@pytest.mark.skipif(FULL, reason="Nothing is left out of the full tier.")
def test_tests_of_the_same_cases_keep_other_ones():
    assert landed(items_of("a", 6, cases=2)) != landed(items_of("another", 6, cases=2))


def test_what_has_no_mark_lands_and_what_is_for_the_full_tier_alone_does_not():
    assert landed(items_of("one", 3)) == [0, 1, 2]
    assert landed(items_of("one", 3, full=None)) == []


@pytest.mark.skipif(FULL, reason="Nothing is left out of the full tier.")
def test_one_of_many_is_enough_if_that_is_said():
    assert spread(range(7), 1) == [0]
    assert spread(range(7), 1, first=9) == [2]
