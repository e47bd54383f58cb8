"""A rule fires: one row, one search, one ordinary run, whatever comes twice, at once, or not at all."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from linking.cloudinary import searching
from linking.models import Firing, LinkCheck, Rule, Sync
from linking.models.jobs import SILENCE, JobState
from linking.rules import firing
from setup.models import AuditEntry
from tests.linking.rules.conftest import fired, run_of
from tests.scenes import asset, product


@pytest.fixture
def place(scene):
    return scene([product("a", pictures=1), product("b")], [asset("a1", "a", 1), asset("b1", "b", 2)])


@pytest.fixture
def rule(place, make_rule) -> Rule:
    return make_rule(place)


def test_a_firing_links_what_the_search_finds_and_the_run_names_its_rule(place, rule):
    one = fired(rule)
    assert (one.state, one.result) == (JobState.DONE, "ran")
    sync = place.finish(run_of(one))
    assert (sync.rule, str(sync.member), sync.dry_run) == (rule, "Nightly", False)
    assert place.assets_in("product-a") == ["product-a-0", "a1"]
    assert place.assets_in("product-b") == ["b1"]
    entry = AuditEntry.objects.get(action="sync.start")
    assert entry.person == "Nightly"


def test_a_rule_that_is_off_fires_only_where_somebody_asks(rule):
    Rule.objects.update(on=False)
    assert firing.request(rule, "schedule") is None
    assert firing.request(rule, "event", ["x"]) is None
    assert firing.request(rule, "person") is not None


def test_a_firing_that_waited_when_its_rule_was_switched_off_writes_nothing(place, rule):
    waiting = firing.request(rule, "event")
    Rule.objects.update(on=False)
    firing.fire(waiting.pk)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.result, waiting.note.code) == (JobState.DONE, "skipped", "rule.off")
    assert not Sync.objects.exists()


def test_what_somebody_asks_for_fires_although_its_rule_is_switched_off_meanwhile(place, rule):
    waiting = firing.request(rule, "event")
    assert firing.request(rule, "person", by=place.member) == waiting
    Rule.objects.update(on=False)
    firing.fire(waiting.pk)
    waiting.refresh_from_db()
    assert (waiting.cause, waiting.by, waiting.result) == ("person", place.member, "ran")


def test_what_comes_while_a_firing_waits_is_merged(rule):
    first = firing.request(rule, "event", ["a", "b"])
    assert firing.request(rule, "event", ["b", "c"]) == first
    first.refresh_from_db()
    assert (first.assets, first.merged) == (["a", "b", "c"], 1)
    firing.request(rule, "schedule")
    first.refresh_from_db()
    assert (first.assets, first.merged) == (None, 2)


def test_a_firing_waits_until_the_run_before_has_ended(place, rule):
    before = run_of(fired(rule))
    second = fired(rule)
    assert (second.state, second.runs.count()) == (JobState.WAITING, 0)
    assert second.not_before > timezone.now()
    place.finish(before)
    Firing.objects.filter(pk=second.pk).update(not_before=None)
    firing.fire(second.pk)
    assert run_of(second) != before


def test_a_firing_whose_process_died_goes_on_and_makes_its_run_once(place, rule, monkeypatch):
    made = firing.request(rule, "person")
    with monkeypatch.context() as broken:
        broken.setattr(firing, "_end", lambda *known: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            firing.fire(made.pk)
    assert Firing.objects.get(pk=made.pk).state == JobState.RUNNING
    assert list(Firing.objects.stale(now=timezone.now() + 2 * SILENCE)) == [made]
    Firing.objects.filter(pk=made.pk).update(heartbeat_at=timezone.now() - timedelta(minutes=1))
    firing.fire(made.pk)
    assert Firing.objects.get(pk=made.pk).state == JobState.DONE
    assert Sync.objects.count() == 1


def test_two_firings_of_a_rule_are_never_at_work_at_once(rule):
    first = Firing.objects.create(rule=rule, cause="person", due=timezone.now(), state=JobState.RUNNING)
    second = Firing.objects.create(rule=rule, cause="person", due=timezone.now())
    firing.fire(second.pk)
    second.refresh_from_db()
    assert second.state == JobState.WAITING
    Firing.objects.filter(pk=first.pk).update(state=JobState.DONE)
    Firing.objects.filter(pk=second.pk).update(not_before=None)
    firing.fire(second.pk)
    assert Firing.objects.get(pk=second.pk).state == JobState.DONE


def test_changed_assets_alone_are_linked_where_the_mode_only_adds(place, rule):
    known = {one.display_name: id for id, one in place.world.environments[0].assets.items()}
    place.finish(run_of(fired(rule, assets=[known["b1"], "elsewhere"])))
    assert place.assets_in("product-a") == ["product-a-0"]
    assert place.assets_in("product-b") == ["b1"]


def failed(rule: Rule, cause: str, assets: list[str] | None, **known) -> Firing:
    """One that failed for good."""
    known = {"state": JobState.FAILED} | known
    return Firing.objects.create(rule=rule, cause=cause, assets=assets, due=timezone.now(), **known)


def test_what_has_failed_for_good_is_taken_over_by_the_next_one(place, rule):
    known = {one.display_name: id for id, one in place.world.environments[0].assets.items()}
    failed(rule, "event", [known["a1"]])
    place.finish(run_of(fired(rule, assets=[known["b1"]])))
    assert (place.assets_in("product-a"), place.assets_in("product-b")) == (["product-a-0", "a1"], ["b1"])
    assert not firing.owed(rule).exists()


@pytest.mark.parametrize(
    ("rows", "owed"),
    [
        ([("event", ["a"]), ("status", ["b", "a"])], ["a", "b"]),
        ([("event", ["a"]), ("event", None)], None),
        ([("person", ["a"]), ("api", None), ("event", ["b"])], ["b"]),
        ([("person", None, {"merged": 1})], None),
        ([("event", ["a"]), ("event", ["b"], {"state": JobState.DONE}), ("event", ["c"])], ["c"]),
    ],
)
def test_a_rule_owes_what_has_failed_since_it_last_did_its_work(rule, rows, owed):
    for cause, assets, *known in rows:
        failed(rule, cause, assets, **(known[0] if known else {}))
    assert firing.assets_of(firing.owed(rule)) == owed
    made = firing.ask_again(rule, "event")
    assert (made.assets, made.cause) == (owed, "event")
    assert firing.ask_again(rule, "event") is None


def test_one_that_fails_after_a_later_one_has_run_is_owed(rule):
    first = failed(rule, "event", ["a"], state=JobState.WAITING)
    failed(rule, "event", ["b"], state=JobState.DONE)
    Firing.objects.filter(pk=first.pk).update(state=JobState.FAILED, heartbeat_at=timezone.now())
    assert list(firing.owed(rule)) == [first]


def test_a_mode_that_looks_at_whole_groups_gets_all_that_the_search_finds(rule):
    rule.settings = {"link_mode": "mirror"}
    assert firing.about(rule, ["a", "b"], ["b", "x"]) == ["a", "b"]
    assert firing.about(rule, ["a", "b"], ["x"]) == []
    rule.settings = {"link_mode": "append", "store_settings": {"1": {"link_mode": "in_place"}}}
    assert firing.about(rule, ["a", "b"], ["b"]) == ["a", "b"]


def test_a_search_that_finds_nothing_is_skipped_and_one_that_is_none_has_failed(rule):
    Rule.objects.update(search="tags:nowhere")
    rule.refresh_from_db()
    one = fired(rule)
    assert (one.state, one.result, one.note.code) == (JobState.DONE, "skipped", "rule.found_nothing")
    Rule.objects.update(search='tags:"')
    two = fired(rule)
    assert (two.state, two.problem.code) == (JobState.FAILED, "rule.search_refused")


def test_a_rule_without_a_connected_store_fails_with_what_to_do(place, rule):
    rule.stores.clear()
    one = fired(rule)
    assert (one.state, one.problem.code) == (JobState.FAILED, "rule.no_store")


def test_a_rule_that_only_reports_writes_nothing(place, rule):
    Rule.objects.update(policy={"freedom": "report"})
    sync = place.finish(run_of(fired(rule)))
    assert sync.dry_run
    assert place.assets_in("product-b") == []


@pytest.mark.parametrize(("freedom", "checks"), [("report", 1), ("wait", 0), ("keeping", 0)])
def test_a_rule_that_only_reports_has_the_links_of_its_stores_checked_once_a_day(place, make_rule, freedom, checks):
    place.run(place.select())
    rule = make_rule(place, policy={"freedom": freedom})
    place.finish(run_of(fired(rule)))
    assert LinkCheck.objects.filter(state=JobState.WAITING).count() == checks
    LinkCheck.objects.update(state=JobState.DONE)
    place.finish(run_of(fired(rule)))
    assert not LinkCheck.objects.filter(state=JobState.WAITING).exists()
    LinkCheck.objects.update(begun=timezone.now() - timedelta(days=1))
    fired(rule)
    assert LinkCheck.objects.filter(state=JobState.WAITING).count() == checks


def test_an_asset_that_stands_on_two_pages_of_the_search_is_taken_once(place, rule, monkeypatch):
    search = searching.search

    def twice(*known):
        answer = search(*known)
        return replace(answer, assets=[*answer.assets, *answer.assets])

    monkeypatch.setattr(searching, "search", twice)
    one = fired(rule)
    assert (one.state, one.result) == (JobState.DONE, "ran")
    assert run_of(one).selection.assets.count() == 2
