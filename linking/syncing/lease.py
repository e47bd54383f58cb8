"""One writer per store. A lease names who may work, until when; a takeover raises the fence, so that a worker that was
only asleep finds out before it writes."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q

from linking.models import StoreLease, StoreSync
from linking.models.syncs import BUSY, LEASE


class LeaseLost(Exception):
    """Somebody else works on this now: stop without another word."""


@dataclass(frozen=True)
class Lease:
    part: StoreSync
    owner: str
    fence: int

    @classmethod
    def take(cls, part: StoreSync, owner: str, *, now: datetime) -> "Lease | None":
        """The right to work on this store sync, and, unless it only plans a dry run, to write in its store."""
        free = Q(lease_until=None) | Q(lease_until__lt=now) | Q(owner=owner)
        mine = StoreSync.objects.filter(free, pk=part.pk, state__in=BUSY)
        if not mine.update(owner=owner, lease_until=now + LEASE, fence=F("fence") + 1):
            return None
        lease = cls(part, owner, StoreSync.objects.values_list("fence", flat=True).get(pk=part.pk))
        if part.sync.dry_run or lease._take_store(now):
            return lease
        lease.release()
        return None

    def _take_store(self, now: datetime) -> bool:
        StoreLease.objects.get_or_create(store=self.part.store)
        free = Q(until=None) | Q(until__lt=now) | Q(part=self.part)
        row = StoreLease.objects.filter(free, store=self.part.store)
        return bool(row.update(part=self.part, owner=self.owner, until=now + LEASE, fence=F("fence") + 1))

    def renew(self, *, now: datetime) -> None:
        """Raises LeaseLost."""
        until = now + LEASE
        if not self._mine().update(lease_until=until):
            raise LeaseLost
        if not self.part.sync.dry_run and not self._store().update(until=until):
            raise LeaseLost

    def check(self, *, now: datetime) -> None:
        """Right before a write: still ours, and not about to lapse while the call is on its way. Raises LeaseLost."""
        if not self._mine().filter(lease_until__gt=now).exists() or not self._store().filter(until__gt=now).exists():
            raise LeaseLost

    def release(self) -> None:
        self._mine().update(owner="", lease_until=None)
        self._store().update(owner="", part=None, until=None)

    def _mine(self):
        return StoreSync.objects.filter(pk=self.part.pk, owner=self.owner, fence=self.fence)

    def _store(self):
        return StoreLease.objects.filter(store=self.part.store_id, part=self.part, owner=self.owner)
