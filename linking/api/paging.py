"""Long lists, page by page: a cursor that only we can read, and nothing that counts rows or skips them."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.db.models import QuerySet

from linking.api.problems import Problem
from linking.domain import cursors
from linking.domain.cursors import written

MOST = 250
Row = TypeVar("Row")


def page_of(rows: QuerySet, cursor: str, limit: int, *, newest_first: bool = False) -> tuple[list[Any], str | None]:
    """Rows by pk, and the cursor of the next page. Raises Problem for a cursor that is none of ours."""
    last = read(cursor) if cursor else None
    if last is not None:
        rows = rows.filter(pk__lt=last) if newest_first else rows.filter(pk__gt=last)
    found = list(rows.order_by("-pk" if newest_first else "pk")[: limit + 1])
    return found[:limit], written(found[limit - 1].pk) if len(found) > limit else None


def read(cursor: str) -> int:
    """Raises Problem."""
    known = cursors.read(cursor)
    if known is None:
        raise Problem("invalid-request", errors=[("/cursor", "This is no cursor of an answer.")])
    return known


def shown(rows: Sequence[Row], cursor: str | None, make: Callable[[Row], dict[str, Any]]) -> dict[str, Any]:
    return {"items": [make(row) for row in rows], "next_cursor": cursor}
