"""Pages of a list, https://shopify.dev/docs/api/usage/pagination-graphql."""

import base64
import json
from collections.abc import Callable, Sequence
from typing import Any

from sandbox.shopify.wording import Refused

LONGEST = 250


def connection(
    items: Sequence[Any],
    key: Callable[[Any], str],
    *,
    first: int | None = None,
    last: int | None = None,
    after: str | None = None,
    before: str | None = None,
    reverse: bool | None = False,
    whole: int | None = None,
    most: int | None = None,
) -> dict[str, Any]:
    """{nodes, edges, pageInfo} of a page; `key` names an item in cursors. Raises BAD_REQUEST.

    `whole`: at most so many, however the page was wished for, as bulk operations read them; `most`: rows of any page.
    """
    if whole is not None:
        first, last, after, before = whole, None, None, None
    else:
        check_size(first, last)
        first, last = shorter(first, most), shorter(last, most)
    rows = list(reversed(items)) if reverse else list(items)
    keys = [key(row) for row in rows]
    start = position(after, keys, reverse) + 1 if after else 0
    stop = position(before, keys, reverse) if before else len(rows)
    page = rows[start:stop]
    if first is not None:
        stop = min(stop, start + first)
        page = page[:first]
    elif last is not None:
        start = max(start, stop - last)
        page = rows[start:stop]
    cursors = [cursor(key(row)) for row in page]
    return {
        "nodes": page,
        "edges": [{"node": row, "cursor": mark} for row, mark in zip(page, cursors, strict=True)],
        "pageInfo": {
            "hasNextPage": stop < len(rows),
            "hasPreviousPage": start > 0,
            "startCursor": cursors[0] if cursors else None,
            "endCursor": cursors[-1] if cursors else None,
        },
    }


def shorter(size: int | None, most: int | None) -> int | None:
    return size if size is None or most is None else min(size, most)


def check_size(first: int | None, last: int | None) -> None:
    if first is None and last is None:
        raise Refused("BAD_REQUEST", "you must provide one of first or last")
    if first is not None and last is not None:
        raise Refused("BAD_REQUEST", "providing both first and last is not supported")
    for name, size in (("first", first), ("last", last)):
        if size is not None and size > LONGEST:
            raise Refused("BAD_REQUEST", f"{name} must be less than or equal to {LONGEST}")
        if size is not None and size < 0:
            raise Refused("BAD_REQUEST", f"{name} must not be negative")


def cursor(key: str) -> str:
    return base64.b64encode(json.dumps({"last_id": key}).encode()).decode()


def position(mark: str, keys: Sequence[str], reverse: bool | None = False) -> int:
    """Where the cursor's item is. A row that has gone since counts as the one before it, if rows are sorted by number."""
    try:
        wanted = json.loads(base64.b64decode(mark, validate=True))["last_id"]
    except (ValueError, KeyError, TypeError) as error:
        raise Refused("BAD_REQUEST", "Malformed cursor") from error
    if wanted in keys:
        return keys.index(wanted)
    if not str(wanted).isdigit():
        raise Refused("BAD_REQUEST", "Malformed cursor")
    return sum(int(key) > int(wanted) if reverse else int(key) < int(wanted) for key in keys) - 1
