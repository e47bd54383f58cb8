"""The sweeper's part: it notices that a batch of events is whole, or that it is time to look for what they have missed, and asks
for the job. Several sweepers do no harm: one conditional update asks."""

from datetime import datetime, timedelta

from django.db.models import Exists, Max, Min, OuterRef, Q
from django.utils import timezone

from linking import queue
from linking.domain import changes
from linking.models import EventWork, Rule, SeenAsset
from linking.models.jobs import JobState, asked_for
from linking.rules.events.consequences import TRIGGERS
from setup.models import CloudinaryEvent, Environment

AFTER_FAILURE = timedelta(minutes=10)


def collect(now: datetime | None = None) -> int:
    """How many jobs were asked for."""
    at = now or timezone.now()
    begin(now=at)
    check_for_new_rules(now=at)
    asked = 0
    for work in EventWork.objects.filter(environment__in=[*with_batches(at), *with_walks(at)]):
        rested = Q(state=JobState.DONE) | Q(state=JobState.FAILED, heartbeat_at__lt=at - AFTER_FAILURE)
        if EventWork.objects.filter(rested, pk=work.pk).update(**asked_for(now=at)):
            queue.enqueue("events", work.pk)
            asked += 1
    return asked


def begin(*, now: datetime) -> None:
    """A row for each environment that has an address for events, rules that wait for some or for products, or documents for shops
    that have to follow. Nothing of what is there already is looked for: it was there before."""
    awaited = Q(rules__on=True, rules__trigger__in=[*TRIGGERS, "product"]) | Q(event_address__isnull=False)
    awaited |= Q(delivery_endpoints__on=True)
    new = Environment.objects.filter(awaited, event_work=None).distinct().only("pk")
    rows = [
        EventWork(environment=one, state=JobState.DONE, walked=now, walk_due=now + timedelta(hours=1), check_due=now)
        for one in new
    ]
    if rows:
        EventWork.objects.bulk_create(rows, ignore_conflicts=True)


def check_for_new_rules(*, now: datetime) -> None:
    """A rule has to know by which keys assets are linked before these are others."""
    new = Rule.objects.filter(environment=OuterRef("environment"), on=True, trigger__in=TRIGGERS)
    idle = EventWork.objects.filter(check_due__gt=now, reached="")
    idle.filter(Exists(new.filter(changed__gt=OuterRef("checked")))).update(check_due=now)


def with_batches(now: datetime) -> list[int]:
    """Environments with a batch of events that is whole."""
    rows = CloudinaryEvent.objects.filter(settled=None).order_by().values_list("environment")
    spans = rows.annotate(first=Min("received"), last=Max("received"))
    return [pk for pk, first, last in spans if changes.is_due(first, last, now)]


def with_walks(now: datetime) -> list[int]:
    """Environments where a walk or the daily check is due, or where what may be shown of an asset is another matter now."""
    turning = SeenAsset.objects.filter(environment=OuterRef("environment"), turns__lte=now)
    due = EventWork.objects.filter(Q(walk_due__lte=now) | Q(check_due__lte=now) | Exists(turning))
    return list(due.values_list("environment", flat=True))
