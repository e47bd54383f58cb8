"""What tests of events share: a place with a linked asset, and a rule that waits for what changes."""

import json
import uuid
from collections.abc import Callable
from datetime import datetime

import pytest
from django.utils import timezone

from linking import jobs
from linking.models import EventWork, Firing, Rule
from linking.models.jobs import JobState, asked_for
from linking.rules import firing
from linking.rules.events import collecting
from setup.models import CloudinaryEvent, EventAddress
from tests.linking.rules.conftest import SETTINGS, run_of
from tests.scenes import Scene, asset, product


class Followed:
    """A place whose events are dealt with as the sweeper and a worker would."""

    def __init__(self, place: Scene) -> None:
        self.place, self.world = place, place.world.environments[0]
        EventAddress.objects.get_or_create(environment=place.environment, defaults={"token": "t"})
        collecting.begin(now=timezone.now())
        EventWork.objects.update(check_due=None)

    @property
    def work(self) -> EventWork:
        return EventWork.objects.get(environment=self.place.environment)

    def asset(self, name: str):
        return next(row for row in self.world.assets.values() if row.display_name == name)

    def hear(self, *names: str, type: str = "resource_metadata_changed", **known) -> CloudinaryEvent:
        """An event about these assets."""
        rows = [{"asset_id": self.asset(name).asset_id} for name in names]
        return self.tell({"notification_type": type, "resources": rows, **known})

    def tell(self, body: dict, *, received: datetime | None = None) -> CloudinaryEvent:
        return CloudinaryEvent.objects.create(
            environment=self.place.environment,
            digest=uuid.uuid4().hex,
            type=body.get("notification_type", ""),
            body=json.dumps(body),
            received=received or timezone.now(),
        )

    def deal(self) -> None:
        """The job, until nothing is left to do."""
        EventWork.objects.filter(state__in=[JobState.DONE, JobState.FAILED]).update(**asked_for(now=timezone.now()))
        for _ in range(20):
            EventWork.objects.update(not_before=None)
            jobs.work_on_events(self.work.pk)
            if self.work.state != JobState.WAITING:
                return

    def fire(self) -> list[Firing]:
        """What waits is fired, and its runs are worked off."""
        waiting = list(Firing.objects.filter(state=JobState.WAITING).order_by("pk"))
        for one in waiting:
            firing.fire(one.pk)
            one.refresh_from_db()
            if one.runs.exists():
                self.place.finish(run_of(one))
        return waiting


@pytest.fixture
def followed(scene) -> Callable[..., Followed]:
    """Call it: a place with two linked assets of product a, and one of product b that is not linked."""

    def build(*, linked: bool = True) -> Followed:
        assets = [asset("a1", "a", 1), asset("a2", "a", 2), asset("b1", "b", 3)]
        place = scene([product("a"), product("b")], assets)
        place.world.settings.change({"index_lag": 0})
        if linked:
            place.run(place.select("a1", "a2"))
        return Followed(place)

    return build


@pytest.fixture
def event_rule() -> Callable[..., Rule]:
    def make(found: Followed, **known) -> Rule:
        known = {"name": "Follow", "search": "resource_type:image", "on": True, "trigger": "event"} | known
        known = {"policy": {"freedom": "keeping"}, "settings": SETTINGS} | known
        made = Rule.objects.create(environment=found.place.environment, **known)
        made.stores.set(found.place.stores)
        return made

    return make
