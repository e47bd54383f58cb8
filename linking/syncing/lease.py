"""One writer per shop. A lease names who may work, until when; a takeover raises the fence, so that a worker that was
only asleep finds out before it writes.

A shop's turn belongs to a store sync until that has ended, also between its slices and while it waits for a new worker:
two syncs never interleave on a gallery. Where several environments have connected the shop, each has a lease of its own, and
one is taken only while all of them are locked and none of the others is held: so nothing of one environment stands in a row of
another, and the last release, which looks at its own row alone, still sees who has that.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, Q, QuerySet
from django.utils import timezone

from linking.models import StoreLease, StoreSync
from linking.models.syncs import BUSY
from setup.models import Store


class LeaseLost(Exception):
    """Somebody else works on this now: stop without another word."""


def duration() -> timedelta:
    return timedelta(seconds=settings.LEASE_SECONDS)


@dataclass(frozen=True)
class Lease:
    """`owner`: a name that no other slice has; `writes`: whether it includes its shop's turn; `inherited`: whether the
    last owner fell silent."""

    part: StoreSync
    owner: str
    fence: int
    writes: bool
    inherited: bool = False

    @classmethod
    def take(cls, part: StoreSync, owner: str, *, now: datetime, job_id: str = "") -> "Lease | None":
        """The right to work on this store sync and, unless it only plans a dry run or tells of an abort, to write in its
        store. None if somebody else has it."""
        row = part.rows().filter(state__in=BUSY)
        claim = {
            "owner": owner,
            "job_id": job_id,
            "taken": now,
            "lease_until": now + duration(),
            "fence": F("fence") + 1,
        }
        inherited = not row.filter(lease_until=None).update(**claim)
        if inherited and not row.filter(lease_until__lt=now).update(**claim):
            return None
        fence = StoreSync.objects.values_list("fence", flat=True).get(pk=part.pk)
        writes = not part.sync.dry_run and part.sync.abort_requested is None
        lease = cls(part, owner, fence, writes, inherited)
        if not lease.writes or lease._take_store(now):
            return lease
        lease.release()
        return None

    def _take_store(self, now: datetime) -> bool:
        StoreLease.objects.get_or_create(store=self.part.store)  # committed, so that the next one to lock finds it
        with transaction.atomic():
            shop = StoreLease.objects.filter(store__in=self.part.store.of_shop()).select_for_update().order_by("pk")
            turns = {row.part_id: row for row in shop}
            held = StoreSync.objects.busy().filter(pk__in=[pk for pk in turns if pk]).exclude(pk=self.part.pk)
            if self._in_the_way(held, now) or (self.part.pk not in turns and self._comes_later(now)):
                return False
            mine = StoreLease.objects.filter(store=self.part.store_id)
            mine.update(part=self.part, owner=self.owner, until=now + duration(), fence=F("fence") + 1)
        return True

    def _comes_later(self, now: datetime) -> bool:
        """Whether an older run is to write in this shop. Runs take their turns in one order everywhere: one may wait with a
        shop's turn in hand until its other stores are planned (linking.syncing.gate), and two must not wait for each other."""
        older = StoreSync.objects.busy().filter(store__in=self.part.store.of_shop(), sync__lt=self.part.sync_id)
        return self._in_the_way(older.filter(sync__dry_run=False, sync__abort_requested=None), now)

    def _in_the_way(self, others: "QuerySet[StoreSync]", now: datetime) -> bool:
        """Whether one of these has to be waited for. Who pauses a store keeps the runs of its own environment waiting, and not
        those that another one has in the same shop: once nobody works on it, these go on, and it looks again when it does."""
        idle = Q(lease_until=None) | Q(lease_until__lt=now)
        paused = others.filter(idle, store__status=Store.Status.PAUSED).exclude(store=self.part.store_id)
        return others.exclude(pk__in=paused.values("pk")).exists()

    def renew(self, *, now: datetime) -> None:
        """Raises LeaseLost."""
        until = now + duration()
        if not self._mine().update(lease_until=until):
            raise LeaseLost
        if self.writes and not self._store().update(until=until):
            raise LeaseLost

    @contextmanager
    def fenced(self) -> Iterator[None]:
        """What is written to the database within this block is written as the owner, or not at all: who was asleep must not
        tell its old story about what another has done since. Raises LeaseLost.

        One update, which locks the row that a takeover has to change: while that is ours nobody gets the store's turn, which
        the heartbeat renews."""
        with transaction.atomic():
            if not self._mine().update(lease_until=timezone.now() + duration()):
                raise LeaseLost
            yield

    def check(self, *, now: datetime) -> datetime | None:
        """Right before a write: still ours, and not expired. Returns when somebody asked to abort the run. Raises LeaseLost."""
        turn = self._store().filter(until__gt=now)
        known = self._mine().filter(Exists(turn), lease_until__gt=now).values_list("sync__abort_requested").first()
        if known is None:
            raise LeaseLost
        return known[0]

    def release(self) -> None:
        """The end of a slice. The store's turn stays with the store sync until that has ended."""
        self._mine().update(owner="", lease_until=None)
        self._store().update(owner="", until=None)

    def _mine(self) -> "QuerySet[StoreSync]":
        return StoreSync.objects.filter(pk=self.part.pk, owner=self.owner, fence=self.fence)

    def _store(self) -> "QuerySet[StoreLease]":
        return StoreLease.objects.filter(store=self.part.store_id, part=self.part, owner=self.owner)
