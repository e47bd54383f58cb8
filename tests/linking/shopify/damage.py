"""Damaging a right answer: any of its nodes becomes null, goes missing, or turns into what nobody expects there."""

import copy
import json
from collections.abc import Iterator

from hypothesis import strategies as st

MISSING = "\N{EMPTY SET}"  # the node goes missing
DEEP, NAN = "\N{DOWNWARDS ARROW}", "\N{INFINITY}"  # written as no JSON library would
COMMON = [MISSING, None, "x", 1.5, True, [], {}, [None], {"a": 1}]
ODD = [*COMMON, "", "gid://shopify/Thing/1", "\ud800\0", 0, -1, 1e308, 10**30, False]
ODD += [["x"], [[[]]], {"message": None}, {"id": 5}, [{}], DEEP, NAN]

Path = tuple[str | int, ...]
ANYTHING = st.recursive(
    st.sampled_from(ODD[1:]) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["data", "errors", "nodes", "id"]), inner),
    max_leaves=8,
)  # fmt: skip


def paths_of(node: object, here: Path = ()) -> Iterator[Path]:
    """Every place of an answer, its root among them."""
    yield here
    rows = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for name, inner in rows:
        yield from paths_of(inner, (*here, name))


def damaged(body: object, path: Path, value: object) -> object:
    """A copy of the body with `value` at the path. A path that is not there any more changes nothing."""
    if not path:
        return None if value is MISSING else value
    kept = copy.deepcopy(body)
    node = kept
    try:
        for step in path[:-1]:
            node = node[step]
        if value is MISSING:
            del node[path[-1]]
        else:
            node[path[-1]] = value
    except (KeyError, IndexError, TypeError):
        return body
    return kept


def written(body: object) -> bytes:
    deep = "[" * 50_000 + "]" * 50_000
    return json.dumps(body).replace(json.dumps(DEEP), deep).replace(json.dumps(NAN), "NaN").encode()


@st.composite
def damages(draw: st.DrawFn) -> list[tuple[int, object]]:
    """Places, as numbers to be taken modulo their count, and what comes there."""
    return draw(st.lists(st.tuples(st.integers(0, 9999), st.sampled_from(ODD) | ANYTHING), min_size=1, max_size=4))


def with_damages(body: object, wanted: list[tuple[int, object]]) -> object:
    for at, value in wanted:
        paths = list(paths_of(body))
        body = damaged(body, paths[at % len(paths)], value)
    return body
