"""The door to a Shopify store. It owns timeouts, pacing, throttling and repeats; it never repeats a write of unknown outcome."""

import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass

import urllib3

from setup import failpoints
from setup.graphql_documents import Document
from setup.models import Store
from setup.shopify_auth.tokens import Access
from setup.shopify_errors import Remedy, ShopifyError, graphql_error, http_error
from setup.shopify_pace import Pace
from setup.shopify_transport import Reply, StoreGraphQL

log = logging.getLogger(__name__)
ATTEMPTS = 5
NO_CONNECTION = (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError)


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
    or break off by raising; `guard()` right before every write goes out: raising keeps it in.
    """

    def __init__(
        self,
        store: Store,
        *,
        pause: Callable[[float, str], None] | None = None,
        look: Callable[[], None] = lambda: None,
        guard: Callable[[], None] = lambda: None,
    ) -> None:
        self.store = store
        self.spent = Spent()
        self.pace = Pace()
        self._wire = StoreGraphQL(store.domain, store.api_base)
        self.pause = pause or (lambda seconds, reason: time.sleep(seconds))
        self._access = Access(store, self.pause)
        self._look, self._guard = look, guard

    def run(self, document: Document, **variables: object) -> dict:
        """The answer's `data`. Raises ShopifyError; throttling is waited out and never raised."""
        failures = 0
        while True:
            self._reserve(document)
            try:
                return self._attempt(document, variables)
            except ShopifyError as error:
                failures += error.code != "THROTTLED"
                if error.remedy != Remedy.LATER or failures >= ATTEMPTS or error.code == "paused":
                    raise
                if error.code != "THROTTLED":
                    # Full jitter: many workers that failed together do not come back together.
                    self._wait(random.uniform(0.2, min(20.0, 0.5 * 2**failures)), error.text)

    def write(self, document: Document, root: str, **variables: object) -> dict:
        """The payload of a mutation, its one root field. Raises ShopifyError as `run` does, and LOOK `no_payload` if there is
        none: who did the work and does not say so has to be looked at."""
        payload = self.run(document, **variables).get(root)
        if not isinstance(payload, dict):
            raise ShopifyError(Remedy.LOOK, "Shopify did not say what it made of the request.", "no_payload")
        return payload

    def _reserve(self, document: Document) -> None:
        self._look()
        if (seconds := self.pace.seconds_until(document.name)) > 0:
            self._wait(seconds, "Waiting for the store's API limit.")

    def _wait(self, seconds: float, reason: str) -> None:
        self.spent.waited += seconds
        self.pause(seconds, reason)

    def _attempt(self, document: Document, variables: dict) -> dict:
        reply = self._send(document, variables)
        if reply.status == 401 and self._access.another():
            reply = self._send(document, variables)  # who is not let in has done nothing yet
        if reply.status in (429, 430):
            self._wait(asked_for(reply.headers.get("Retry-After", "")), "Shopify asks us to slow down.")
            raise ShopifyError(Remedy.LATER, "Shopify asks us to slow down.", "THROTTLED")
        if reply.status != 200:
            raise http_error(reply.status, writing=document.writes)
        return self._read(document, reply.json())

    def _send(self, document: Document, variables: dict) -> Reply:
        token = self._access.token()
        if document.writes:
            self._guard()
            self._access.may_write()
            token = self.store.access_token
        self.spent.requests += 1
        self.spent.mutations += document.writes
        failpoints.pass_by("before", document.name)
        try:
            reply = self._wire.execute(document.text, variables, document.name, token=token)
        except NO_CONNECTION:
            raise ShopifyError(Remedy.LATER, "The store could not be reached.", "unreachable") from None
        except urllib3.exceptions.HTTPError as error:
            remedy = Remedy.LOOK if document.writes else Remedy.LATER
            log.warning("%s: %s broke off: %s", self.store.domain, document.name, type(error).__name__)
            raise ShopifyError(remedy, "The store did not answer.", "no_answer") from None
        failpoints.pass_by("after", document.name)
        return reply

    def _read(self, document: Document, body: dict) -> dict:
        extensions = body.get("extensions", {})
        cost = extensions.get("cost", {})
        self.pace.hear(document.name, cost)
        self.spent.points += int(cost.get("actualQueryCost") or 0)
        if errors := body.get("errors"):
            self._refuse(document, errors, cost)
        if warnings := [w for search in extensions.get("search", []) for w in search.get("warnings", [])]:
            # Shopify ignores a search field that it does not know and returns everything: no answer to our question.
            text = f"The store cannot search by this field: {warnings[0].get('message', '')}"
            raise ShopifyError(Remedy.GIVE_UP, text, "search_warning")
        if not isinstance(data := body.get("data"), dict):
            remedy = Remedy.LOOK if document.writes else Remedy.LATER
            raise ShopifyError(remedy, "Shopify's answer could not be read.", "no_data")
        return data

    def _refuse(self, document: Document, errors: list | str, cost: dict) -> None:
        first: dict = errors[0] if isinstance(errors, list) else {"message": str(errors)}
        if first.get("extensions", {}).get("code") != "THROTTLED":
            raise graphql_error(first, writing=document.writes)
        self.spent.throttled += 1
        missing = float(cost["requestedQueryCost"]) - float(cost["throttleStatus"]["currentlyAvailable"])
        self._wait(
            missing / float(cost["throttleStatus"]["restoreRate"]) + random.uniform(0, 0.3), "Throttled by Shopify."
        )
        raise ShopifyError(Remedy.LATER, "Throttled by Shopify.", "THROTTLED")


def asked_for(retry_after: str) -> float:
    """Seconds to wait: Shopify tells them as `4.0`. What a proxy on the way may say instead is no reason to fail."""
    try:
        return min(60.0, max(0.0, float(retry_after)))
    except ValueError:
        return 2.0
