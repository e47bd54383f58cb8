"""One writer per store. A lease names who may work, until when; a takeover raises the fence, so that a worker that was
only asleep finds out before it writes.

A store's turn belongs to a store sync until that has ended, also between its slices and while it waits for a new worker:
two syncs never interleave on a gallery.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from linking.models import StoreLease, StoreSync
from linking.models.syncs import BUSY


class LeaseLost(Exception):
    """Somebody else works on this now: stop without another word."""


def duration() -> timedelta:
    return timedelta(seconds=settings.LEASE_SECONDS)


@dataclass(frozen=True)
class Lease:
    """`owner`: a name that no other slice has; `writes`: whether it includes its store's turn; `inherited`: whether the
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
        row, _ = StoreLease.objects.select_related("part").get_or_create(store=self.part.store)
        if row.part_id != self.part.pk and ((row.part and row.part.busy) or self._comes_later()):
            return False
        seen = StoreLease.objects.filter(pk=row.pk, fence=row.fence)
        return bool(seen.update(part=self.part, owner=self.owner, until=now + duration(), fence=F("fence") + 1))

    def _comes_later(self) -> bool:
        """Whether an older run is to write in this store. Runs take their turns in one order everywhere: one may wait with a
        store's turn in hand until its other stores are planned (linking.syncing.gate), and two must not wait for each other."""
        older = StoreSync.objects.busy().filter(store=self.part.store_id, sync__lt=self.part.sync_id)
        return older.filter(sync__dry_run=False, sync__abort_requested=None).exists()

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
        tell its old story about what another has done since. Raises LeaseLost."""
        with transaction.atomic():
            self.renew(now=timezone.now())
            yield

    def check(self, *, now: datetime) -> None:
        """Right before a write: still ours, and not expired. Raises LeaseLost."""
        if not self._mine().filter(lease_until__gt=now).exists() or not self._store().filter(until__gt=now).exists():
            raise LeaseLost

    def release(self) -> None:
        """The end of a slice. The store's turn stays with the store sync until that has ended."""
        self._mine().update(owner="", lease_until=None)
        self._store().update(owner="", until=None)

    def _mine(self) -> "QuerySet[StoreSync]":
        return StoreSync.objects.filter(pk=self.part.pk, owner=self.owner, fence=self.fence)

    def _store(self) -> "QuerySet[StoreLease]":
        return StoreLease.objects.filter(store=self.part.store_id, part=self.part, owner=self.owner)
