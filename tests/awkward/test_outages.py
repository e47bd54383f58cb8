"""A store that is away is waited for, one that refuses is asked twice, and a run always ends, with true words."""

import pytest

from linking.models import Link, ProductSync
from setup.models import Store
from tests.awkward.oracle import problems, same
from tests.awkward.outages import ONCE, fault, free, gone_wrong
from tests.awkward.scenarios import SCENARIOS, galleries
from tests.awkward.shop import chosen, meanwhile, opened, press, undo

# Three minutes are three or four seconds here.
HURRIED = 0.02


def played(scene, name: str, mode: str = "prepend", behaviours=()) -> list[str]:
    return SCENARIOS[name].play(scene, mode, behaviours)


@pytest.mark.parametrize("name", ["", " in the middle"])
@pytest.mark.cases(1)
def test_a_store_that_is_away_for_three_minutes_is_waited_for(scene, settings, name):
    settings.PATIENCE = HURRIED
    assert played(scene, f"the store is away for three minutes{name}") == []


@pytest.mark.full
def test_a_store_that_stays_away_ends_the_run_and_nothing_that_is_there_is_called_failed(scene, settings):
    """Links stay, undo works, and the next run goes on."""
    settings.PATIENCE = HURRIED / 8
    place = opened(scene)
    before = galleries(place)
    selection = chosen(place, "prepend")
    with meanwhile(place, "fileUpdate", lambda: fault(place, "http_503")):
        sync = press(place, selection)
    assert "Run again when it is back" in problems(sync)[0]
    assert Link.objects.count() == 9
    assert set(Link.objects.values_list("product_id", flat=True)) == set(place.shop.products)
    place.world.faults.clear()
    settings.PATIENCE = 0.1
    assert gone_wrong(place, sync) + free(place) == []
    assert not ProductSync.objects.filter(part__sync=sync, waits={}).exists()
    back = undo(place, sync)
    assert problems(back) + same("galleries", galleries(place), before) + same("links", Link.objects.count(), 0) == []


@pytest.mark.parametrize("name", ONCE)
@pytest.mark.cases(1)
def test_a_refusal_that_the_second_look_does_not_confirm_stops_nothing(scene, name):
    assert played(scene, f"{name} once now and then") == []


@pytest.mark.parametrize("kind", ["http_401", "http_402", "http_403", "http_404", "http_423", "ACCESS_DENIED"])
@pytest.mark.cases(1)
def test_a_refusal_that_is_confirmed_stops_the_store(scene, kind):
    place = opened(scene)
    selection = chosen(place, "prepend")
    denied = {"kind": "graphql_error", "code": kind} if kind == "ACCESS_DENIED" else {"kind": kind}
    fault(place, after=3, **denied)
    sync = press(place, selection)
    assert Store.objects.get().status == Store.Status.BROKEN
    assert problems(sync) == [str(Store.objects.get().problem)]
    assert gone_wrong(place, sync) + free(place) == []


@pytest.mark.parametrize("mode", ["prepend", "position"])
@pytest.mark.cases(1)
def test_an_error_of_ours_that_comes_every_time_ends_the_run_with_a_reference(scene, mode):
    assert played(scene, "an error of ours, always", mode) == []


def test_an_error_of_ours_that_comes_once_changes_nothing(scene):
    assert played(scene, "an error of ours, once") == []
