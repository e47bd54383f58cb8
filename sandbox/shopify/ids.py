"""Global ids, https://shopify.dev/docs/api/usage/gids."""

import re
from uuid import UUID

GID = re.compile(r"gid://shopify/(?P<kind>[A-Za-z]+)/(?P<number>[\w-]+)")


def gid(kind: str, number: int | str | UUID) -> str:
    return f"gid://shopify/{kind}/{number}"


def is_gid(value: str) -> bool:
    return GID.fullmatch(value) is not None


def kind_of(value: str) -> str | None:
    """ "Product" for gid://shopify/Product/1; None if it is no global id."""
    found = GID.fullmatch(value)
    return found["kind"] if found else None


def number_of(value: str) -> int:
    """The number at the end, 0 if it has none (jobs end in a UUID)."""
    tail = value.rpartition("/")[2]
    return int(tail) if tail.isdigit() else 0
