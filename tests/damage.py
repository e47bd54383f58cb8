"""Stored JSON as another release would have written it, or as it is after damage: for tests of whatever reads it."""

from collections.abc import Callable, Iterator
from typing import Any

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


def damaged(value: Any) -> Iterator[tuple[str, Any]]:
    """What was done, and the value after that: as a whole, everywhere in it, and at one place after another."""
    for one in STRANGE:
        yield f"{one!r:.40} instead", one
    yield "a field more everywhere", _with_more(value)
    for name, wrong in WRONG.items():
        yield f"{name} for every value", _leaves(value, wrong)
    for place in _places(value):
        yield f"without {place}", _changed(value, place, None)
        for name in ("null", SWAPPED):
            yield f"{name} at {place}", _changed(value, place, WRONG[name])


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
