"""Workers that die while the store behaves in all the ways at once that nobody has recorded (tests/awkward)."""

from collections.abc import Callable

from tests.awkward.behaviours import EVERYTHING, together
from tests.chaos.scenarios import killed, more
from tests.chaos.stage import Stage

LONG_RUN = 240.0  # seconds: every call may have to be looked after
MODES = ("prepend", "append", "position", "overwrite_and_add")


def bad_day(stage: Stage, disturb: Callable[[Stage, Callable[[Stage], object]], None]) -> None:
    """Disturbed in the first run; the second puts right what may be left, and the third finds nothing to do."""
    for fault in together(EVERYTHING):
        stage.place.world.faults.add(service="shopify", **fault)
    selection = stage.select(link_mode=stage.draw.choice(MODES))
    disturb(stage, lambda stage: stage.press(selection))
    stage.finish(LONG_RUN)
    stage.fine |= {"partial"}  # what Shopify has not shown in time is unknown, and reported so
    for _ in range(2):
        before = stage.mutations()
        stage.press(selection)
        stage.finish(LONG_RUN)
    if stage.mutations() > before:
        stage.found.append(f"the third run wrote {stage.mutations() - before} times")
    if states := {row.state for row in stage.parts()[-1].products.all()} - {"unchanged"}:
        stage.found.append(f"after the third run products are {states}")


@more
def kill_horse_on_a_bad_day(stage: Stage) -> None:
    bad_day(stage, lambda stage, begin: killed(stage, "horse", begin, within=8.0, ends=LONG_RUN))


@more
def kill_both_on_a_bad_day(stage: Stage) -> None:
    bad_day(stage, lambda stage, begin: killed(stage, "both", begin, within=8.0, ends=LONG_RUN))


@more
def kill_everything_on_a_bad_day(stage: Stage) -> None:
    bad_day(stage, lambda stage, begin: killed(stage, "all", begin, within=8.0, ends=LONG_RUN))
