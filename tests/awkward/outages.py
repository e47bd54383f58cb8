"""Scenarios of a store that is away, that refuses, and of errors of ours. To import this registers them."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from unittest.mock import patch

from django.conf import settings

from linking.models import Link, StoreLease, StoreSync, Sync
from linking.syncing.products import Galleries
from linking.syncing.writing import Writing
from setup.models import Store
from tests.awkward.behaviours import FEW
from tests.awkward.oracle import (
    doubles,
    false_swatches,
    false_words,
    lost,
    nothing_left,
    problems,
    promised,
    right,
    same,
    untrue,
)
from tests.awkward.scenarios import galleries, scenario
from tests.awkward.shop import Build, behave, chosen, meanwhile, opened, press, undo
from tests.scenes import Scene, part_of

MODES = ("prepend", "reset")
WRITES = "mutation "


def three_minutes() -> float:
    """In the time of tests, seconds."""
    return 180 * settings.PATIENCE


def gone_wrong(place: Scene, sync: Sync) -> list[str]:
    """What is not so, of a run that may have failed."""
    return false_words(place, sync) + false_swatches(place, sync) + lost(sync)


def healed(place: Scene, mode: str, behaviours: Iterable[str]) -> list[str]:
    """With the trouble gone, the next run puts everything right, and nothing is left for the one after it."""
    place.world.faults.clear()
    behave(place, behaviours)
    Store.objects.update(status=Store.Status.CONNECTED)
    selection = chosen(place, mode)
    second = press(place, selection)
    press(place, selection)
    wrong = problems(second) + untrue(place, second) + right(place, promised(mode))
    return wrong + doubles(place) + nothing_left(place, selection)


def fault(place: Scene, kind: str, **known) -> None:
    place.world.faults.add(service="shopify", kind=kind, **{"times": None, **known})


@contextmanager
def away(place: Scene, seconds: float, behaviours: Iterable[str]) -> Iterator[None]:
    """From now on, for so long."""
    fault(place, "http_503")

    def back() -> None:
        place.world.faults.clear()
        behave(place, behaviours)

    timer = threading.Timer(seconds, back)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()


for word, operation in (("", ""), (" in the middle", "fileUpdate")):

    @scenario(f"the store is away for three minutes{word}", ("prepend",), FEW)
    def away_for_three_minutes(
        build: Build, mode: str, behaviours: Iterable[str], operation: str = operation
    ) -> list[str]:
        """It is waited for, then everything is done, and nothing is called failed."""
        place = opened(build)
        behave(place, behaviours)
        selection = chosen(place, mode)
        if not operation:
            with away(place, three_minutes(), behaviours):
                sync = press(place, selection)
        else:
            sync = away_after(place, operation, selection, behaviours)
        wrong = untrue(place, sync) + problems(sync) + right(place, promised(mode))
        return wrong + doubles(place) + nothing_left(place, selection)


def away_after(place: Scene, operation: str, selection, behaviours: Iterable[str]) -> Sync:
    timers: list[threading.Timer] = []

    def back() -> None:
        place.world.faults.clear()
        behave(place, behaviours)

    def leave() -> None:
        fault(place, "http_503")
        timers.append(threading.Timer(three_minutes(), back))
        timers[0].start()

    with meanwhile(place, operation, leave):
        sync = press(place, selection)
    for timer in timers:
        timer.join()
    return sync


def refusing(kind: str, **known):
    def play(build: Build, mode: str, behaviours: Iterable[str]) -> list[str]:
        """The run ends, and says what is so."""
        place = opened(build)
        before = galleries(place)
        behave(place, behaviours)
        fault(place, kind, **known)
        sync = press(place, chosen(place, mode))
        wrong = gone_wrong(place, sync)
        if not behaviours:  # otherwise some of it may be done, and its answer lost
            wrong += same("galleries", galleries(place), before)
        return wrong + free(place) + healed(place, mode, behaviours)

    return play


def free(place: Scene) -> list[str]:
    """Nobody holds the store any more."""
    held = [lease.part_id for lease in StoreLease.objects.exclude(owner="")]
    return [f"part {pk} holds the store" for pk in held] + [
        f"part {part.pk} is {part.state}" for part in StoreSync.objects.all() if part.busy
    ]


scenario("503 on every write", MODES, FEW)(refusing("http_503", match=WRITES))
scenario("503 on every link", MODES, FEW)(refusing("http_503", operation="fileUpdate"))
scenario("TIMEOUT on every write", MODES, FEW)(refusing("graphql_error", code="TIMEOUT", match=WRITES))
scenario("every write is locked", MODES, FEW)(refusing("refused", code="FILE_LOCKED", operation="fileUpdate"))
scenario("ACCESS_DENIED for ever", MODES, FEW)(refusing("graphql_error", code="ACCESS_DENIED", match=WRITES))
scenario("401 for ever on writes", MODES, FEW)(refusing("http_401", match=WRITES))
scenario("402 for ever on writes", MODES, FEW)(refusing("http_402", match=WRITES))

ONCE = {
    **{str(status): {"kind": f"http_{status}"} for status in (401, 402, 403, 404, 423)},
    "ACCESS_DENIED": {"kind": "graphql_error", "code": "ACCESS_DENIED"},
}


def once(known: dict):
    def play(build: Build, mode: str, behaviours: Iterable[str]) -> list[str]:
        """Now and then a refusal that the second look does not confirm: the run goes on."""
        place = opened(build)
        behave(place, behaviours)
        place.world.faults.add(service="shopify", **known, after=2, every=8, times=2)
        selection = chosen(place, mode)
        sync = press(place, selection)
        wrong = untrue(place, sync) + problems(sync) + right(place, promised(mode)) + doubles(place)
        statuses = set(Store.objects.values_list("status", flat=True))
        return wrong + same("stores", statuses, {Store.Status.CONNECTED}) + nothing_left(place, selection)

    return play


for name, known in ONCE.items():
    scenario(f"{name} once now and then", ("prepend",), FEW)(once(known))


@scenario("a lock that outlasts its deadline", ("prepend",), FEW)
def a_lock_that_outlasts_its_deadline(build: Build, mode: str, behaviours: Iterable[str]) -> list[str]:
    """One gallery stays as it was, and the others are right."""
    place = opened(build)
    behave(place, behaviours)
    fault(place, "locked", seconds=60.0, match="product-a")
    sync = press(place, chosen(place, mode))
    wanted = {sku: shown for sku, shown in promised(mode).items() if sku != "a"}
    wrong = gone_wrong(place, sync) + problems(sync) + right(place, wanted)
    states = dict(part_of(sync).products.values_list("handle", "state"))
    wrong += same("product a", states["product-a"] in ("failed", "partial"), True)
    return wrong + healed(place, mode, behaviours)


class Crash(RuntimeError):
    """An error of ours."""


@scenario("an error of ours, once", MODES, FEW)
def an_error_of_ours_once(build: Build, mode: str, behaviours: Iterable[str]) -> list[str]:
    place = opened(build)
    behave(place, behaviours)
    selection = chosen(place, mode)
    step, times = Galleries.round, iter([Crash("once")])

    def crashes(self, rows):
        found = step(self, rows)
        if crash := next(times, None):
            raise crash
        return found

    with patch.object(Galleries, "round", crashes):
        sync = press(place, selection)
    wrong = untrue(place, sync) + problems(sync) + right(place, promised(mode))
    return wrong + doubles(place) + nothing_left(place, selection)


@scenario("an error of ours, always", ("prepend", "position"), FEW)
def an_error_of_ours_always(build: Build, mode: str, behaviours: Iterable[str]) -> list[str]:
    """After three tries the run ends with a reference, what it says is so, and undo takes back what it did."""
    place = opened(build)
    before = galleries(place)
    behave(place, behaviours)

    def crashes(*_) -> None:
        raise Crash("always")

    with patch.object(Writing, "order", crashes):  # everything is linked by then
        sync = press(place, chosen(place, mode))
    part = part_of(sync)
    wrong = same("state", part.state, "failed") + gone_wrong(place, sync)
    wrong += [] if "reference" in str(part.problem) else [f"no reference: {part.problem}"]
    wrong += free(place) + same("undone", problems(undo(place, sync)), [])
    wrong += same("galleries", galleries(place), before) + same("links", Link.objects.count(), 0)
    return wrong + healed(place, mode, behaviours)
