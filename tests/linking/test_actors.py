"""Who begins or ends a run goes through one door: limits are spent, rows made, jobs enqueued and the log written there."""

import pytest
from django.utils import timezone

from linking import runs
from linking.models import Sync
from linking.pages.run.page import run_context
from linking.syncing.run import Run
from linking.syncing.work import Next, work
from setup.models import AuditEntry
from setup.security import limits
from setup.security.actors import Actor
from tests.scenes import asset, product


@pytest.fixture
def place(scene):
    return scene([product("a", pictures=1)], [asset("front", "a", 1)])


def entries() -> list[tuple[str, str]]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", "person"))


def test_a_person_and_an_operator_do_the_same_and_the_log_tells_them_apart(place):
    person, operator = Actor(place.member), Actor(place.member, is_operator=True)
    first = runs.link(person, place.select(), "one", dry_run=True)
    assert runs.abort(operator, first)
    assert not runs.abort(person, first)
    assert entries() == [("sync.start", "Ada"), ("sync.abort", "")]
    assert {entry.cloud_name for entry in AuditEntry.objects.all()} == {place.environment.cloud_name}


def test_limits_hold_for_people_and_not_for_operators(place, settings):
    settings.LIMITS = settings.LIMITS | {"dry_run": 1}
    limits._here.forget()
    person = Actor(place.member)
    runs.link(person, place.select(), "one", dry_run=True)
    with pytest.raises(limits.TooMany):
        runs.link(person, place.select(), "two", dry_run=True)
    assert Sync.objects.count() == 1
    runs.link(Actor(place.member, is_operator=True), place.select(), "three", dry_run=True)
    assert Sync.objects.count() == 2
    limits._here.forget()


def test_a_plan_that_takes_media_away_is_applied_with_its_own_number_only(place):
    sync = place.run(place.select(link_mode="reset"), dry_run=True)
    for wrong in (None, 0, 2):
        with pytest.raises(runs.CannotStart, match="Confirm that 1 picture leaves"):
            runs.apply(Actor(place.member), sync, leaving=wrong)
    assert not Sync.objects.filter(as_shown=True).exists()
    runs.apply(Actor(place.member), sync, leaving=1)
    assert Sync.objects.filter(as_shown=True).exists()


def test_run_again_is_a_selection_whose_details_are_fetched(place):
    done = place.run(place.select())
    selection = runs.again(Actor(place.member), done)
    assert (selection.member, selection.assets.count()) == (place.member, 1)
    assert entries()[-1] == ("sync.again", "Ada")


def test_a_store_that_is_planned_while_a_person_confirms_is_not_applied_unseen(scene, monkeypatch):
    """Between the look at the numbers and the step that applies, another store's plan comes in and takes something away."""
    place = scene([product("a", pictures=1)], [asset("front", "a", 1)], stores=2)
    sync = place.run(place.select(link_mode="reset"), dry_run=True)
    late = sync.parts.last()
    counted = Sync.losses
    monkeypatch.setattr(Sync, "losses", lambda self: (1, 1))  # as when the late one had no plan yet
    monkeypatch.setattr(Actor, "spend", lambda self, name: monkeypatch.setattr(Sync, "losses", counted))
    with pytest.raises(runs.CannotStart, match="Confirm that 2 pictures leave"):
        runs.apply(Actor(place.member), sync, leaving=1)
    late.refresh_from_db()
    assert (late.state, Sync.objects.get().dry_run) == ("planned", True)


def test_a_run_that_has_ended_is_not_aborted_and_its_plan_can_still_be_applied(place):
    sync = place.run(place.select(), dry_run=True)
    with pytest.raises(runs.CannotStart, match="has ended already"):
        runs.abort(Actor(place.member), sync)
    assert ("sync.abort", "Ada") not in entries()
    place.apply(sync)
    assert sync.parts.get().state == "done"


def test_a_plan_that_is_asked_to_abort_at_its_very_end_ends_as_aborted(place, monkeypatch):
    """Not as a plan that nobody can apply."""
    sync = runs.link(Actor(place.member), place.select(), "one", dry_run=True)
    shown = Run.show

    def abort_comes_first(run: Run) -> None:
        Sync.objects.update(abort_requested=timezone.now())
        shown(run)

    monkeypatch.setattr(Run, "show", abort_comes_first)
    place.finish(sync)
    assert sync.parts.get().state == "aborted"


def test_an_aborted_plan_says_that_it_is_not_applied_and_the_log_says_only_what_was_done(scene):
    place = scene([product("a")], [asset("front", "a", 1)], stores=2)
    sync = runs.link(Actor(place.member), place.select(), "one", dry_run=True)
    first, second = sync.parts.all()
    assert work(first.pk) == Next.NOTHING
    assert runs.abort(Actor(place.member), sync)
    work(second.pk)
    assert [part.state for part in sync.parts.all()] == ["planned", "aborted"]
    sync.refresh_from_db()
    with pytest.raises(runs.CannotStart, match="was aborted"):
        runs.apply(Actor(place.member), sync)
    assert [action for action, _ in entries()] == ["sync.start", "sync.abort"]
    assert not run_context(sync, {}, place.member)["can_apply"]


def test_of_two_presses_of_apply_one_is_recorded(place):
    sync = place.run(place.select(), dry_run=True)
    runs.apply(Actor(place.member), sync)
    runs.apply(Actor(place.member), sync)
    assert [action for action, _ in entries()].count("sync.apply") == 1
