"""One slice of work on a store sync: at most some seconds, then the next job goes on, so that deploys drain and stores
take turns."""

import time
from dataclasses import asdict

from django.utils import timezone

from linking.models import StoreSync, Sync
from linking.syncing.lease import Lease
from setup.shopify_client import ShopifyClient, Spent

SLICE = 20.0
HEARTBEAT = 5.0


class Aborted(Exception):
    """A person asked to stop."""


class SliceOver(Exception):
    """Time for others; the next job goes on."""


class Run:
    """The store sync, its store's door, and the rules of when to go on."""

    def __init__(self, part: StoreSync, lease: Lease) -> None:
        self.part, self.lease = part, lease
        self.client = ShopifyClient(part.store, pause=self.pause, guard=self.guard)
        self._flushed = Spent()
        self._ends = time.monotonic() + SLICE
        self._renewed = time.monotonic()

    def tick(self) -> None:
        """Between two calls: beat, count, and find out whether to go on. Raises Aborted, SliceOver or LeaseLost."""
        self.flush()
        if time.monotonic() - self._renewed > HEARTBEAT:
            self.lease.renew(now=timezone.now())
            self._renewed = time.monotonic()
        self._heed_abort()
        if time.monotonic() > self._ends:
            raise SliceOver

    def pause(self, seconds: float, reason: str) -> None:
        """Wait in small steps, so that an abort is heard at once."""
        until = time.monotonic() + seconds
        if seconds > 1:
            self.say(f"{reason} About {round(seconds)} s.")
        self.tick()
        while (left := until - time.monotonic()) > 0:
            time.sleep(min(left, 0.5))
            self.tick()

    def guard(self) -> None:
        """Right before a write. Raises Aborted or LeaseLost."""
        self._heed_abort()
        self.lease.check(now=timezone.now())

    def say(self, text: str) -> None:
        """What the person who watches reads."""
        self.part.rows().update(doing=text[:300])

    def flush(self) -> None:
        """Add what was spent since the last time to the row's counters."""
        spent, before = asdict(self.client.spent), asdict(self._flushed)
        amounts = {name: spent[name] - before[name] for name in spent if spent[name] != before[name]}
        if amounts:
            self.part.spend(**amounts)
            self._flushed = Spent(**spent)

    def _heed_abort(self) -> None:
        if Sync.objects.filter(pk=self.part.sync_id, abort_requested__isnull=False).exists():
            raise Aborted
