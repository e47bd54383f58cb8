"""What the landing tier leaves to the full one (tests/tiers.py)."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from script import landing
from tests.tiers import FULL, beyond, left_out, spread

ROOM = object()


def item(test, case, **marks):
    found = {name: SimpleNamespace(args=(value,)) for name, value in marks.items()}
    return SimpleNamespace(
        nodeid=f"{test}[{case}]",
        name=f"{test}[{case}]",
        originalname=test,
        parent=ROOM,
        case=case,
        get_closest_marker=found.get,
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


def test_what_walks_nothing_by_itself_is_named_as_it_is_called():
    """A test that was renamed lands again, which is safe; a name that nothing has would only be clutter."""
    root = Path(__file__).resolve().parents[2]
    found = [name.split("[")[0].split("::") for name in sorted(beyond())]
    texts = {file: (root / file).read_text() if (root / file).exists() else "" for file, *_ in found}
    gone = [f"{file}::{test}" for file, *_, test in found if not re.search(rf"def {test}\(", texts[file])]
    assert gone == [], "Run script/full tiers, or take them out of tests/beyond_landing.txt"


def test_the_dearest_go_first_as_long_as_another_test_walks_each_branch():
    walks = {"dear": {1, 2}, "alone": {1, 9}, "cheap": {1, 2}, "trifle": {1, 2}, "none": set()}
    costs = {"dear": 4.0, "alone": 3.0, "cheap": 2.0, "trifle": 0.1, "none": 5.0}
    assert landing.beyond(costs, walks) == ["dear", "cheap"]


def test_cases_of_one_test_do_not_all_go():
    walks = {name: {1} for name in ("one[a]", "one[b]", "another")}
    assert landing.beyond({"one[a]": 3.0, "one[b]": 2.0, "another": 0.0}, walks) == ["one[a]"]


def test_what_guards_people_and_what_starts_processes_stays():
    for name in (
        "tests/browser/test_a.py::test_b",
        "tests/x.py::test_nothing_of_another_environment",
        "tests/routes/t.py::t",
    ):
        assert landing.stays(name)
    assert not landing.stays("tests/linking/views/test_links.py::test_one_press_makes_one_run")
