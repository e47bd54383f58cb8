"""Link modes in a store that behaves in all the ways that nobody has recorded: right galleries, true words, nothing doubled."""

from itertools import combinations

import pytest

from tests.awkward.behaviours import BEHAVIOURS, EVERYTHING, can_meet, pairwise
from tests.awkward.scenarios import linked_twice
from tests.awkward.shop import MODES

ROWS = pairwise(MODES)


@pytest.mark.parametrize(
    ("mode", "behaviours"),
    [
        # All of them at once are for both tiers: below.
        pytest.param(mode, behaviours, id=f"{mode}-{at}", marks=pytest.mark.full)
        for at, (mode, behaviours) in enumerate(ROWS)
    ],
)
def test_a_mode_keeps_its_promise_under_several_behaviours(scene, mode, behaviours):
    assert linked_twice(scene, mode, behaviours) == []


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.cases(1)
def test_a_mode_keeps_its_promise_under_all_of_them_at_once(scene, mode):
    assert linked_twice(scene, mode, EVERYTHING) == []


def test_every_mode_meets_every_behaviour_and_every_two_behaviours_meet():
    met = {(mode, name) for mode, behaviours in ROWS for name in behaviours}
    assert met == {(mode, name) for mode in MODES for name in BEHAVIOURS}
    pairs = {frozenset(two) for _, behaviours in ROWS for two in combinations(behaviours, 2)}
    assert pairs >= {frozenset(two) for two in combinations(BEHAVIOURS, 2) if can_meet(*two)}
