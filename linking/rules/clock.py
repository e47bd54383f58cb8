"""Rules whose time has come: the sweeper looks, and of several sweepers one fires each. Times that passed while everything was
down fire a rule once, not once each."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from linking.domain import schedules
from linking.models import Rule
from linking.rules import firing
from setup.models import Environment
from setup.zones import zone_of

AT_ONCE = 200  # of one sweep


def next_of(rule: Rule, now: datetime) -> datetime | None:
    """When it fires by its schedule; None if it is off, or has none."""
    if not rule.on or rule.trigger != "schedule":
        return None
    return schedules.after(rule.schedule, zone_of(rule.environment.time_zone), now)


def fire_due(now: datetime | None = None) -> int:
    """How many fired. Safe to call at any time, in any number of processes."""
    at, fired = now or timezone.now(), 0
    due = Rule.objects.filter(on=True, next_at__lte=at).select_related("environment").order_by("next_at", "pk")
    for rule in due[:AT_ONCE]:
        fired += _fire(rule, at)
    return fired


def _fire(rule: Rule, now: datetime) -> bool:
    """The claim and the firing, both or neither."""
    since = rule.next_at
    assert since is not None
    missed = schedules.passed(rule.schedule, zone_of(rule.environment.time_zone), since, now)
    with transaction.atomic():
        mine = Rule.objects.filter(pk=rule.pk, on=True, next_at=since)
        if not mine.update(next_at=next_of(rule, now)):
            return False
        return firing.request(rule, "schedule", due=since, missed=missed) is not None


def set_again(environment: Environment, now: datetime) -> None:
    """The environment's zone is another one: its rules fire by that."""
    for rule in Rule.objects.filter(environment=environment, on=True, trigger="schedule"):
        rule.environment = environment
        Rule.objects.filter(pk=rule.pk, version=rule.version).update(next_at=next_of(rule, now))
