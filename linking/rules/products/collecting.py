"""The sweeper's part: it notes which stores rules wait for, that a batch of reports is whole, or that it is time to look for what
they have missed, and asks for the job. Several sweepers do no harm: one conditional update asks."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max, Min, Q
from django.utils import timezone

from linking import queue
from linking.domain import changes
from linking.models import ProductWork, Rule
from linking.models.jobs import JobState, asked_for
from setup.models import ProductEvent, Store

AFTER_FAILURE = timedelta(minutes=10)
WALK = timedelta(hours=1)


def collect(now: datetime | None = None) -> int:
    """How many jobs were asked for."""
    at = now or timezone.now()
    keep_wanted(now=at)
    asked = 0
    connected = ProductWork.objects.filter(store__status=Store.Status.CONNECTED)
    for work in connected.filter(Q(walk_due__lte=at) | Q(store__in=with_batches(at))):
        rested = Q(state=JobState.DONE) | Q(state=JobState.FAILED, heartbeat_at__lt=at - AFTER_FAILURE)
        if ProductWork.objects.filter(rested, pk=work.pk).update(**asked_for(now=at)):
            queue.enqueue("products", work.pk)
            asked += 1
    return asked


def keep_wanted(*, now: datetime) -> None:
    """Which stores have to report their products. Nothing of what is there already is looked for: it was there before."""
    wanted = set(Rule.objects.filter(on=True, trigger="product", stores__isnull=False).values_list("stores", flat=True))
    known = set(Store.objects.filter(product_topics=True).values_list("pk", flat=True))
    if new := wanted - known:
        rows = [ProductWork(store_id=pk, state=JobState.DONE, began=now, walked=now, walk_due=now + WALK) for pk in new]
        with transaction.atomic():
            Store.objects.filter(pk__in=new).update(product_topics=True, subscriptions_due=None)
            ProductWork.objects.bulk_create(rows, ignore_conflicts=True)
    if old := known - wanted:
        with transaction.atomic():
            Store.objects.filter(pk__in=old).update(product_topics=False, subscriptions_due=None)
            ProductWork.objects.filter(store__in=old).delete()
            ProductEvent.objects.filter(store__in=old, settled=None).delete()


def with_batches(now: datetime) -> list[int]:
    """Stores with a batch of reports that is whole."""
    rows = ProductEvent.objects.filter(settled=None).order_by().values_list("store")
    spans = rows.annotate(first=Min("received"), last=Max("received"))
    return [pk for pk, first, last in spans if changes.is_due(first, last, now)]
