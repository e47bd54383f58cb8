"""Stored JSON as another release would have written it, or as it is after damage: for tests of whatever reads it."""

from collections.abc import Callable, Iterator
from typing import Any

from tests.tiers import FULL

DEEP: Any = "bottom"
for _ in range(200):
    DEEP = {"deeper": [DEEP]}
STRANGE = (None, [], {}, "text", 7, 1.5, True, DEEP, [None], ["text"], [[]], [{}], {"text": "text"}, {"": None})
SWAPPED = "a list for an object, an object for a list"
WRONG: dict[str, Callable[[Any], Any]] = {
    "null": lambda value: None,
    SWAPPED: lambda value: {"0": value} if isinstance(value, list) else [value],
    "a text": lambda value: "text",
    "a number": lambda value: 2**70,
}


# To tell their kinds apart: for all tests that have to be green to land.
SOME = (0, 1, 2, 3, 4, 7, 12)  # of STRANGE


def damaged(value: Any, *, all_of_them: bool = FULL) -> Iterator[tuple[str, Any]]:
    """What was done, and the value after that: as a whole, everywhere in it, and at one place after another.

    All of them, or some values as a whole, and at each place one damage, each kind of damage in turn."""
    for one in STRANGE if all_of_them else [STRANGE[at] for at in SOME]:
        yield f"{one!r:.40} instead", one
    yield "a field more everywhere", _with_more(value)
    for name, wrong in WRONG.items():
        yield f"{name} for every value", _leaves(value, wrong)
    for at, place in enumerate(_places(value)):
        here: list[tuple[str, Any]] = [(f"without {place}", None)]
        here += [(f"{name} at {place}", WRONG[name]) for name in ("null", SWAPPED)]
        for name, wrong in here if all_of_them else [here[at % len(here)]]:
            yield name, _changed(value, place, wrong)


def _with_more(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _with_more(one) for name, one in value.items()} | {"of_tomorrow": {"more": [1, None]}}
    if isinstance(value, list):
        return [*map(_with_more, value), "of tomorrow", {"of_tomorrow": 1}, None]
    return value


def _leaves(value: Any, wrong: Callable[[Any], Any]) -> Any:
    if isinstance(value, dict) and value:
        return {name: _leaves(one, wrong) for name, one in value.items()}
    if isinstance(value, list) and value:
        return [_leaves(one, wrong) for one in value]
    return wrong(value)


def _places(value: Any, at: tuple = ()) -> Iterator[tuple]:
    """Of a list the first entry stands for all."""
    inner = value.items() if isinstance(value, dict) else enumerate(value[:1]) if isinstance(value, list) else ()
    for name, one in inner:
        yield (*at, name)
        yield from _places(one, (*at, name))


def _changed(value: Any, place: tuple, wrong: Callable[[Any], Any] | None) -> Any:
    """With another value at the place; None: with nothing there."""
    name, *rest = place
    copy = dict(value) if isinstance(value, dict) else list(value)
    if rest:
        copy[name] = _changed(copy[name], tuple(rest), wrong)
    elif wrong is None:
        del copy[name]
    else:
        copy[name] = wrong(copy[name])
    return copy
