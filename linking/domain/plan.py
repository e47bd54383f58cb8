"""A plan: for one product the gallery before and after, and the changes between. A frozen value; applying obeys it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from linking.domain.galleries import (
    MAX_MEDIA,
    OVERWRITING,
    GalleryAfter,
    Incoming,
    LinkMode,
    Medium,
    Slot,
    arrange,
    resumed,
)
from linking.domain.moves import stable
from linking.domain.notes import NOTES
from setup.reasons import NONE, Reason, joined


class Change(StrEnum):
    """One alphabet for code, logs, pages and reports: the value is the word, the sigil is for the eye."""

    ADD = "add"
    REPLACE = "replace"
    MOVE = "move"
    KEEP = "keep"
    UNLINK = "unlink"
    SKIP = "skip"

    @classmethod
    def _missing_(cls, value: object) -> "Change":
        """A word of another release: whatever it means, it is nothing that is done here."""
        return cls.SKIP

    @property
    def sigil(self) -> str:
        return {"add": "+", "replace": "~", "move": ">", "keep": "=", "unlink": "-", "skip": "."}[self.value]


@dataclass(frozen=True, slots=True)
class Line:
    """One change. Positions are one-based; `medium` is what stands there now, `replaces` what makes room."""

    change: Change
    asset: str | None
    medium: str | None = None
    position_before: int | None = None
    position_after: int | None = None
    replaces: str | None = None
    reason: Reason = NONE


@dataclass(frozen=True, slots=True)
class ProductPlan:
    before: tuple[Medium, ...]
    after: tuple[Slot, ...]
    lines: tuple[Line, ...]
    refusal: Reason = NONE

    @property
    def unchanged(self) -> bool:
        return not self.refusal and self.after == self.before

    @property
    def unlinked(self) -> tuple[str, ...]:
        """The media that leave the gallery."""
        staying = {slot.id for slot in self.after if isinstance(slot, Medium)}
        return tuple(medium.id for medium in self.before if medium.id not in staying)


def plan_product(
    mode: LinkMode,
    before: Sequence[Medium],
    incoming: Sequence[Incoming],
    position: int = 1,
    broken_off: Sequence[str] = (),
    *,
    keeping: bool = False,
) -> ProductPlan:
    """The plan for one gallery. One that would outgrow Shopify's limit is refused whole, before anything is written.
    `broken_off`: the media that the same run had found, if it broke off and this one goes on. `keeping`: as in `arrange`."""
    base = resumed(before, broken_off, incoming) if broken_off and mode in OVERWRITING else before
    outcome = arrange(mode, before, incoming, position, base, keeping=keeping)
    if refusal := _refusal(before, outcome):
        assets = dict.fromkeys(item.asset for item in incoming)
        lines = tuple(Line(Change.SKIP, asset, reason=refusal) for asset in assets)
        return ProductPlan(tuple(before), tuple(before), lines, refusal)
    return ProductPlan(tuple(before), outcome.after, tuple(_lines(mode, before, outcome, base)))


def fingerprint(media: Sequence[tuple[str, str]]) -> str:
    """Of a gallery as read: (media id, alt text) in order. Another one means that somebody was there."""
    return sha256("\n".join("\t".join(row) for row in media).encode()).hexdigest()


def _refusal(before: Sequence[Medium], outcome: GalleryAfter) -> Reason:
    arriving = sum(isinstance(slot, Incoming) for slot in outcome.after)
    if len(outcome.after) > MAX_MEDIA:
        return Reason("gallery.too_many", media=len(outcome.after), most=MAX_MEDIA)
    if arriving and len(before) + arriving > MAX_MEDIA:
        # Old media leave only when the new ones are in place, so for a moment the gallery holds both.
        return Reason("gallery.too_many_at_once", media=len(before), arriving=arriving, most=MAX_MEDIA)
    return NONE


def _lines(mode: LinkMode, before: Sequence[Medium], outcome: GalleryAfter, base: Sequence[Medium]) -> list[Line]:
    place = {medium.id: at for at, medium in enumerate(before)}
    staying = [slot.id for slot in outcome.after if isinstance(slot, Medium)]
    gone = [medium for medium in before if medium.id not in set(staying)]
    # Nothing takes the place of what should never have stood there.
    leaving = [medium for medium in gone if not medium.misplaced]
    misplaced = [medium for medium in gone if medium.misplaced]
    unmoved = {before[at].id for at in stable([place[id] for id in staying])}
    lines = [Line(Change.UNLINK, None, item.id, place[item.id] + 1, reason=MISPLACED) for item in misplaced]
    for at, slot in enumerate(outcome.after):
        if isinstance(slot, Medium):
            change = Change.KEEP if slot.id in unmoved else Change.MOVE
            lines.append(Line(change, slot.asset, slot.id, place[slot.id] + 1, at + 1))
        else:
            lines.append(_arrival(mode, slot, at, before, leaving, base))
    lines += [_departure(mode, medium, place, outcome) for medium in leaving]
    full = Reason(FULL, media=len(base))
    lines += [Line(Change.SKIP, item.asset, reason=full) for item in outcome.skipped]
    return lines


# The one replacement that takes no picture away: the gallery shows the same asset afterwards.
NEW_VERSION = Reason("gallery.new_version")
NEW_VERSIONS = (NEW_VERSION, *(joined(NEW_VERSION, note) for note in NOTES))
MISPLACED = Reason("gallery.misplaced")
# Why a picture that nobody of us brought counts as an asset's; and no longer does, after undo.
NOT_COMPARED = Reason("gallery.not_compared")
ADOPTED, GIVEN_BACK = Reason("gallery.adopted"), Reason("gallery.given_back")
FULL = "gallery.only_so_many"  # the code of a reason: in-place overwrite had no further picture to replace
TWICE, NO_PLACE = Reason("gallery.twice"), Reason("gallery.no_place")
# Why the link mode takes out what nothing else is to be said of. Others take nothing out.
MIRRORED, OVERWRITTEN = Reason("gallery.mirrored"), Reason("gallery.overwritten")
TAKEN_OUT = {LinkMode.RESET: Reason("gallery.reset"), LinkMode.MIRROR: MIRRORED}
TAKEN_OUT |= dict.fromkeys(OVERWRITING, OVERWRITTEN)


def _arrival(
    mode: LinkMode,
    slot: Incoming,
    at: int,
    before: Sequence[Medium],
    leaving: list[Medium],
    base: Sequence[Medium],
) -> Line:
    """An older rendition of the same asset makes room, or, when overwriting, what stands on the position."""
    older = next((medium for medium in leaving if medium.asset == slot.asset), None)
    there = base[at] if mode in OVERWRITING and at < len(base) and base[at] in leaving else None
    room = older or there
    if room is None:
        return Line(Change.ADD, slot.asset, position_after=at + 1)
    leaving.remove(room)
    reason = NEW_VERSION if older else NONE
    return Line(Change.REPLACE, slot.asset, room.id, before.index(room) + 1, at + 1, room.id, reason)


def _departure(mode: LinkMode, medium: Medium, place: dict[str, int], outcome: GalleryAfter) -> Line:
    shown = any(slot.asset == medium.asset for slot in outcome.after) if medium.asset else False
    skipped = any(item.asset == medium.asset for item in outcome.skipped) if medium.asset else False
    reason = NO_PLACE if skipped else TWICE if shown else TAKEN_OUT.get(mode, NONE)
    return Line(Change.UNLINK, medium.asset, medium.id, place[medium.id] + 1, reason=reason)
