"""What is noted, in the transaction in which it happens, and once as long as it goes on."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from linking.domain.notices import Cause
from linking.models import Firing, Occurrence, Rule, StoreSync, Sync, WebhookDelivery
from linking.models.jobs import JobState
from linking.notices import noting, standing
from linking.rules import firing, making
from linking.syncing import ending
from linking.webhooks import endpoints, outbox
from setup.models import CloudinaryEvent, EventAddress, Member, Store
from setup.reasons import NONE, Reason
from setup.security.actors import Actor
from tests import pressing
from tests.linking.rules.conftest import fired, make_rule, run_of  # noqa: F401 - a fixture
from tests.receiver import willing

BROKEN = Reason("shopify.http_402")


def open_ones() -> list[tuple[str, str]]:
    return list(Occurrence.objects.filter(ended=None).order_by("pk").values_list("cause", "said"))


def types() -> list[str]:
    return list(WebhookDelivery.objects.order_by("pk").values_list("type", flat=True))


@pytest.fixture
def hook(place):
    return endpoints.add(place.environment, willing(), list(outbox.webhooks.EVENTS), who=None)[0]


def test_a_store_is_noted_when_it_breaks_and_when_it_works_again(place, hook):
    store = place.stores[0]
    store.break_off(BROKEN)
    store.break_off(BROKEN)
    standing.look(timezone.now())
    row = Occurrence.objects.get()
    assert (row.cause, row.stores) == ("store", [store.pk])
    assert str(row.said).startswith(f"{store} needs attention: The s")
    store.answered()
    standing.look(timezone.now())
    standing.look(timezone.now())
    row.refresh_from_db()
    assert row.ended
    assert row.end_passed_on is None
    assert types() == ["store.broken", "store.recovered"]
    store.break_off(BROKEN)
    assert Occurrence.objects.count() == 2


def test_a_store_that_broke_while_nothing_was_noted_is_found_and_one_that_an_admin_paused_ends_quietly(place):
    Store.objects.filter(pk=place.stores[0].pk).update(status="broken", problem=BROKEN)
    standing.look(timezone.now())
    standing.look(timezone.now())
    row = Occurrence.objects.get()
    Store.objects.filter(pk=place.stores[0].pk).update(status="paused")
    standing.look(timezone.now())
    row.refresh_from_db()
    assert row.ended
    assert row.end_passed_on


def test_what_is_taken_back_was_not_noted(place):
    with transaction.atomic():
        place.stores[0].break_off(BROKEN)
        assert Occurrence.objects.count() == 1
        transaction.set_rollback(True)
    assert Occurrence.objects.count() == 0


def test_a_run_that_ends_well_and_a_dry_run_of_a_person_are_no_news(place):
    place.run(place.select())
    place.run(place.select(), dry_run=True)
    assert Occurrence.objects.count() == 0


def test_a_run_with_problems_is_noted_once_for_who_started_it(place):
    sync = pressing.link(place.select(), "token", dry_run=False)
    first, last = sync.parts.all()
    with transaction.atomic():
        ending.end_bare(first, BROKEN)
    assert Occurrence.objects.count() == 0
    with transaction.atomic():
        ending.finish(last, StoreSync.State.DONE)
    noting.run_ended(last)
    row = Occurrence.objects.get()
    assert (row.cause, row.whose, row.alone, row.stores) == ("problems", place.member, True, [first.store_id])
    assert row.path == f"/syncs/{sync.key}/"
    assert str(first.store) in str(row.said)


def test_a_rule_s_plan_is_noted_once_however_often_it_is_made_and_over_when_somebody_has_dealt_with_it(
    place,
    hook,
    make_rule,  # noqa: F811
):
    rule = make_rule(place, policy={"freedom": "wait"}, owner=place.boss)
    first = place.finish(run_of(fired(rule)))
    assert first.dry_run
    row = Occurrence.objects.get()
    assert (row.cause, row.whose, row.closed, sorted(row.stores)) == (
        "plan",
        place.boss,
        True,
        sorted(store.pk for store in place.stores),
    )
    second = place.finish(run_of(fired(rule)))
    standing.look(timezone.now())
    row.refresh_from_db()
    assert (Occurrence.objects.count(), row.ended) == (1, None)
    assert types().count("plan.waiting") == 2
    Sync.objects.filter(pk__in=[first.pk, second.pk]).update(abort_requested=timezone.now())
    standing.look(timezone.now())
    row.refresh_from_db()
    assert row.ended


def test_a_rule_that_only_reports_asks_nobody(place, make_rule):  # noqa: F811
    place.finish(run_of(fired(make_rule(place, policy={"freedom": "report"}))))
    assert Occurrence.objects.count() == 0


def test_a_rule_is_noted_when_it_fails_and_when_it_works_again(place, hook, make_rule):  # noqa: F811
    rule = make_rule(place, search='tags:"', owner=place.boss)
    fired(rule)
    fired(rule)
    row = Occurrence.objects.get()
    assert (row.cause, row.whose, row.ended) == ("rule", place.boss, None)
    Rule.objects.update(search="tags:nowhere")
    fired(rule)
    row.refresh_from_db()
    assert row.ended
    assert [type for type in types() if type.startswith("rule")] == ["rule.failed", "rule.recovered"]


def test_what_was_noted_of_a_rule_is_over_quietly_when_it_is_deleted(place, make_rule):  # noqa: F811
    rule = make_rule(place)
    for cause in (Cause.RULE, Cause.PLAN):
        noting.began(place.environment, cause, f"rule {rule.pk}", Reason("notice.rule_back", rule=rule.name), "/rules/")
    admin = Member.objects.create(environment=place.environment, external_id="b", name="Bo", granted_role="admin")
    making.delete(Actor(admin), rule)
    assert list(Occurrence.objects.filter(ended=None)) == []
    assert not Occurrence.objects.filter(end_passed_on=None).exists()


def test_a_failure_whose_process_died_before_it_was_noted_is_found(place, make_rule, monkeypatch):  # noqa: F811
    rule = make_rule(place, search='tags:"')
    monkeypatch.setattr(noting, "rule_fired", lambda firing: None)
    fired(rule)
    monkeypatch.undo()
    assert Occurrence.objects.count() == 0
    standing.look(timezone.now())
    standing.look(timezone.now())
    row = Occurrence.objects.get()
    Rule.objects.update(on=False)
    standing.look(timezone.now())
    row.refresh_from_db()
    assert row.end_passed_on  # nobody hears that somebody switched it off


def test_a_firing_that_still_waits_or_a_rule_that_is_off_is_no_news(place, make_rule):  # noqa: F811
    rule = make_rule(place, on=False)
    made = firing.request(rule, "person")
    Firing.objects.filter(pk=made.pk).update(state=JobState.FAILED, problem=BROKEN)
    standing.look(timezone.now())
    assert Occurrence.objects.count() == 0


def test_events_that_are_silent_for_a_day_are_noted_if_any_are_expected(place, hook):
    now = timezone.now()
    address = EventAddress.objects.create(environment=place.environment, token="t")
    EventAddress.objects.update(created=now - timedelta(days=3))
    standing.look(now)
    assert Occurrence.objects.count() == 0  # none ever came, and no rule waits for any
    EventAddress.objects.update(last_event=now - timedelta(hours=25))
    standing.look(now)
    standing.look(now)
    assert [cause for cause, _ in open_ones()] == ["events"]
    CloudinaryEvent.objects.create(environment=address.environment, digest="d", body="", received=now, settled=now)
    standing.look(now)
    assert open_ones() == []
    assert types() == ["events.silent", "events.resumed"]


def test_events_are_expected_where_a_rule_waits_for_them(place, make_rule):  # noqa: F811
    EventAddress.objects.create(environment=place.environment, token="t")
    EventAddress.objects.update(created=timezone.now() - timedelta(days=3))
    make_rule(place, trigger="event")
    standing.look(timezone.now())
    assert [cause for cause, _ in open_ones()] == ["events"]


def test_a_reason_without_words_of_its_own_is_said_all_the_same(place):
    noting.store_broke_off(place.stores[0], NONE)
    assert "no reason was given" in str(Occurrence.objects.get().said)
