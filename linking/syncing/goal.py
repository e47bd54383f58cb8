"""What a product's gallery shall be, given which of its new files are there by now."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from linking import waiting
from linking.domain.plan import Change
from linking.domain.steps import Step, salvage
from linking.domain.waiting import Wait
from linking.models import ChangeRow, ProductSync, StoreFile
from linking.planning.kept import leaves
from linking.shopify.galleries import Gallery
from linking.waiting import Waits

# What is not asked for any more: refused, or not to be known.
LOST = (ChangeRow.Outcome.FAILED, ChangeRow.Outcome.UNKNOWN)
ARRIVALS = (Change.ADD, Change.REPLACE)

# What galleries are asked for, as ProductSync.waits calls it.
LINK, UNLINK, ORDER = "gallery:link", "gallery:unlink", "order"


@dataclass(frozen=True)
class Goal:
    """`target`: media ids in order; `leaving`: what shall be unlinked; `stuck`: what should be, but Shopify cannot yet;
    `new`: file id -> asset id of what the plan brings."""

    target: tuple[str, ...]
    leaving: tuple[str, ...]
    stuck: tuple[str, ...]
    new: Mapping[str, str]
    incomplete: bool


@dataclass(frozen=True)
class View:
    """A product, its gallery as it was just read, what it shall be, and what is to be done next."""

    product: ProductSync
    gallery: Gallery
    goal: Goal
    step: Step


def goal_of(
    product: ProductSync, gallery: Gallery, files: Mapping[str, StoreFile], failed_assets: Collection[str]
) -> Goal:
    """`files` by mark. A file that failed, or an asset that could not be attached here, leaves its place to what was there."""
    after: list[str | None] = []
    room: dict[int, str] = {}
    new: dict[str, str] = {}
    current = set(gallery.ids)
    refused_media = {line.medium_id for line in product.changes.all() if is_lost(line)}
    replaced = {change.position_after: change.replaces for change in product.changes.all() if change.replaces}
    for at, slot in enumerate(product.after):
        if "medium" in slot:
            # Somebody else took it out meanwhile: that is theirs to decide, it is not brought back.
            after += [slot["medium"]] if slot["medium"] in current else []
            continue
        if "return" in slot:  # an undone run's unlinked picture comes back; where Shopify refuses it, nothing leaves
            back = slot["return"] not in refused_media
            after.append(slot["return"] if back else None)
            new |= {slot["return"]: slot.get("asset") or ""} if back else {}
            continue
        file = files.get(slot["file"])
        usable = file is not None and file.state == StoreFile.State.READY and slot["asset"] not in failed_assets
        if usable and file is not None:
            new[file.file_id] = slot["asset"]
            after.append(file.file_id)
        else:
            if (old := replaced.get(at + 1)) and old in current:
                room[len(after)] = old
            after.append(None)
    leaving = [id for id in leaving_of(product, gallery) if id not in new]
    if None in after:
        return Goal(tuple(salvage(after, room, leaving)), (), (), new, True)
    ready = {medium.id for medium in gallery.media if medium.status == "READY"}
    stuck = tuple(id for id in leaving if id not in ready)
    return Goal(tuple(id for id in after if id), tuple(id for id in leaving if id in ready), stuck, new, False)


def may_be_old(product: ProductSync, asked: datetime) -> bool:
    """Whether its gallery was read for the plan so short a time before this was `asked` for that it may be a view from before
    that."""
    return product.seen is not None and not waiting.over(Wait.MOVED, product.seen, at=asked)


def is_credible(product: ProductSync, gallery: Gallery, goal: Goal, described: Collection[str]) -> bool:
    """Whether a gallery as read can be what is there now. What nobody asked for has not happened: media that stay are there,
    media that are to leave have not left, media that are to come have not come, and texts (but those of files that were
    `described` for some gallery) are what they were. Otherwise it is a view from before, or somebody else was there."""
    waits, there = Waits(product.waits), set(gallery.ids)
    texts = {item.id: item.alt for item in gallery.media if item.id not in described}
    rewritten = (line for line in product.changes.all() if line.outcome == ChangeRow.Outcome.PENDING)
    if any(line.alt_before != line.alt_after == texts.get(line.medium, line.alt_before) for line in rewritten):
        return False
    if not waits.times(ORDER) and not in_one_order([item["id"] for item in product.before], gallery.ids):
        return False
    staying = {slot["medium"] for slot in product.after if "medium" in slot}
    leaving = set(leaves(product)) - waits.asked_for(UNLINK) - set(goal.new)
    coming = set(goal.new) - waits.asked_for(LINK) - {item["id"] for item in product.before}
    return staying <= there and leaving <= there and not coming & there


def in_one_order(before: Sequence[str], now: Sequence[str]) -> bool:
    """Whether what is in both stands in the same order."""
    was, there = set(before), set(now)
    return [id for id in before if id in there] == [id for id in now if id in was]


def leaving_of(product: ProductSync, gallery: Gallery) -> Sequence[str]:
    refused = {line.medium_id for line in product.changes.all() if is_lost(line)}
    current = set(gallery.ids) - refused
    return [id for id in leaves(product) if id in current]


def failures(product: ProductSync) -> set[str]:
    """Assets that could not be attached to this product, by what their lines say."""
    return {line.asset_id for line in product.changes.all() if line.asset_id and not line.owner_id and is_lost(line)}


def is_lost(line: ChangeRow) -> bool:
    return line.outcome in LOST or is_left_out(line)


def is_left_out(line: ChangeRow) -> bool:
    """Whether the plan was to bring it, and it may not be shown by now (linking.syncing.leaving_out)."""
    return line.outcome == ChangeRow.Outcome.SKIPPED and line.change in ARRIVALS and not line.owner_id
