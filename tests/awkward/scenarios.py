"""What people do in a store on a bad day, from the first click to the look at what came of it.

A scenario builds its place, lets the store misbehave from the moment that it is about, acts, and answers sentences on what is
wrong then. The tests play some with some behaviours, `script/chaos awkward` all with all.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass

from linking.models import ChangeRow, Link
from linking.runs import CannotStart
from tests.awkward.behaviours import DAYS
from tests.awkward.oracle import (
    doubles,
    expected,
    false_words,
    nothing_left,
    problems,
    promised,
    right,
    same,
    untrue,
)
from tests.awkward.shop import (
    MODES,
    SKUS,
    Build,
    aborted_after,
    behave,
    chosen,
    names,
    old,
    opened,
    press,
    retry,
    undo,
    unlink,
    write_alts,
)
from tests.scenes import Scene

Play = Callable[[Build, str, Iterable[str]], list[str]]


@dataclass(frozen=True)
class Scenario:
    """`modes`, `days`: the link modes and behaviours that it is played with. `committed`: it needs a database without a
    transaction around it."""

    play: Play
    modes: tuple[str, ...] = MODES
    days: tuple[str, ...] = tuple(DAYS)
    committed: bool = False


SCENARIOS: dict[str, Scenario] = {}


def scenario(
    name: str, modes: tuple[str, ...] = MODES, days: tuple[str, ...] = tuple(DAYS), *, committed: bool = False
) -> Callable[[Play], Play]:
    def register(play: Play) -> Play:
        SCENARIOS[name] = Scenario(play, modes, days, committed)
        return play

    return register


def galleries(place: Scene) -> dict[str, list[str]]:
    return {sku: place.gallery(f"product-{sku}") for sku in SKUS}


@scenario("linked twice")
def linked_twice(build: Build, mode: str, behaviours: Iterable[str]) -> list[str]:
    """Linked, linked once more, and a third time, which finds nothing to do."""
    place = opened(build)
    behave(place, behaviours)
    selection = chosen(place, mode)
    first = press(place, selection)
    wrong = [*untrue(place, first), *problems(first)]
    press(place, selection)
    return wrong + right(place, promised(mode)) + doubles(place) + nothing_left(place, selection)


@scenario("another order")
def another_order(build: Build, mode: str, behaviours: Iterable[str]) -> list[str]:
    """What is linked is linked in another order."""
    place = opened(build)
    press(place, chosen(place, mode))
    before = promised(mode)
    behave(place, behaviours)
    turned = {sku: [f"{sku}2", f"{sku}0", f"{sku}1"] for sku in SKUS}
    selection = chosen(place, mode, *(name for found in turned.values() for name in found))
    again = press(place, selection)
    wanted = {sku: expected(mode, before[sku], turned[sku]) for sku in SKUS}
    wrong = untrue(place, again) + problems(again) + right(place, wanted)
    return wrong + doubles(place) + nothing_left(place, selection)


@scenario("undone")
def undone(build: Build, mode: str, behaviours: Iterable[str]) -> list[str]:
    place = opened(build)
    before = galleries(place)
    behave(place, behaviours)
    back = undo(place, press(place, chosen(place, mode)))
    wrong = untrue(place, back) + problems(back) + same("galleries", galleries(place), before)
    return wrong + same("links", Link.objects.count(), 0)


def aborted_then_undone(operation: str) -> Play:
    def play(build: Build, mode: str, behaviours: Iterable[str]) -> list[str]:
        """Whatever was asked for right before the abort lands some time after it."""
        place = opened(build)
        before = galleries(place)
        behave(place, behaviours)
        sync = aborted_after(place, chosen(place, mode), operation)
        wrong = untrue(place, sync)
        with suppress(CannotStart):  # it changed nothing
            wrong += problems(undo(place, sync))
        return wrong + same("galleries", galleries(place), before) + same("links", Link.objects.count(), 0)

    return play


def aborted_then_the_rest(operation: str) -> Play:
    def play(build: Build, mode: str, behaviours: Iterable[str]) -> list[str]:
        """The next run does what is left, and the one after it finds nothing to do."""
        place = opened(build)
        behave(place, behaviours)
        wrong = untrue(place, aborted_after(place, chosen(place, mode), operation))
        selection = chosen(place, mode)
        wrong += untrue(place, press(place, selection))
        press(place, selection)
        return wrong + right(place, promised(mode)) + doubles(place) + nothing_left(place, selection)

    return play


for operation, word in (("fileCreate", "files"), ("fileUpdate", "links"), ("productReorderMedia", "orders")):
    scenario(f"aborted after {word}, undone", committed=True)(aborted_then_undone(operation))
    scenario(f"aborted after {word}, the rest", committed=True)(aborted_then_the_rest(operation))


@scenario("retried")
def retried(build: Build, mode: str, behaviours: Iterable[str]) -> list[str]:
    """A picture fails, alone and by name, and a retry brings it into the gallery: what overwriting had begun, it ends."""
    place = opened(build)
    fails = {"kind": "media_fails", "match": "b1", "code": "IMAGE_PROCESSING_FAILURE", "times": None}
    place.world.faults.add(service="shopify", **fails)
    behave(place, behaviours)
    sync = press(place, chosen(place, mode))
    # Where its answer was lost, a file that failed is one that never came.
    lines = ChangeRow.objects.filter(part__sync=sync, outcome__in=["failed", "unknown"]).values_list("name", flat=True)
    wrong = same("failed", sorted(lines), ["b1"]) + false_words(place, sync)
    place.world.faults.clear()
    behave(place, behaviours)
    wanted = promised(mode)
    if mode not in ("in_place", "overwrite_and_add"):
        wanted |= {"b": expected(mode, place.assets_in("product-b"), names("b"))}
    again = retry(place, sync)
    return wrong + untrue(place, again) + problems(again) + right(place, wanted) + doubles(place)


@scenario("alt texts")
def alt_texts(build: Build, mode: str, behaviours: Iterable[str]) -> list[str]:
    """Texts of what is linked are written, and given back."""
    place = opened(build)
    press(place, chosen(place, mode))
    ours = {link.medium_id: place.shop.files[link.medium_id].alt for link in Link.objects.all()}
    behave(place, behaviours)
    selection = chosen(place, mode, alt_policy="overwrite")
    write_alts(selection, "New")
    sync = press(place, selection)
    wrong = untrue(place, sync) + problems(sync)
    wrong += same("texts", {place.shop.files[id].alt for id in ours}, {"New"})
    wrong += untrue(place, undo(place, sync))
    wrong += same("texts given back", {id: place.shop.files[id].alt for id in ours}, ours)
    return wrong + right(place, promised(mode))


@scenario("unlinked")
def unlinked(build: Build, mode: str, behaviours: Iterable[str]) -> list[str]:
    """All links are taken out; what is not ours stays."""
    place = opened(build)
    press(place, chosen(place, mode))
    behave(place, behaviours)
    sync = unlink(place, Link.objects.all())
    theirs = {sku: [name for name in promised(mode)[sku] if name in old(sku)] for sku in SKUS}
    wrong = untrue(place, sync) + problems(sync) + right(place, theirs)
    return wrong + same("links", Link.objects.count(), 0)
