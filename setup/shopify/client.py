"""The door to a Shopify store. It owns timeouts, pacing, throttling and repeats; it never repeats a write of unknown outcome."""

import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import urllib3

from setup.models import Store
from setup.reasons import Reason
from setup.shapes import mapping, number
from setup.shopify import failpoints
from setup.shopify.answers import ACCESS_DENIED, data_of
from setup.shopify.auth.tokens import Access
from setup.shopify.errors import Remedy, ShopifyError, ShutOut, Throttled, after_all_attempts, unknown_outcome
from setup.shopify.graphql_documents import Document, load
from setup.shopify.pace import SHORTEST, Pace
from setup.shopify.transport import Reply, StoreGraphQL

log = logging.getLogger(__name__)
ATTEMPTS = 5
NO_CONNECTION = (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError)
# The cheapest question there is: whether a store lets us in.
SHOP = load(Path(__file__).parent / "documents", "ShopId")
SECOND_LOOK = Reason("shopify.second_look")
LET_IN = Reason("shopify.let_in")
API_LIMIT = Reason("shopify.api_limit")
MOST_POINTS = 10_000  # what one call can have cost, whatever an answer says: it is added up in a database


@dataclass
class Spent:
    """What a client has used so far."""

    requests: int = 0
    mutations: int = 0
    points: int = 0
    throttled: int = 0
    waited: float = 0.0


class ShopifyClient:
    """Runs documents in one store.

    `pause(seconds, reason)` is called for every wait, and `look()` before every request, so that a caller can keep a lease alive
    or break off by raising; `guard()` right before every write goes out: raising keeps it in. A dry run, which may write nothing,
    starts bulk queries all the same: they are no writes.
    """

    def __init__(
        self,
        store: Store,
        *,
        pause: Callable[[float, Reason], None] | None = None,
        look: Callable[[], None] = lambda: None,
        guard: Callable[[], None] = lambda: None,
        timeout: urllib3.Timeout | None = None,
    ) -> None:
        self.store, self._timeout = store, timeout
        self.spent = Spent()
        self.pace = Pace()
        self.served = ""  # the API version by which the store last answered
        self._wire = StoreGraphQL(store.domain, store.api_base)
        self.pause = pause or (lambda seconds, reason: time.sleep(seconds))
        self._access = Access(store, self.pause)
        self._look, self._guard = look, guard

    def run(self, document: Document, **variables: object) -> dict:
        """The answer's `data`. Raises ShopifyError; throttling is waited out and never raised.

        Reads are repeated a few times. STOP_STORE is only raised when a second look says the same.
        """
        try:
            return self._persist(document, variables)
        except ShutOut as first:
            log.warning("%s: %s was refused (%s); looking again.", self.store.domain, document.name, first.code)
            return self._look_again(document, variables, first)

    def write(self, document: Document, root: str, **variables: object) -> dict:
        """The payload of a mutation, its one root field. Raises ShopifyError as `run` does, and LOOK `no_payload` if there is
        none: who did the work and does not say so has to be looked at."""
        payload = self.run(document, **variables).get(root)
        if not isinstance(payload, dict):
            raise ShopifyError(Remedy.LOOK, Reason("shopify.no_payload"), "no_payload")
        return payload

    def _look_again(self, document: Document, variables: dict, first: ShutOut) -> dict:
        """One refusal may be the mishap of a server on the way, or of a token that not all servers know yet. A write is not sent
        again, unless its own scope is in question: then it did not run."""
        self._wait(random.uniform(1.0, 1.5), SECOND_LOOK)
        if not document.writes or first.code == ACCESS_DENIED:
            return self._persist(document, variables)
        try:
            self._persist(SHOP, {})
        except ShopifyError as error:
            if error.remedy == Remedy.STOP_STORE or error.code == "paused":
                raise
            raise ShopifyError(Remedy.LOOK, error.reason, error.code) from None
        raise ShopifyError(Remedy.LOOK, LET_IN, first.code) from None

    def _persist(self, document: Document, variables: dict) -> dict:
        failures = throttled = 0
        while True:
            self._reserve(document)
            try:
                return self._attempt(document, variables)
            except Throttled as error:
                throttled += 1
                self._wait(self._seconds(document, error, throttled), error.reason)
            except ShopifyError as error:
                failures += 1
                if error.remedy != Remedy.LATER or error.code == "paused":
                    raise
                if failures >= ATTEMPTS:
                    raise after_all_attempts(error) from None
                # Full jitter: many workers that failed together do not come back together.
                self._wait(random.uniform(0.2, min(20.0, 0.5 * 2**failures)), error.reason)

    def _reserve(self, document: Document) -> None:
        self._look()
        if (seconds := self.pace.seconds_until(document.name)) > 0:
            self._wait(seconds, API_LIMIT)

    def _wait(self, seconds: float, reason: Reason) -> None:
        self.spent.waited += seconds
        self.pause(seconds, reason)

    def _seconds(self, document: Document, error: Throttled, times: int) -> float:
        """How long to wait after the `times`-th refusal for the limit's sake."""
        if error.seconds is not None:
            return max(error.seconds, SHORTEST)
        self.spent.throttled += 1
        return self.pace.after_refusal(document.name, times) + random.uniform(0, 0.3)

    def _attempt(self, document: Document, variables: dict) -> dict:
        reply = self._send(document, variables)
        if reply.status == 401 and self._access.another():
            reply = self._send(document, variables)  # who is not let in has done nothing yet
        self.served = reply.headers.get("X-Shopify-API-Version", "")
        body = reply.json()
        self._count(document, mapping(mapping(body.get("extensions")).get("cost")))
        wait = asked_for(reply.headers.get("Retry-After", ""))
        return data_of(reply.status, body, writing=document.writes, wait=wait)

    def _send(self, document: Document, variables: dict) -> Reply:
        token = self._access.token()
        if document.writes:
            if not document.only_reads:
                self._guard()
            self._access.may_write()
            token = self.store.access_token
        self.spent.requests += 1
        self.spent.mutations += document.writes
        failpoints.pass_by("before", document.name)
        try:
            reply = self._wire.execute(document.text, variables, document.name, token=token, timeout=self._timeout)
        except NO_CONNECTION:
            raise ShopifyError(Remedy.LATER, Reason("shopify.unreachable"), "unreachable") from None
        except urllib3.exceptions.HTTPError as error:
            log.warning("%s: %s broke off: %s", self.store.domain, document.name, type(error).__name__)
            raise unknown_outcome(Reason("shopify.no_answer"), "no_answer", writing=document.writes) from None
        failpoints.pass_by("after", document.name)
        return reply

    def _count(self, document: Document, cost: dict) -> None:
        self.pace.hear(document.name, cost)
        self.spent.points += int(min(MOST_POINTS, max(0.0, number(cost.get("actualQueryCost"), 0.0))))


def asked_for(retry_after: str) -> float:
    """Seconds to wait: Shopify tells them as `4.0`. What a proxy on the way may say instead is no reason to fail."""
    try:
        return min(60.0, max(0.0, float(retry_after)))
    except ValueError:
        return 2.0
