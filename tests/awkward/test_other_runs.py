"""Everything besides a first link, in a store that behaves in all the ways that nobody has recorded.

Each scenario with all behaviours at once, and with those that tell most of it; `script/chaos awkward` plays all with all.
"""

import pytest

from linking.syncing.work import Next, work
from tests.awkward import file_scenarios  # noqa: F401 - its scenarios are registered
from tests.awkward.behaviours import DAYS, EVERYTHING
from tests.awkward.oracle import doubles, nothing_left, promised, right
from tests.awkward.scenarios import SCENARIOS
from tests.awkward.shop import behave, chosen, opened, press
from tests.scenes import part_of
from tests.tiers import product_of

ORDERS, LOCKED, BEHIND = "orders that take 25 s", "galleries that are locked now and then", "reads 3 s behind"
IN_TURN, MISSING, LOST = "reads in turn 3 s behind", "an id missing now and then", "answers that get lost"
ROWS, UNKNOWN, TAKEN = (
    "rows in another order, ready without a picture",
    "writes of unknown outcome",
    "taken names appended",
)
YOUNG = "young files that nodes() does not show"
# Scenario -> the link mode that asks most of it, and behaviours besides `everything`.
TELLING: dict[str, tuple[str, list[str]]] = {
    "another order": ("prepend", [ORDERS, LOCKED, IN_TURN]),
    "undone": ("reset", [IN_TURN, LOST, MISSING]),
    "aborted after files, the rest": ("prepend", [LOST]),
    "aborted after links, the rest": ("overwrite_and_add", [IN_TURN]),
    "aborted after orders, the rest": ("prepend", [ORDERS]),
    "aborted after links, undone": ("append", [BEHIND]),
    "aborted after orders, undone": ("position", [ORDERS, LOST]),
    "retried": ("append", [ROWS, LOST]),
    "uploaded": ("", [ROWS, UNKNOWN, TAKEN, YOUNG]),
    "replaced": ("", [IN_TURN, LOST, MISSING]),
    "variants and swatches": ("reset", [IN_TURN, LOCKED, UNKNOWN]),
    "alt texts": ("append", [IN_TURN, LOST]),
    "unlinked": ("append", [IN_TURN, MISSING]),
}
PLAYED = [
    pytest.param(
        name,
        mode,
        day,
        id=f"{name}-{day}",
        marks=[pytest.mark.django_db(transaction=SCENARIOS[name].committed), *([pytest.mark.full] if at else [])],
    )
    for name, (mode, days) in TELLING.items()
    for at, day in enumerate(("everything", *days))
]


OVERWRITING = ("in_place", "overwrite_and_add")
BROKEN_OFF = [name for name in TELLING if name.endswith("the rest")]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("name", "mode"),
    product_of([*BROKEN_OFF, "retried"], OVERWRITING),
)
@pytest.mark.cases(1)
def test_what_overwriting_has_begun_the_next_run_ends(name, mode, scene):
    """Half of it has moved what stood there: positions count in the gallery as it was found."""
    assert SCENARIOS[name].play(scene, mode, []) == []


@pytest.mark.parametrize(("name", "mode", "day"), PLAYED)
@pytest.mark.cases(1)
def test_nothing_goes_wrong_when(name, mode, day, scene):
    assert SCENARIOS[name].play(scene, mode, DAYS[day]) == []


@pytest.mark.full
def test_slices_that_end_at_any_moment_do_not_start_the_wait_again(scene, settings):
    settings.LEASE_SECONDS = 1.5
    place = opened(scene)
    behave(place, EVERYTHING)
    selection = chosen(place, "prepend")
    press(place, selection)
    assert right(place, promised("prepend")) + doubles(place) + nothing_left(place, selection) == []


def test_a_dry_run_writes_nothing(scene):
    place = opened(scene)
    behave(place, EVERYTHING)
    sync = press(place, place.select(), dry_run=True)
    assert place.mutations() == []
    assert work(part_of(sync).pk) == Next.NOTHING
