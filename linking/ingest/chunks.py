"""IDs as one call of Cloudinary's takes them: in its address, which may not be of any length."""

from collections.abc import Iterator, Sequence
from urllib.parse import quote

ROOM = 6000  # characters of an address


def chunks(items: Sequence[str], most: int) -> Iterator[list[str]]:
    """So many at most, and no more than an address may hold."""
    some: list[str] = []
    room = ROOM
    for item in items:
        size = len(quote(item, safe="")) + len("&public_ids[]=")
        if some and (len(some) == most or size > room):
            yield some
            some, room = [], ROOM
        some.append(item)
        room -= size
    if some:
        yield some
