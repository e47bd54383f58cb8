"""Pages of a list, by max_results and next_cursor."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from sandbox.cloudinary.errors import Refused

MOST = 500

Item = TypeVar("Item")


@dataclass(frozen=True)
class Page(Generic[Item]):
    """`cursor` is {"next_cursor": ...}, empty on the last page."""

    items: Sequence[Item]
    cursor: dict[str, str]


def paged(items: Sequence[Item], max_results: object, cursor: str | None, *, default: int) -> Page[Item]:
    """Raises Refused."""
    size = size_of(max_results, default)
    start = start_of(cursor)
    more = start + size < len(items)
    following = base64.urlsafe_b64encode(f"from:{start + size}".encode()).decode()
    return Page(items[start : start + size], {"next_cursor": following} if more else {})


def size_of(max_results: object, default: int) -> int:
    if max_results is None:
        return default
    text = str(max_results)
    if not text.isdigit() or not 1 <= int(text) <= MOST:
        raise Refused(400, f"Invalid value for max_results: {text}. It is between 1 and {MOST}")
    return int(text)


def start_of(cursor: str | None) -> int:
    if not cursor:
        return 0
    try:
        name, _, number = base64.urlsafe_b64decode(cursor.encode()).decode().partition(":")
        if name != "from":
            raise ValueError(cursor)
        return int(number)
    except (ValueError, binascii.Error):
        raise Refused(400, f"Invalid value for next_cursor: {cursor}") from None
