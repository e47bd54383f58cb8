"""What goes on, compared with what was noted of it: an end that nobody reports is noticed here, and so is a beginning whose
process died before it was noted. Safe in any number of processes."""

import time
from datetime import datetime

from django.db.models import Max
from django.utils import timezone

from linking.domain.notices import Cause
from linking.models import Firing, Occurrence, Rule
from linking.models.jobs import JobState
from linking.models.plans import waiting_plans
from linking.notices import noting
from setup.events import addresses
from setup.models import CloudinaryEvent, EventAddress, Store

EVERY = 60.0  # seconds
BY_EVENTS = ("event", "status")  # triggers of rules


class Watch:
    """Looks once a minute."""

    def __init__(self) -> None:
        self._next = 0.0

    def look(self) -> None:
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + EVERY
            look(timezone.now())


def look(now: datetime) -> None:
    _stores()
    _rules()
    _plans()
    _events(now)


def _open(cause: Cause) -> dict[str, int]:
    """Subject -> environment."""
    rows = Occurrence.objects.filter(cause=cause.value, ended=None)
    return dict(rows.values_list("subject", "environment"))


def _stores() -> None:
    noted = _open(Cause.STORE)
    broken = Store.objects.filter(status=Store.Status.BROKEN).select_related("environment")
    for store in broken:
        if noted.pop(f"store {store.pk}", None) is None:
            noting.store_broke_off(store, store.problem)
    over = Store.objects.filter(pk__in=[_pk(subject) for subject in noted]).select_related("environment")
    for store in over:
        if store.status == Store.Status.CONNECTED:
            noting.store_works(store)
        elif store.status != Store.Status.BROKEN:  # an admin paused or disconnected it
            noting.ended(store.environment, Cause.STORE, f"store {store.pk}", quietly=True)


def _rules() -> None:
    noted = _open(Cause.RULE)
    over = Firing.objects.filter(rule__on=True, state__in=[JobState.DONE, JobState.FAILED])
    newest = over.order_by().values("rule").annotate(last=Max("pk")).values("last")
    rules = Firing.objects.filter(pk__in=newest).select_related("rule__environment", "rule__owner")
    for firing in rules:
        environment = noted.pop(f"rule {firing.rule_id}", None)
        if (firing.state == JobState.FAILED) == (environment is None):
            noting.rule_fired(firing)
    for subject, environment in noted.items():  # switched off, or deleted
        noting.ended(environment, Cause.RULE, subject, quietly=True)


def _plans() -> None:
    noted = _open(Cause.PLAN)
    if noted:
        rules = Rule.objects.filter(pk__in=[_pk(subject) for subject in noted])
        waiting = {f"rule {sync.rule_id}" for sync in waiting_plans(rules)}
        for subject in noted.keys() - waiting:
            noting.ended(noted[subject], Cause.PLAN, subject, quietly=True)


def _events(now: datetime) -> None:
    """Silence means something where events came before, or a rule waits for some."""
    noted = set(_open(Cause.EVENTS).values())
    for address in EventAddress.objects.select_related("environment"):
        environment = address.environment
        silent = addresses.is_silent(address, now=now)
        if silent and environment.pk not in noted and _are_expected(address):
            noting.events_are_silent(environment)
        elif not silent and environment.pk in noted:
            noting.events_come_again(environment)


def _are_expected(address: EventAddress) -> bool:
    rows = Rule.objects.filter(environment=address.environment_id, on=True, trigger__in=BY_EVENTS)
    came = CloudinaryEvent.objects.filter(environment=address.environment_id)
    return address.last_event is not None or rows.exists() or came.exists()


def _pk(subject: str) -> int:
    return int(subject.rpartition(" ")[2])
