"""Two tiers: what has to be green to land, and `script/full`, which plays every case of every product and far more examples.

A test of the full tier alone has the mark `full`; of one with the mark `cases(n)` so many cases are in both tiers. A product of
cases keeps in both what tells its kinds apart: each value of each parameter at least once, spread over the product.
`beyond_landing.txt` names the dearest tests that walk no branch which none of the others walks: `script/full tiers` measures
that and writes it. docs/testing.md says what each tier holds.
"""

import os
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest

FULL = os.environ.get("TIER") == "full"
BEYOND = Path(__file__).with_name("beyond_landing.txt")


def landing(cases: Iterable[Any], kept: Collection[Any]) -> list[Any]:
    """Parameters for parametrize: the ones besides those that are `kept` are for the full tier alone."""
    found = list(cases)
    assert (missing := [one for one in kept if one not in found]) == [], missing
    return [case if case in kept else only_full(case) for case in found]


def product_of(*lists: Sequence[Any]) -> list[Any]:
    """Their product for parametrize, of which the diagonal is for both tiers."""
    return landing(product(*lists), diagonal(*lists))


def left_out(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """What the landing tier leaves to the full one: tests with the mark `full`, those that walk nothing by themselves, and the
    cases of a test with the mark `cases(n)` but for n of them, evenly spread; another n for each test, so that tests of the same
    cases have all of them between them."""
    cases: dict[tuple[Any, str], list[pytest.Item]] = {}
    for item in items:
        if item.get_closest_marker("cases"):
            cases.setdefault((item.parent, getattr(item, "originalname", item.name)), []).append(item)
    others = {item for item in items if item.get_closest_marker("full")}
    for (_, name), of_one in cases.items():
        mark = of_one[0].get_closest_marker("cases")
        assert mark
        of_both = [item for item in of_one if item not in others]
        others |= set(of_both) - set(spread(of_both, mark.args[0], first=crc32(name.encode())))
    # Last, so that of a test with cases no other ones take the place of those that are left out here.
    return [item for item in items if item in others or item.nodeid in beyond()]


@cache
def beyond() -> frozenset[str]:
    return frozenset(() if "ALL_LAND" in os.environ else BEYOND.read_text().splitlines())


def only_full(case: Any) -> Any:
    if hasattr(case, "marks"):
        return pytest.param(*case.values, id=case.id, marks=(*case.marks, pytest.mark.full))
    values = case if isinstance(case, tuple) and not hasattr(case, "_fields") else (case,)
    return pytest.param(*values, marks=pytest.mark.full)


def diagonal(*lists: Sequence[Any]) -> list[tuple]:
    """Of the product of these lists as few cases as have every value: the longest list once, the others in turn beside it."""
    return [tuple(one[at % len(one)] for one in lists) for at in range(max(map(len, lists)))]


def spread(cases: Iterable[Any], most: int, *, first: int = 0) -> list[Any]:
    """All of them in the full tier; else so many at most, evenly: the first, the last, and what lies between. Another
    `first` makes it other ones, in a ring."""
    found = list(cases)
    if FULL or len(found) <= most:
        return found
    found = found[first % len(found) :] + found[: first % len(found)]
    return [found[round(at * (len(found) - 1) / max(1, most - 1))] for at in range(most)]


def together(cases: Sequence[Any]) -> list[Any]:
    """For parametrize, lists of cases: each by itself in the full tier; else all in one, as what they share takes longer to make
    than to look at."""
    return [[case] for case in cases] if FULL else [list(cases)]


def drawn(landing: int, full: int) -> int:
    """How many examples Hypothesis draws."""
    return full if FULL else landing
