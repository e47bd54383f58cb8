"""What may happen between an event, or a time that has come, and the end of the run that a rule makes of it."""

import signal
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta

from django.utils import timezone

from linking.domain.filenames import read_mark
from linking.models import EventWork, Firing, Rule, StoreFile, StoreSync, Sync
from linking.models.jobs import JobState
from setup.models import CloudinaryEvent, EventAddress
from tests.chaos.scenarios import more, quick
from tests.chaos.stage import PATIENCE, Stage
from tests.chaos.workers import send

BUSY = (JobState.WAITING, JobState.RUNNING)
SETTINGS = {"cloudinary_field": "metadata:sku", "shopify_field": "sku"}
AGO = timedelta(minutes=6)  # a batch that waited so long is whole


def rule_of(stage: Stage, **known) -> Rule:
    """For everything, in a mode that takes nothing away, so that it goes on by itself."""
    known = {"trigger": "event", "name": "Follow", "policy": {"freedom": "keeping"}} | known
    mode = stage.draw.choice(("append", "prepend", "mirror"))
    made = Rule.objects.create(
        environment=stage.place.environment,
        search="resource_type:image",
        on=True,
        settings=SETTINGS | {"link_mode": mode},
        **known,
    )
    made.stores.set(stage.place.stores)
    # Cloudinary answers so slowly that a job can be met while it asks.
    stage.place.world.faults.add(service="cloudinary", kind="slow", seconds=0.15, times=None)
    return made


def tell(stage: Stage) -> None:
    """Events about every asset, in any order, some of them twice."""
    EventAddress.objects.get_or_create(environment=stage.place.environment, defaults={"token": uuid.uuid4().hex})
    ids = list(stage.place.world.environments[0].assets)
    ids += stage.draw.sample(ids, 10)
    stage.draw.shuffle(ids)
    said = '{"notification_type": "resource_metadata_changed", "resources": [{"asset_id": "%s"}]}'
    received = timezone.now() - AGO
    known = {"environment": stage.place.environment, "type": "resource_metadata_changed", "received": received}
    CloudinaryEvent.objects.bulk_create(CloudinaryEvent(digest=uuid.uuid4().hex, body=said % id, **known) for id in ids)


def firings(stage: Stage):
    return Firing.objects.filter(rule__environment=stage.place.environment)


def runs_of(stage: Stage) -> list[Sync]:
    return list(Sync.objects.filter(environment=stage.place.environment).order_by("pk"))


def is_quiet(stage: Stage) -> bool:
    stage.syncs = runs_of(stage)
    events = CloudinaryEvent.objects.filter(environment=stage.place.environment, settled=None)
    works = EventWork.objects.filter(environment=stage.place.environment, state__in=BUSY)
    return not (events.exists() or works.exists() or firings(stage).filter(state__in=BUSY).exists() or stage.busy())


def ended(stage: Stage) -> None:
    """Waits for the end, and judges what the oracle does not know: what the rule was to do is done, once."""
    if not stage.until(lambda: firings(stage).exists() and is_quiet(stage), 1.5 * PATIENCE):
        rows = [(one.state, one.result, str(one.problem)) for one in firings(stage)]
        stage.found.append(f"the rule did not come to an end: {rows}")
    stage.finish()
    stage.found += misses(stage)


def misses(stage: Stage) -> Iterator[str]:
    for one in firings(stage):
        if one.state != JobState.DONE or one.result != Firing.Result.RAN:
            yield f"firing {one.pk} ended {one.state} {one.result}: {one.problem or one.note}"
        if (n := one.runs.count()) != 1:
            yield f"firing {one.pk} made {n} runs"
    if stray := [sync.pk for sync in stage.syncs if sync.firing_id is None]:
        yield f"runs {stray} are of no firing"
    shop = stage.place.shop
    marks = dict(StoreFile.objects.filter(store=stage.place.stores[0]).values_list("file_id", "asset_id"))
    for product in shop.products.values():
        sku = product.variants[0].sku
        assets = stage.place.world.environments[0].assets
        wanted = {id for id, one in assets.items() if one.metadata.get("sku") == sku}
        shown = {marks.get(id) for id in product.media if read_mark(shop.files[id].filename)}
        if wanted - shown:
            yield f"{product.handle} lacks {len(wanted - shown)} pictures that the rule links"


def struck(stage: Stage, whom: str) -> None:
    """As soon as somebody works on it, a little later."""
    stage.rest(0.4)
    hits = stage.workers.kill(whom)
    stage.measured["hits"] = stage.measured.get("hits", 0) + hits


def killed_while(stage: Stage, reached: Callable[[], bool]) -> None:
    rule_of(stage)
    tell(stage)
    stage.until(reached, 60)
    struck(stage, stage.draw.choice(("horse", "both")))
    ended(stage)


@more
def rule_killed_before_it_fires(stage: Stage) -> None:
    """While events are dealt with: they have been taken, and no firing is asked for yet."""
    works = EventWork.objects.filter(environment=stage.place.environment, state=JobState.RUNNING)
    killed_while(stage, works.exists)


@more
def rule_killed_while_it_searches(stage: Stage) -> None:
    """Between the firing and its selection."""
    killed_while(stage, firings(stage).filter(state=JobState.RUNNING).exists)


@more
def rule_killed_in_its_plan(stage: Stage) -> None:
    parts = StoreSync.objects.filter(sync__environment=stage.place.environment, state=StoreSync.State.PLANNING)
    killed_while(stage, parts.exclude(owner="").exists)


@quick
def rule_killed_at_a_write(stage: Stage) -> None:
    when, whom = stage.draw.choice(("before", "after")), stage.draw.choice(("kill", "kill-both"))
    stage.workers.strike(f"{when}:{stage.draw.choice(('FilesCreate', 'FilesUpdate'))}:1:{whom}")
    rule_of(stage)
    tell(stage)
    stage.until(stage.workers.struck, 60)
    stage.measured["hits"] = float(stage.workers.struck())
    ended(stage)


@more
def rule_killed_with_everything(stage: Stage) -> None:
    """A machine that loses its power, twice, wherever the rule is."""
    rule_of(stage)
    tell(stage)
    for _ in range(2):
        stage.workers.wait_for_horse()
        stage.rest(2.5)
        struck(stage, "all")
    ended(stage)


@more
def sweeper_killed_while_rules_are_due(stage: Stage) -> None:
    """Again and again: what it has claimed is fired, and what it has not is claimed by the next one."""
    due(stage)
    for _ in range(4):
        stage.rest(0.8)
        send(stage.workers.running["sweeper"].pid, signal.SIGKILL)
    ended(stage)
    fired_once(stage)


@more
def two_sweepers(stage: Stage) -> None:
    """Of a batch of events, and of a time that has come, each is one firing."""
    with stage.workers.another_sweeper():
        due(stage)
        rule_of(stage)
        tell(stage)
        stage.until(lambda: firings(stage).count() == 4, 60)
        ended(stage)
    fired_once(stage)


@more
def redis_emptied_while_a_rule_fires(stage: Stage) -> None:
    rule_of(stage)
    tell(stage)
    for _ in range(3):
        stage.workers.wait_for_horse()
        stage.rest(1.5)
        stage.redis.empty()
    ended(stage)


def due(stage: Stage) -> None:
    """Three rules whose time has come, twice since anybody looked."""
    at = timezone.now() - timedelta(minutes=2)
    for number in range(3):
        rule_of(stage, name=f"Rule {number}", trigger="schedule", schedule="* * * * *", next_at=at)
    # Long enough that none of them fires a second time meanwhile, once it has.
    stage.until(lambda: firings(stage).count() == 3, 30)
    Rule.objects.filter(environment=stage.place.environment).update(schedule="0 3 1 1 *")
    Rule.objects.filter(environment=stage.place.environment).update(next_at=timezone.now() + timedelta(days=30))


def fired_once(stage: Stage) -> None:
    counts = [one.firings.count() for one in Rule.objects.filter(environment=stage.place.environment)]
    if any(count != 1 for count in counts):
        stage.found.append(f"rules that were due once have fired {counts} times")
