"""What a plan adds up to, in numbers and in words; and what carrying it out will cost."""

import pytest

from linking.domain.costs import Cost, Work, cost_of, is_ordered
from linking.domain.estimates import Counted, PlannedLine, count
from linking.domain.plan import FULL, MISPLACED, NEW_VERSION
from setup.reasons import NONE, Reason

LINES = [
    PlannedLine("p", "a", "add", "pending", NONE),
    PlannedLine("p", "b", "replace", "pending", NONE),
    PlannedLine("p", "c", "replace", "pending", NEW_VERSION),
    PlannedLine("p", "", "unlink", "pending", MISPLACED),
    PlannedLine("p", "d", "move", "pending", NONE),
    PlannedLine("q", "d", "move", "pending", NONE),
    PlannedLine("q", "e", "skip", "skipped", Reason(FULL, media=2)),
    PlannedLine("q", "f", "skip", "skipped", Reason("asset.restricted")),
    PlannedLine("r", "a", "add", "refused", NONE),
    PlannedLine("r", "s", "replace", "pending", NONE, swatch=True),
    PlannedLine("", "x", "skip", "skipped", NONE),
]


def test_each_line_counts_once_and_swatches_are_in_no_gallery():
    wanted = {"added": 2, "taken": 2, "losing": 1, "gaining": 1, "replaced": 1, "moved": 2, "moving": 2}
    wanted["skipped"] = 1
    assert count(LINES, galleries=3) == Counted(galleries=3, **wanted)


@pytest.mark.parametrize(
    ("numbers", "words", "at_least"),
    [
        (
            {"taken": 214, "losing": 66, "galleries": 70, "added": 3, "moved": 2, "swatches": 1},
            "Adds 3 pictures, moves 2, sets 1 swatch, removes 214 pictures from 66 of 70 galleries, variant pictures may change",
            "Removes at",
        ),
        (
            {"taken": 1, "losing": 1, "galleries": 1},
            "Removes 1 picture from 1 gallery, variant pictures may change",
            "Removes at least 1 picture from 1",
        ),
        ({"added": 1317, "galleries": 70}, "Adds 1,317 pictures, removes none", "Adds at least 1,317 pictures"),
        (
            {"added": 322, "moved": 2, "swatches": 15},
            "Adds 322 pictures, moves 2, sets 15 swatches, removes none",
            "Adds at least 322 pictures",
        ),
        ({"swatches": 1}, "Sets 1 swatch, removes none", "Sets at least 1 swatch"),
        ({"alts": 2}, "Changes 2 alt texts, removes none", "Changes at least 2 alt texts"),
        (
            {"replaced": 1},
            "Replaces 1 picture with a new version, removes none",
            "Replaces at least 1 picture with a new version",
        ),
        (
            {"moved": 3, "moving": 2},
            "Moves 3 pictures in 2 galleries, removes none",
            "Moves at least 3 pictures in 2",
        ),
        (
            {"added": 254, "moved": 42, "adopted": 74},
            "Adds 254 pictures, moves 42, adopts 74 that are there already, removes none",
            "Adds at least 254 pictures",
        ),
        ({"adopted": 1}, "Adopts 1 picture that is there already, removes none", "Adopts at least 1 picture that is"),
        (
            {"added": 328, "unlooked": 12},
            "Adds up to 328 pictures, removes none",
            "Adds 328 pictures, before AssetLink looks for pictures that are there already",
        ),
        (
            {"added": 3, "unlooked": 1, "taken": 2, "losing": 1, "galleries": 1},
            "Adds up to 3 pictures, removes 2 pictures from 1 gallery, variant pictures may change",
            "Removes at least 2 pictures from 1 gallery, variant pictures may change, before AssetLink looks",
        ),
        ({"galleries": 9}, "Changes no gallery", "Changes nothing so far"),
    ],
)
def test_what_is_taken_out_is_said_first_and_that_nothing_is_only_of_the_whole(numbers, words, at_least):
    counted = Counted(**numbers)
    assert "".join(counted.words) == words
    assert "".join(counted.at_least).startswith(at_least)
    assert "none" not in "".join(counted.at_least)


def test_what_stands_in_a_row_is_read_whatever_it_is():
    assert Counted.read({"added": 3, "taken": -1, "losing": "x", "else": 7}) == Counted(added=3)
    assert Counted.read(None) == Counted()


def test_a_run_costs_calls_of_many_at_a_time_and_an_order_for_each_gallery():
    appending = cost_of(Work(galleries=60, writing=60, files=60, arriving=60))
    assert appending == Cost(points=146, requests=7, mutations=2)
    ordering = cost_of(Work(galleries=60, writing=60, files=60, arriving=60, ordering=60))
    assert ordering.mutations == 62
    assert cost_of(Work(galleries=60)).mutations == 0


@pytest.mark.parametrize(
    ("after", "ordered"),
    [
        ([{"medium": "1"}, {"medium": "2"}, {"asset": "a", "file": "x"}], True),
        ([{"medium": "2"}, {"asset": "a", "file": "x"}], True),
        ([{"medium": "2"}, {"medium": "1"}], False),
        ([{"asset": "a", "file": "x"}, {"medium": "1"}], False),
    ],
)
def test_what_comes_is_added_at_the_end(after, ordered):
    assert is_ordered([{"id": "1"}, {"id": "2"}], after) is ordered
