"""The sweeper's part: it notices that documents are to be built, and asks for the job. One conditional update asks."""

import hashlib
import json
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from linking import queue
from linking.delivery.places import PLACES, VIDEO, has_named
from linking.models import DeliveredProduct, DeliveryEndpoint
from linking.models.jobs import JobState, asked_for

AFTER_FAILURE = timedelta(minutes=1)


def collect(now: datetime | None = None) -> int:
    """How many jobs were asked for."""
    at, asked = now or timezone.now(), 0
    for endpoint in DeliveryEndpoint.objects.filter(on=True).select_related("environment"):
        notice_settings(endpoint, now=at)
    due = DeliveredProduct.objects.filter(endpoint=OuterRef("pk"), due__lte=at)
    rested = Q(state=JobState.DONE) | Q(state=JobState.FAILED, heartbeat_at__lt=at - AFTER_FAILURE)
    for endpoint in DeliveryEndpoint.objects.filter(rested, Exists(due), on=True):
        if DeliveryEndpoint.objects.filter(rested, pk=endpoint.pk).update(**asked_for(now=at)):
            queue.enqueue("delivery", endpoint.pk)
            asked += 1
    return asked


def notice_settings(endpoint: DeliveryEndpoint, *, now: datetime) -> None:
    """What all of its documents are made by: where that is another, so are they."""
    mark = mark_of(endpoint)
    if mark == endpoint.made_by:
        return
    if DeliveryEndpoint.objects.filter(pk=endpoint.pk, made_by=endpoint.made_by).update(made_by=mark):
        DeliveredProduct.objects.mark_all(endpoint, now=now)


def mark_of(endpoint: DeliveryEndpoint) -> str:
    environment = endpoint.environment
    names = [place.named for place in PLACES] + [VIDEO]
    known = [name for name in names if has_named(environment, name)]
    sizes = {name: environment.preparing.get(f"transformation-{name}") for name in known}
    shown = [environment.expiration_field, environment.time_zone, environment.allow_pending]
    where = [environment.cloud_name, environment.delivery_base, environment.alt_field]
    text = json.dumps([known, sizes, shown, where, endpoint.spin_field], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
