"""A busy run as a picture: everything that its fragment shows, in one value, so that the value tells whether anything is
new."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from linking.domain.doings import waits_for_limit
from linking.domain.pacing import in_words, seconds_left
from linking.domain.results import Result, tone
from linking.models import StoreLease, StoreSync, Sync
from linking.models.syncs import BUSY
from linking.operations import recovery
from linking.pages.run.numbers import PartNumbers, RunNumbers
from linking.pages.run.problems import SO_FAR, Trouble, add_examples, troubles_of
from linking.pages.versions import version_of

# Of the time so far, the share that was spent waiting for Shopify's limit that makes a run a throttled one.
MUCH = 0.3


@dataclass(frozen=True)
class Ahead:
    """The run that writes in a store before this one may."""

    key: str
    member: str
    created: datetime


@dataclass(frozen=True)
class PartProgress:
    """What one store does right now. `slowed`: that Shopify throttles it, with the time left if it can be estimated; `ahead`:
    the run that it waits for."""

    pk: int
    store: str
    result: Result
    doing: str
    slowed: str
    percent: int
    counts: Mapping[str, int]
    ahead: Ahead | None


@dataclass(frozen=True)
class RunProgress:
    """`started` is false as long as nothing can be counted: the bar has no end then."""

    title: str
    percent: int
    started: bool
    aborting: bool
    queue_down: bool
    counts: Mapping[str, int]
    parts: Sequence[PartProgress]
    troubles: Sequence[Trouble]

    @property
    def version(self) -> str:
        """Another one for everything that can be seen."""
        return version_of(self)


def progress_of(sync: Sync, numbers: RunNumbers, *, now: datetime) -> RunProgress:
    """Enqueues what nobody works on, too. At most four queries beside those of the numbers and the sweep."""
    parts = numbers.parts
    if any(neglected(part, sync, now) for part in parts):
        recovery.sweep()
    counts = numbers.counts
    bad = troubles_of(sync, SO_FAR) if any(counts[outcome] for outcome in SO_FAR) else []
    add_examples(sync, parts, bad)
    ahead = ahead_of(parts)
    return RunProgress(
        title=title_of(sync),
        percent=numbers.percent,
        started=any(not part.busy or part.state == StoreSync.State.APPLYING for part in parts),
        aborting=sync.abort_requested is not None,
        queue_down=numbers.queue_down,
        counts=counts,
        parts=[part_progress(one, sync, ahead.get(one.part.store_id), now) for one in numbers.stores],
        troubles=bad,
    )


def title_of(sync: Sync) -> str:
    if sync.abort_requested:
        return "Aborting"
    if sync.dry_run:
        return "Planning"
    return {"undo": "Undoing", "upload": "Uploading", "unlink": "Unlinking"}.get(sync.kind, "Linking")


def neglected(part: StoreSync, sync: Sync, now: datetime) -> bool:
    """Nobody works on it for some time, or its worker may not react to an abort (see StoreSyncQuerySet)."""
    if not part.busy or sync.abort_requested:
        return part.busy
    free = part.lease_until is None or part.lease_until < now
    return free and part.enqueued_at < now - timedelta(seconds=settings.LEASE_SECONDS / 2)


def part_progress(one: PartNumbers, sync: Sync, ahead: Ahead | None, now: datetime) -> PartProgress:
    part = one.part
    words = (
        {"undo": "Undoing", "upload": "Uploading", "unlink": "Unlinking"}
        if part.state == StoreSync.State.APPLYING
        else {}
    )
    result = Result(words[sync.kind], tone(part.state)) if sync.kind in words else part.result
    mine = ahead if part.busy and not part.owner and not sync.dry_run else None
    slowed = slowed_of(one, now) if part.busy and not mine else ""
    doing = "" if slowed and waits_for_limit(part.doing) else str(part.doing)
    return PartProgress(part.pk, str(part.store), result, doing, slowed, one.percent, dict(one.counts), mine)


def slowed_of(one: PartNumbers, now: datetime) -> str:
    """`throttled by Shopify, about 3 min left`; empty if Shopify does not slow it down."""
    part = one.part
    elapsed = (now - part.started).total_seconds() if part.started else 0
    if not waits_for_limit(part.doing) and part.waited <= MUCH * max(elapsed, 10.0):
        return ""
    left = in_words(seconds_left(points=part.points, percent=one.percent, rate=part.store.rate))
    return ", ".join(filter(None, ["throttled by Shopify", left]))


def ahead_of(parts: Sequence[StoreSync]) -> dict[int, Ahead]:
    """Store pk -> the run that has its turn, where that is another one."""
    waiting = [part.store_id for part in parts if part.busy and not part.owner]
    if not waiting:
        return {}
    leases = StoreLease.objects.filter(store__in=waiting, part__state__in=BUSY)
    others = leases.exclude(part__in=parts).select_related("part__sync__member")
    found = {}
    for lease in others:
        if lease.part is not None:
            sync = lease.part.sync
            found[lease.store_id] = Ahead(str(sync.key), str(sync.member), sync.created)
    return found
