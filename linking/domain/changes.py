"""What an event of Cloudinary's is about: which assets are to be read again. https://cloudinary.com/documentation/notifications

Nothing else is taken from an event. They come twice, late, and in any order, so what an asset is now is asked of Cloudinary; the
union of what several events are about is the same in any order.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

Place = tuple[str, str, str]  # resource_type, type, public_id
# Events that change no asset. A type that is not known here is about whatever its body names.
NOTHING = {
    "bulk_refresh_auto_fetch",
    "create_folder",
    "delete_folder",
    "eager",
    "error",
    "explode",
    "generate_archive",
    "invalidate_custom_cdn",
    "multi",
    "publish",
    "report",
    "sprite",
}
RESOURCE_TYPES = ("image", "video", "raw")
TYPE = re.compile(r"[a-z_]+")
# A batch waits until nothing has come for so long, but no longer than that since its first event.
QUIET, LONGEST = timedelta(seconds=60), timedelta(minutes=5)
LONGEST_ID, LONGEST_NAME = 255, 1000


@dataclass(frozen=True, slots=True)
class About:
    """`ids`, `places`: of assets; the latter where an event names no asset_id. `anything`: it names none, so what has changed has
    to be searched for."""

    ids: frozenset[str] = frozenset()
    places: frozenset[Place] = frozenset()
    anything: bool = False

    def __or__(self, other: "About") -> "About":
        return About(self.ids | other.ids, self.places | other.places, self.anything or other.anything)


def about(body: object) -> About:
    """Of any JSON; never raises."""
    known: Mapping[str, Any] = body if isinstance(body, dict) else {}
    kind = known.get("notification_type")
    if isinstance(kind, str) and kind in NOTHING:
        return About()
    ids, places = set[str](), set[Place]()
    for name, one in _named(known):
        if id := _text(one.get("asset_id"), LONGEST_ID):
            ids.add(id)
            continue
        type_of = _text(one.get("resource_type"), 20) or "image", _text(one.get("type"), 20) or "upload"
        if type_of[0] not in RESOURCE_TYPES or not TYPE.fullmatch(type_of[1]):
            continue  # they are parts of an address
        names = (one.get("public_id", name), one.get("from_public_id"), one.get("to_public_id"))
        places.update((*type_of, public_id) for said in names if (public_id := _text(said, LONGEST_NAME)))
    return About(frozenset(ids), frozenset(places), anything=not ids and not places)


def all_of(bodies: Iterable[object]) -> About:
    found = About()
    for body in bodies:
        found |= about(body)
    return found


def _named(body: Mapping[str, Any]) -> Iterator[tuple[object, Mapping[str, Any]]]:
    """Objects that may name an asset, with what they stand under: the body itself, and its resources, which are a list or an
    object by public ID."""
    yield None, body
    resources = body.get("resources")
    rows = (
        resources.items()
        if isinstance(resources, dict)
        else enumerate(resources)
        if isinstance(resources, list)
        else ()
    )
    for name, row in rows:
        if isinstance(row, dict):
            yield name, row


def _text(value: object, most: int) -> str:
    """One that databases and addresses can hold; empty for anything else."""
    if not isinstance(value, str) or not 0 < len(value) <= most or "\0" in value:
        return ""
    return value if value.encode("utf-8", "ignore").decode() == value else ""


def is_due(first: datetime, last: datetime, now: datetime) -> bool:
    """Whether a batch is dealt with, by when its first and its last event came."""
    return now - last >= QUIET or now - first >= LONGEST
