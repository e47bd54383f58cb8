"""Schedules: what is due fires once, and however late."""

from datetime import UTC, datetime, timedelta

import pytest

from linking.models import Firing, Rule
from linking.rules import clock
from setup.models import Environment

MORNING = datetime(2026, 12, 1, 5, tzinfo=UTC)  # 06:00 in Berlin


@pytest.fixture
def rule(db) -> Rule:
    environment = Environment.objects.create(cloud_name="demo", time_zone="Europe/Berlin")
    return Rule.objects.create(environment=environment, name="Nightly", schedule="0 6 * * *", on=True, next_at=MORNING)


def test_nothing_fires_before_its_time(rule):
    assert clock.fire_due(MORNING - timedelta(seconds=1)) == 0
    assert not Firing.objects.exists()


def test_a_rule_fires_once_when_it_is_due_and_again_on_the_next_day(rule):
    assert [clock.fire_due(MORNING + timedelta(seconds=at)) for at in (0, 5, 60)] == [1, 0, 0]
    one = Firing.objects.get()
    assert (one.cause, one.due, one.missed) == ("schedule", MORNING, 0)
    rule.refresh_from_db()
    assert rule.next_at == MORNING + timedelta(days=1)


def test_what_was_missed_while_everything_was_down_fires_once(rule):
    assert clock.fire_due(MORNING + timedelta(days=3, hours=1)) == 1
    assert Firing.objects.get().missed == 3
    rule.refresh_from_db()
    assert rule.next_at == MORNING + timedelta(days=4)


def test_of_two_sweepers_that_see_it_due_one_fires_it(rule):
    seen = Rule.objects.select_related("environment").get()
    assert clock.fire_due(MORNING) == 1
    assert not clock._fire(seen, MORNING)
    assert Firing.objects.count() == 1


def test_a_rule_that_was_switched_off_meanwhile_does_not_fire(rule):
    seen = Rule.objects.select_related("environment").get()
    Rule.objects.update(on=False, next_at=None)
    assert not clock._fire(seen, MORNING)
    assert clock.fire_due(MORNING) == 0


def test_another_zone_moves_the_next_firing(rule):
    environment = rule.environment
    environment.time_zone = "America/New_York"
    clock.set_again(environment, MORNING)
    rule.refresh_from_db()
    assert rule.next_at == datetime(2026, 12, 1, 11, tzinfo=UTC)


def test_a_hundred_rules_that_are_due_in_one_minute_all_fire(rule):
    Rule.objects.bulk_create(
        Rule(environment=rule.environment, name=f"{at}", schedule="0 6 * * *", on=True, next_at=MORNING)
        for at in range(99)
    )
    assert clock.fire_due(MORNING) == 100
    assert Firing.objects.values("rule").distinct().count() == 100
