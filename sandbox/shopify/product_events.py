"""products/create, products/update and products/delete, to each app that has subscribed, by whomever the product was changed.

https://shopify.dev/docs/apps/build/webhooks: what one call changes of a product is one event, even if only its gallery did.
The world's settings say what becomes of events on their way: late, in another order, twice, or not at all.
"""

import heapq
import itertools
import json
import random
import threading
import time
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import urllib3

from sandbox.shopify import webhooks
from sandbox.shopify.records import Product

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop

CREATED, UPDATED, DELETED = "products/create", "products/update", "products/delete"
SOON = 0.3  # seconds: how far events are shuffled


class ProductEvents:
    """Of one store; its lock is the store's."""

    def __init__(self, shop: "Shop") -> None:
        self.shop, self.known = shop, set[str]()
        self.heard: dict[str, str] = {}  # product id -> topic
        self._due: list[tuple[float, int, dict[str, Any]]] = []
        self._count, self._dice = itertools.count(), random.Random(0)
        self._working = False

    def touched(self, product: Product) -> None:
        """It is new, or something of it changed. Called under the lock."""
        self._hear(product.id, UPDATED if product.id in self.known else CREATED)
        self.known.add(product.id)

    def removed(self, product: Product) -> None:
        """Called under the lock."""
        self.known.discard(product.id)
        self._hear(product.id, DELETED)

    def _hear(self, id: str, topic: str) -> None:
        wanted = {webhooks.topic_of(one) for install in self.shop.installs.values() for one in install.subscriptions}
        if not wanted & {CREATED, UPDATED, DELETED}:
            return
        if not (topic == UPDATED and self.heard.get(id) == CREATED):  # a new one is filled before anybody hears of it
            self.heard[id] = topic
        if not self._working:
            self._working = True
            threading.Thread(target=self._work, name="product events", daemon=True).start()

    def _work(self) -> None:
        """Until nothing is left to send: who hears something after that starts another thread."""
        while True:
            with self.shop.lock:  # a call that changes something has ended
                heard, self.heard = self.heard, {}
                for id, topic in heard.items():
                    self._put(id, topic)
                if not self._due:
                    self._working = False
                    return
            time.sleep(min(0.05, max(0.0, self._due[0][0] - time.monotonic())))
            while self._due and self._due[0][0] <= time.monotonic():
                self._send(heapq.heappop(self._due)[2])

    def _put(self, id: str, topic: str) -> None:
        settings, product = self.shop.world.settings, self.shop.products.get(id)
        if product is None and topic != DELETED:
            return
        for install in self.shop.installs.values():
            event = str(uuid.uuid4())  # the same for all subscriptions of one app
            for one in [known for known in install.subscriptions if webhooks.topic_of(known) == topic]:
                hit = {kind for kind in settings.event_faults if self._dice.random() < settings.event_share}
                if "lost" in hit:
                    continue
                body = json.dumps(included(body_of(id, product), one.include_fields)).encode()
                row = {"install": install, "subscription": one, "topic": topic, "body": body, "tries": 0}
                row["headers"] = webhooks.headers_of(
                    topic, self.shop.domain, body, self.shop.world.app.client_secret, self.shop.now(), event
                )
                for _ in range(2 if "doubled" in hit else 1):
                    wait = settings.event_late if "late" in hit else 0.0
                    wait += self._dice.uniform(0, SOON) if "shuffled" in hit else 0.0
                    self._push(row, wait)

    def _push(self, row: dict[str, Any], wait: float) -> None:
        heapq.heappush(self._due, (time.monotonic() + wait, next(self._count), row))

    def _send(self, row: dict[str, Any]) -> None:
        """Each try has the same body and headers. Who fails too often in a row is unsubscribed."""
        install, one = row["install"], row["subscription"]
        if one not in install.subscriptions:
            return
        try:
            status = webhooks.HTTP.request("POST", one.uri, body=row["body"], headers=row["headers"]).status
        except urllib3.exceptions.HTTPError:
            status = 0
        well = 200 <= status < 300
        with self.shop.lock:
            one.failures = 0 if well else one.failures + 1
            if one.failures >= webhooks.MOST_FAILURES and one in install.subscriptions:
                install.subscriptions.remove(one)
        self.shop.world.changed()
        if not well and row["tries"] < webhooks.RETRIES:
            pause = self.shop.world.settings.notice_pause * 2 ** row["tries"]
            self._push(row | {"tries": row["tries"] + 1}, pause)


def body_of(id: str, product: Product | None) -> dict[str, Any]:
    """A product as the REST API has it; of one that is gone, its number."""
    if product is None:
        return {"id": number(id)}
    return {
        "id": number(id),
        "admin_graphql_api_id": id,
        "title": product.title,
        "handle": product.handle,
        "status": product.status.lower(),
        "vendor": product.vendor,
        "product_type": product.product_type,
        "tags": ", ".join(product.tags),
        "body_html": product.description_html,
        "created_at": moment(product.created_at),
        "updated_at": moment(product.updated_at),
        "variants": [
            {
                "id": number(one.id),
                "admin_graphql_api_id": one.id,
                "product_id": number(id),
                "title": one.title,
                "sku": one.sku,
                "barcode": one.barcode,
                "price": one.price,
            }
            for one in product.variants
        ],
    }


def included(body: dict[str, Any], fields: list[str] | None) -> dict[str, Any]:
    """Only these fields, of rows within by a dot: `variants.id`. What a body has not is left out."""
    if fields is None:
        return body
    found: dict[str, Any] = {}
    for name, value in body.items():
        within = [field.removeprefix(f"{name}.") for field in fields if field.startswith(f"{name}.")]
        if name in fields:
            found[name] = value
        elif within and isinstance(value, list):
            found[name] = [included(row, within) for row in value]
    return found


def number(id: str) -> int:
    return int(id.rsplit("/", 1)[-1])


def moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
