"""A thousand assets that change at once, and the rule that follows them: from the events to the last row of its run, to compare
with the same run that a person starts."""

import json
import uuid
from datetime import timedelta

from django.utils import timezone

from linking.models import EventWork, Firing, Rule, StoreSync, Sync
from linking.rules import firing
from linking.rules.events import collecting
from linking.rules.events.working import work_on_events
from linking.selection.fetching import fetch_selection
from script.benches import ways
from script.benches.measured import Measured
from setup.models import CloudinaryEvent, Environment, EventAddress, Store

AGO = timedelta(minutes=6)  # a batch that waited so long is whole


def by_rule() -> Measured:
    """Raises RuntimeError if it was not one firing and one run."""
    environment = Environment.objects.get()
    ids = list(ways.asset_ids(environment))
    follow(environment)
    tell(environment, [*ids, *ids[::10]])
    measured, before = Measured(), ways.book()
    with ways.timed(measured):
        collecting.collect()
        while work_on_events(EventWork.objects.get().pk):
            pass
        for one in Firing.objects.all():
            firing.fire(one.pk)
        if (counts := (Firing.objects.count(), Sync.objects.count())) != (1, 1):
            raise RuntimeError(f"One change became {counts[0]} firings and {counts[1]} runs.")
        fetch_selection(Sync.objects.get().selection_id)
        ways.finish(StoreSync.objects.get())
    ways.charged(measured, before)
    ways.check_galleries(ways.product_ids())
    return measured


def follow(environment: Environment) -> None:
    settings = {"link_mode": "append", "cloudinary_field": "metadata:sku", "shopify_field": "sku"}
    rule = Rule.objects.create(
        environment=environment,
        name="Follow",
        trigger="event",
        search="resource_type:image",
        on=True,
        policy={"freedom": "keeping"},
        settings=settings,
    )
    rule.stores.set(Store.objects.all())


def tell(environment: Environment, ids: list[str]) -> None:
    """An event about each."""
    EventAddress.objects.create(environment=environment, token="bench")
    kind, received = "resource_metadata_changed", timezone.now() - AGO
    CloudinaryEvent.objects.bulk_create(
        CloudinaryEvent(
            environment=environment,
            digest=uuid.uuid4().hex,
            type=kind,
            received=received,
            body=json.dumps({"notification_type": kind, "resources": [{"asset_id": id}]}),
        )
        for id in ids
    )
