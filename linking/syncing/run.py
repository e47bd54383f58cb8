"""One slice of work on a store sync: at most two thirds of a lease, then the next job goes on, so that deploys drain and
stores take turns."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

from django.conf import settings
from django.utils import timezone

from linking.models import StoreSync, Sync
from linking.runtime import process
from linking.runtime.heartbeat import Heartbeat
from linking.syncing.lease import Lease, LeaseLost
from setup.reasons import Reason
from setup.shopify.client import ShopifyClient, Spent

LOOK = 1.0  # seconds between two looks for an abort; before a write it is looked for in any case


class Aborted(Exception):
    """A person asked to stop. Raised once: what follows tells what was done, and writes nothing."""


class SliceOver(Exception):
    """Time for others; the next job goes on."""


class Run:
    """The store sync, its store's door, and the rules of when to go on."""

    def __init__(self, part: StoreSync, lease: Lease) -> None:
        self.part, self.lease = part, lease
        self.client = ShopifyClient(part.store, pause=self.pause, look=lambda: self._look(), guard=self.guard)
        self.fenced = lease.fenced
        self.aborting = False
        self._asked = -LOOK
        self._flushed = Spent()
        self._ends = time.monotonic() + settings.LEASE_SECONDS * 2 / 3
        self._every = settings.LEASE_SECONDS / 6
        self._renewed = time.monotonic()
        self._heart = Heartbeat(self._beat, every=self._every)
        self._look = self.tick

    def kept_alive(self) -> Heartbeat:
        return self._heart

    def _beat(self) -> bool:
        """In the heartbeat's thread. A lease that somebody took over is left to him."""
        try:
            self.lease.renew(now=timezone.now())
        except LeaseLost:
            return False
        return True

    def tick(self) -> None:
        """Between two calls: count, and find out whether to go on. Raises Aborted, SliceOver or LeaseLost."""
        self.watch()
        if time.monotonic() > self._ends:
            raise SliceOver

    def watch(self) -> None:
        """The same within a step that may outlast the slice, as a long upload does. Raises Aborted, LeaseLost, and SliceOver
        if the process is to end."""
        self._heart.alive()
        self.flush()
        if time.monotonic() - self._renewed > self._every:
            self.lease.renew(now=timezone.now())
            self._renewed = time.monotonic()
        if time.monotonic() - self._asked > LOOK:
            self._asked = time.monotonic()
            self.heed_abort()
        if process.ending:
            raise SliceOver

    @contextmanager
    def whole(self) -> Iterator[None]:
        """A step that is worth nothing in halves: waiting for the store does not end it with the slice."""
        self._look = self.watch
        try:
            yield
        finally:
            self._look = self.tick

    def pause(self, seconds: float, reason: Reason) -> None:
        """Wait in small steps, so that an abort is noticed within LOOK."""
        until = time.monotonic() + seconds
        if seconds > 1:
            self.say(Reason("doing.next_look", text=reason, seconds=round(seconds)))
        self._look()
        while (left := until - time.monotonic()) > 0:
            time.sleep(min(left, 0.5))
            self._look()

    def guard(self) -> None:
        """Right before a write. Raises Aborted or LeaseLost."""
        self._heart.alive()
        if self.lease.check(now=timezone.now()) is not None:
            self._abort()

    def say(self, doing: Reason) -> None:
        """What the person who watches reads."""
        self.part.rows().update(doing=doing)

    def progress(self) -> None:
        """Something was written or settled: the store is there, and so are we."""
        if self.part.tries or self.part.away_since:
            self.part.tries, self.part.away_since = 0, None
            self.part.rows().update(tries=0, away_since=None)

    def flush(self) -> None:
        """Add what was spent since the last time to the row's counters."""
        spent, before = asdict(self.client.spent), asdict(self._flushed)
        amounts = {name: spent[name] - before[name] for name in spent if spent[name] != before[name]}
        if amounts:
            self.part.spend(**amounts)
            self._flushed = Spent(**spent)

    def show(self) -> None:
        """Within the transaction that ends it as a plan: who asks to abort it comes before this, or finds that it has ended.
        Raises Aborted."""
        self.part.sync.lock()
        self.heed_abort()

    def heed_abort(self) -> None:
        """Before it is noted that something is asked for: what will not be sent is not taken for sent. Raises Aborted."""
        if self.aborting:
            return
        if Sync.objects.filter(pk=self.part.sync_id, abort_requested__isnull=False).exists():
            self._abort()

    def _abort(self) -> None:
        if not self.aborting:
            self.aborting = True
            raise Aborted
