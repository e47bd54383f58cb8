"""Link modes: how incoming assets enter a gallery. Pure: before and incoming give after.

An incoming asset that already sits in the gallery (any version) is placed again, never doubled. Every mode is
idempotent: arranging what was arranged changes nothing.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

MAX_MEDIA = 250


class LinkMode(StrEnum):
    IN_PLACE = "in_place"
    OVERWRITE_AND_ADD = "overwrite_and_add"
    RESET = "reset"
    APPEND = "append"
    PREPEND = "prepend"
    POSITION = "position"
    MIRROR = "mirror"


OVERWRITING = {LinkMode.IN_PLACE, LinkMode.OVERWRITE_AND_ADD}
# These take away media that the run does not put something in the place of: never a remembered default.
DESTRUCTIVE = {LinkMode.RESET, LinkMode.MIRROR}
# These only add to galleries.
ADDING = {LinkMode.APPEND, LinkMode.PREPEND, LinkMode.POSITION}
# The link mode alone says of these that pictures may leave galleries, before anything is counted.
TAKING = DESTRUCTIVE | OVERWRITING


def taken_over(mode: str) -> str:
    """The link mode with which a selection begins that follows a run in this mode: one that takes media away is chosen by
    people, every time."""
    return LinkMode.APPEND.value if mode in DESTRUCTIVE else mode


@dataclass(frozen=True, slots=True)
class Medium:
    """One place of a gallery as the store has it. `asset` and `rendition` are known if it is one of our files. `misplaced`:
    a run put it there as another asset than it shows. `adopted`: the rendition that it counts as, if it was there before us:
    then it is not `ours`, as we did not put it there, and a mirror leaves it where it is."""

    id: str
    asset: str | None = None
    rendition: str | None = None
    ours: bool = False
    misplaced: bool = False
    adopted: str = ""


@dataclass(frozen=True, slots=True)
class Incoming:
    """An asset on its way in, as the rendition (its mark) that shall be shown."""

    asset: str
    rendition: str


Slot = Medium | Incoming


@dataclass(frozen=True, slots=True)
class GalleryAfter:
    """What a gallery becomes. `skipped`: incoming assets for which it has no place."""

    after: tuple[Slot, ...]
    skipped: tuple[Incoming, ...] = ()


def arrange(
    mode: LinkMode,
    before: Sequence[Medium],
    incoming: Sequence[Incoming],
    position: int = 1,
    base: Sequence[Medium] | None = None,
    *,
    keeping: bool = False,
) -> GalleryAfter:
    """The gallery after linking. `position` is one-based and counts in the rest; beyond the end means the end. `base`: what
    positions count in, if that is not `before` (`resumed`). `keeping`: in a mode that only adds, what is there already keeps the
    places that it has, in the order of the incoming, whatever others have put beside it since."""
    base = before if base is None else base
    incoming = tuple({item.asset: item for item in reversed(incoming)}.values())[::-1]
    if not incoming:
        return GalleryAfter(tuple(before))
    placed: Sequence[Incoming] = incoming
    skipped: tuple[Incoming, ...] = ()
    if mode == LinkMode.IN_PLACE:
        placed, skipped = incoming[: len(base)], incoming[len(base) :]
    there = {medium.id for medium in before}
    arranged = (
        _keeping(mode, base, placed, position)
        if keeping and mode in ADDING
        else ARRANGERS[mode](base, placed, position)
    )
    after = [slot for slot in arranged if isinstance(slot, Incoming) or stays(slot, there)]
    known = [*(medium for medium in base if medium.id in there), *before]
    return GalleryAfter(tuple(_settled(slot, known) for slot in after), skipped)


def stays(medium: Medium, there: Collection[str]) -> bool:
    return medium.id in there and not medium.misplaced


def resumed(before: Sequence[Medium], found: Sequence[str], incoming: Sequence[Incoming]) -> list[Medium]:
    """The gallery as a run that broke off had `found` it (media ids), without what that brought: overwriting counts positions in
    it, or else it would overwrite what the first half of it has moved there. What has left since keeps its position; what others
    have added since follows."""
    here, assets = {medium.id: medium for medium in before}, {item.asset for item in incoming}
    first = [here.get(id, Medium(id)) for id in found]
    return [*first, *(medium for medium in before if medium.id not in found and medium.asset not in assets)]


def _without(media: Sequence[Medium], incoming: Sequence[Incoming]) -> list[Slot]:
    assets = {item.asset for item in incoming}
    return [medium for medium in media if medium.asset not in assets]


def _overwrite(before: Sequence[Medium], incoming: Sequence[Incoming], position: int) -> list[Slot]:
    return [*incoming, *_without(before[len(incoming) :], incoming)]


def _reset(before: Sequence[Medium], incoming: Sequence[Incoming], position: int) -> list[Slot]:
    return [*incoming]


def _beside(before: Sequence[Medium], incoming: Sequence[Incoming]) -> tuple[list[Slot], list[Incoming]]:
    """The rest of the gallery, and what comes to it. What was adopted stands where somebody put it, before us: who only adds
    leaves it there. In another rendition it comes as any asset does, so that a second run finds nothing to move."""
    coming = {item.asset: item for item in incoming}
    standing: dict[str, str] = {}
    for medium in before:
        asset = medium.asset or ""
        if medium.adopted and not medium.misplaced and asset in coming and coming[asset].rendition == medium.rendition:
            standing.setdefault(asset, medium.id)
    rest: list[Slot] = [
        medium for medium in before if medium.asset not in coming or standing.get(medium.asset) == medium.id
    ]
    return rest, [item for item in incoming if item.asset not in standing]


def _append(before: Sequence[Medium], incoming: Sequence[Incoming], position: int) -> list[Slot]:
    rest, coming = _beside(before, incoming)
    return [*rest, *coming]


def _prepend(before: Sequence[Medium], incoming: Sequence[Incoming], position: int) -> list[Slot]:
    rest, coming = _beside(before, incoming)
    return [*coming, *rest]


def _insert(before: Sequence[Medium], incoming: Sequence[Incoming], position: int) -> list[Slot]:
    (rest, coming), at = _beside(before, incoming), max(position, 1) - 1
    return [*rest[:at], *coming, *rest[at:]]


def _mirror(before: Sequence[Medium], incoming: Sequence[Incoming], position: int) -> list[Slot]:
    """Foreign media stay on their places; the incoming fill the places that ours held, the others follow at the end."""
    assets, waiting = {item.asset for item in incoming}, list(incoming)
    after: list[Slot] = []
    for medium in before:
        if not medium.ours and medium.asset not in assets:
            after.append(medium)
        elif waiting:
            after.append(waiting.pop(0))
    return [*after, *waiting]


ARRANGERS: dict[LinkMode, Callable[[Sequence[Medium], Sequence[Incoming], int], list[Slot]]] = {
    LinkMode.IN_PLACE: _overwrite,
    LinkMode.OVERWRITE_AND_ADD: _overwrite,
    LinkMode.RESET: _reset,
    LinkMode.APPEND: _append,
    LinkMode.PREPEND: _prepend,
    LinkMode.POSITION: _insert,
    LinkMode.MIRROR: _mirror,
}


def _keeping(mode: LinkMode, before: Sequence[Medium], incoming: Sequence[Incoming], position: int) -> list[Slot]:
    """The places where assets of the incoming stand, the first one of each, and as many where the mode has what is new as there
    are more: these are filled in the order of the incoming."""
    rest, coming = _beside(before, incoming)
    moving, standing = {item.asset for item in coming}, dict[str, str]()
    for medium in before:
        if medium.asset in moving and not medium.misplaced:
            standing.setdefault(medium.asset, medium.id)
    places, stay = set(standing.values()), {medium.id for medium in rest if isinstance(medium, Medium)}
    kept = [None if medium.id in places else medium for medium in before if medium.id in places | stay]
    at = {LinkMode.APPEND: len(kept), LinkMode.PREPEND: 0}.get(mode, max(position, 1) - 1)
    new = [None] * (len(coming) - len(places))
    waiting = iter(coming)
    return [medium or next(waiting) for medium in (*kept[:at], *new, *kept[at:])]


def _settled(slot: Slot, before: Sequence[Medium]) -> Slot:
    """An incoming rendition that the gallery shows already is that medium: nothing to bring."""
    if isinstance(slot, Medium):
        return slot
    same = (medium for medium in before if (medium.asset, medium.rendition) == (slot.asset, slot.rendition))
    return next(same, slot)
