"""Reading galleries for an estimate: what is known first, then as many as the budget of its question allows, and none where a
run or another app needs the store."""

import logging
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta

import urllib3
from django.db.models import F
from django.utils import timezone

from linking import queue
from linking.estimating import seen
from linking.models import Estimate, StoreSync
from linking.planning.reading import written_lately
from linking.planning.rows import of_gallery
from linking.runtime import process
from linking.shopify import galleries
from linking.shopify.galleries import GALLERIES, MORE, Gallery
from setup.models import Store
from setup.reasons import NONE, Reason, Reasoned
from setup.shopify.client import ShopifyClient
from setup.shopify.errors import ShopifyError

log = logging.getLogger(__name__)
# Points for one question, over all stores and tries; and what a read may cost until the store has said it.
BUDGET, DEAREST = 100, 25
# Shopify takes 250 ids in one question, for the same price; few galleries have more than 50 media.
PER_READ, PAGE = 250, 50
SLICE = 10.0  # seconds, after which an estimate goes to the end of the queue
LIMIT = timedelta(seconds=16)  # from a question's first slice: nothing is read for it after that
# Seconds, for the whole of an answer: a store that hangs holds up nobody's work for longer.
TIMEOUT = urllib3.Timeout(connect=2, read=4, total=4)
AT_WORK, BUSY = Reason("estimate.run_at_work"), Reason("estimate.store_busy")
JUST_WRITTEN, TOOK_LONG = Reason("estimate.just_written"), Reason("estimate.took_long")
NOTHING_SHOWN, RENEWING = Reason("estimate.nothing_shown"), Reason("estimate.renewing")


class Superseded(Exception):
    """Something else is asked by now, or nothing."""


class OthersFirst(Exception):
    """Time for others; the next job goes on with what was read."""


class Enough(Exception):
    """What may be spent on this question is spent."""


class Left(Reasoned):
    """The store is left to the run, which plans before it writes."""


class NoAnswer(Left):
    """It did not answer, or asks to be left alone for a while."""


class Purse:
    """What one slice may spend on an estimate's question. What a read may cost is written down before it is sent, and what it did
    cost after it: a worker that dies in between has spent it."""

    def __init__(self, row: Estimate) -> None:
        self.row, self.spent = row, row.points
        self.until, self.reads = time.monotonic() + SLICE, 0
        self.left = {pk: why for pk, why, _ in row.left}
        self._begin()

    def _begin(self) -> None:
        if self.row.began is None:
            self.row.began = timezone.now()
            self.row.mine().update(began=self.row.began)

    def leave(self, store: Store, why: Reason, *, since: int = 0) -> None:
        """To the run: the next slices of this question do not try it again. `since`: when it did not answer, if that is why."""
        self.left[store.pk] = why
        self.row.leave(store, why, since=since)

    def spend(self, points: int, requests: int = 0) -> None:
        """Raises Superseded if the question is another one by now."""
        fields = {"points": F("points") + points, "requests": F("requests") + requests}
        if not self.row.mine().update(heartbeat_at=timezone.now(), **fields):
            raise Superseded
        self.spent += points

    def reserve(self, points: int) -> None:
        """Before a request that may cost so much. Raises Left when the question's time is over, Enough, Superseded, and
        OthersFirst after the first of a slice."""
        if self.row.began is not None and timezone.now() - self.row.began > LIMIT:
            raise Left(TOOK_LONG)
        if time.monotonic() > self.until or process.ending or (self.reads and queue.others_wait()):
            raise OthersFirst
        if self.spent + points > BUDGET:
            raise Enough
        self.spend(points)
        self.reads += 1


class Reader:
    """The galleries of one store."""

    def __init__(self, purse: Purse, store: Store) -> None:
        self.purse, self.store = purse, store
        self.client = ShopifyClient(store, pause=_wait, look=self._look, timeout=TIMEOUT)
        self._reserved = 0

    def galleries(self, ids: Sequence[str]) -> tuple[dict[str, Gallery], Reason]:
        """As many as are known or may be read, by product id; and why the store was left, if it was. Raises Superseded,
        OthersFirst."""
        found = seen.known(self.store, ids, now=timezone.now())
        if why := self.purse.left.get(self.store.pk):
            return found, why
        try:
            for some in self._reads([id for id in ids if id not in found]):
                found |= some
        except Enough:
            log.info("Estimate %s has spent its points.", self.purse.row.pk)
        except (Left, ShopifyError) as error:
            log.info("Estimate %s leaves %s to the run: %s", self.purse.row.pk, self.store.domain, error)
            since = int(time.time()) if isinstance(error, NoAnswer | ShopifyError) else 0
            self.purse.leave(self.store, error.reason, since=since)
            return found, error.reason
        return found, NONE

    def _reads(self, missing: Sequence[str]) -> Iterator[dict[str, Gallery]]:
        for at in range(0, len(missing), PER_READ):
            if StoreSync.objects.busy().filter(store__in=self.store.of_shop()).exists():
                raise Left(AT_WORK)
            some = missing[at : at + PER_READ]
            asked = timezone.now()
            read, lately = self._read(some), written_lately(self.store, some, asked)
            if not read:
                raise Left(NOTHING_SHOWN)
            # What a run wrote a moment ago may not show yet.
            old = {id for id, one in read.items() if id in lately and of_gallery(one) != lately[id][0]}
            read = {id: one for id, one in read.items() if id not in old}
            seen.keep(self.store, read, now=timezone.now())
            yield read
            if old:
                raise Left(JUST_WRITTEN)
            if self.client.pace.available < self.client.pace.maximum / 2:
                raise Left(BUSY)

    def _read(self, ids: Sequence[str]) -> dict[str, Gallery]:
        spent = self.client.spent
        points, requests = spent.points, spent.requests
        self._reserved = 0
        try:
            return galleries.read(self.client, ids, per_read=PER_READ, first=PAGE)
        finally:
            self.purse.spend(spent.points - points - self._reserved, spent.requests - requests)

    def _look(self) -> None:
        """Before every request: the first is for many galleries, those after it for the pages of a long one."""
        if self.store.token_renew and self.store.token_renew <= timezone.now():
            raise Left(RENEWING)  # which may take longer than anybody waits for an estimate
        asked = self.client.pace.asked
        dearest = max((asked.get(one.name, 0.0) for one in (GALLERIES, MORE)), default=0.0)
        points = int(dearest) or DEAREST
        self.purse.reserve(points)
        self._reserved += points


def _wait(seconds: float, reason: Reason) -> None:
    """Nobody waits for the sake of an estimate, but for the moment between two looks at a long gallery."""
    if reason != galleries.TORN or seconds > 1:
        raise NoAnswer(reason)
    time.sleep(seconds)
