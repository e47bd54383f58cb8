"""How long Shopify, and Cloudinary's delivery, are waited for: what, how long, why. The one table of deadlines; everything that
waits reads it.

A read that shows what was wished proves it. One that does not proves nothing before the deadline: reads may come from a
replica that lags, and not always from the same one. So nothing is written again before `again`, and what is still unknown
at the deadline is reported as unknown, never as failed.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Wait(StrEnum):
    """What is waited for."""

    PICTURE = "picture"
    VIDEO = "video"
    NAME = "name"
    ABSENT = "absent"
    GALLERY = "gallery"
    MOVED = "moved"
    ORDER = "order"
    LOST_ORDER = "lost_order"
    VARIANTS = "variants"
    ALT = "alt"
    SWATCH = "swatch"
    CONTENT = "content"
    LOCKED = "locked"
    ROOM = "room"
    RENDITION = "rendition"
    DELIVERY = "delivery"
    STORE = "store"
    ASSETS = "assets"
    PLANS = "plans"
    ENDING = "ending"


@dataclass(frozen=True, slots=True)
class Deadline:
    """`seconds`: how long in all. `again`: how long after a write that does not show it may be repeated; 0: never."""

    seconds: float
    again: float
    why: str


DEADLINES = {
    Wait.PICTURE: Deadline(
        300, 0, "Small pictures take 0 to 2 s, large batches minutes; practitioners give up at 5 minutes."
    ),
    Wait.VIDEO: Deadline(1800, 0, "Transcoding takes minutes; practitioners give up at 30."),
    Wait.NAME: Deadline(45, 0, "The list of files is a search index: lags of 12 s were reported, no bound is known."),
    Wait.ABSENT: Deadline(10, 0, "A node that is null may be young, or the replica old: 3 s were seen."),
    Wait.GALLERY: Deadline(120, 15, "A medium shows at once or, from a replica, some seconds later."),
    Wait.MOVED: Deadline(10, 0, "A gallery that differs from its plan may be an old view of it: 3 s were seen."),
    Wait.ORDER: Deadline(300, 15, "Reordering is a job; its end is asked for, and it has taken 25 s."),
    Wait.LOST_ORDER: Deadline(30, 0, "An order whose answer was lost has no job to ask about; orders have taken 25 s."),
    Wait.VARIANTS: Deadline(120, 15, "As galleries: a picture of a variant shows at once or some seconds later."),
    Wait.ALT: Deadline(120, 15, "As galleries."),
    Wait.SWATCH: Deadline(120, 15, "As galleries."),
    Wait.CONTENT: Deadline(
        300, 60, "A new content is processed like a new picture; a bad one is dropped without a word."
    ),
    Wait.LOCKED: Deadline(300, 0, "Media that another process changes are locked for as long as that takes."),
    Wait.ROOM: Deadline(600, 0, "Shopify limits how many videos come in at a time."),
    Wait.RENDITION: Deadline(1800, 0, "Cloudinary makes a long video when it is first asked for, which takes minutes."),
    Wait.DELIVERY: Deadline(300, 0, "A CDN that does not answer is back soon, or its trouble is a longer one."),
    Wait.STORE: Deadline(1800, 0, "A store that is away comes back: incidents last minutes."),
    Wait.ASSETS: Deadline(
        1800,
        0,
        "Cloudinary is back soon; a plan that waits for an hour's new calls holds its shop's turn against others.",
    ),
    Wait.PLANS: Deadline(
        300, 0, "A run writes when all of its stores are planned; one that cannot be is not waited for."
    ),
    Wait.ENDING: Deadline(20, 0, "An aborted run looks once more at what it asked for; people wait for its end."),
}
# The first look comes soon, as most things show at once; then seldom and seldomer.
SOONEST, SELDOMEST, GROWTH = 0.25, 5.0, 0.3


def over(what: Wait, since: datetime, *, now: datetime, scale: float = 1.0) -> bool:
    """Whether the deadline of what is waited for `since` then has passed. `scale` makes all of them shorter for rehearsals."""
    return elapsed(since, now) > DEADLINES[what].seconds * scale


def elapsed(since: datetime, now: datetime) -> float:
    """Seconds. A time that lies ahead is one of a clock that was put back: as much is taken for over."""
    return abs((now - since).total_seconds())


def may_repeat(what: Wait, asked: datetime, *, now: datetime, scale: float = 1.0) -> bool:
    """Whether a write that was `asked` for then and does not show may be asked for once more."""
    again = DEADLINES[what].again
    return bool(again) and elapsed(asked, now) > again * scale


def next_look(waited: float, *, scale: float = 1.0) -> float:
    """Seconds until the next look at what has been waited for so many seconds: growing pauses."""
    return min(SELDOMEST * scale, max(soonest(scale=scale), waited * GROWTH))


def soonest(*, scale: float = 1.0) -> float:
    """Seconds until the first look at what was asked for just now."""
    return SOONEST * min(1.0, scale * 2)


# What Shopify says of media, files and metafields that are only busy, or that the replica which answers does not know yet:
# https://shopify.dev/docs/api/admin-graphql/2026-10/enums/FilesErrorCode, …/MediaUserErrorCode, …/MetafieldsSetUserErrorCode
BUSY_CODES = {
    "MEDIA_CANNOT_BE_MODIFIED",
    "FILE_LOCKED",
    "NON_READY_STATE",
    "NON_READY_MEDIA",
    "STALE_OBJECT",
    "INTERNAL_ERROR",
    "MEDIA_TIMEOUT_ERROR",
    "MUST_BE_FOR_THIS_PRODUCT",
}
# "Does not exist", said of what was there a moment ago.
YOUNG_CODES = {
    "FILE_DOES_NOT_EXIST",
    "MEDIA_DOES_NOT_EXIST",
    "MEDIA_DOES_NOT_EXIST_ON_PRODUCT",
    "MEDIA_IS_NOT_ATTACHED_TO_VARIANT",
    "PRODUCT_VARIANT_DOES_NOT_EXIST",
    "PRODUCT_VARIANT_DOES_NOT_EXIST_ON_PRODUCT",
    "REFERENCE_TARGET_DOES_NOT_EXIST",
    "PRODUCT_DOES_NOT_EXIST",
}
ROOM_CODES = {"VIDEO_THROTTLE_EXCEEDED", "MODEL3D_THROTTLE_EXCEEDED"}


def waiting_for(code: str) -> Wait | None:
    """What a refusal with this code is waited for; None if waiting does not help."""
    if code in BUSY_CODES:
        return Wait.LOCKED
    if code in YOUNG_CODES:
        return Wait.ABSENT
    return Wait.ROOM if code in ROOM_CODES or code.endswith("_THROTTLE_EXCEEDED") else None
