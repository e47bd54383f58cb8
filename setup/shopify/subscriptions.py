"""The notices that we subscribe to in a store, by API: that the app was uninstalled, and while rules wait for its products that
these are new or have changed. Without them we find out by the next refusal, and by looking every hour, so failing is no failure.

Shopify deletes such a subscription after eight failures in a row, and a wish may have failed when the store was connected: so
each store is looked at once a day, by the sweeper, and what is missing is made again. https://shopify.dev/docs/apps/build/webhooks
"""

import logging
import threading
import time
from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from setup.models import Store
from setup.shapes import listed, mapping, text
from setup.shopify.client import ShopifyClient
from setup.shopify.errors import ShopifyError
from setup.shopify.graphql_documents import load

log = logging.getLogger(__name__)
DOCUMENTS = Path(__file__).parent / "documents"
LIST, SUBSCRIBE = load(DOCUMENTS, "WebhookSubscriptions"), load(DOCUMENTS, "WebhookSubscribe")
UNSUBSCRIBE = load(DOCUMENTS, "WebhookUnsubscribe")
TOPICS = ("APP_UNINSTALLED",)
OF_PRODUCTS = ("PRODUCTS_CREATE", "PRODUCTS_UPDATE")
# All that is wanted of a product, which may be hundreds of KB.
PRODUCT_FIELDS = ("id", "updated_at")
DAY, AGAIN = timedelta(days=1), timedelta(hours=1)  # until the next look, and until the next one after trouble
EVERY = 60.0  # seconds
AT_A_TIME = 20


def address() -> str:
    return f"{settings.APP_URL}/webhooks/shopify"


def is_reachable(store: Store) -> bool:
    """Shopify sends to https addresses only; a sandbox to any."""
    return settings.HTTPS or bool(store.api_base)


def topics_of(store: Store) -> tuple[str, ...]:
    return (*TOPICS, *OF_PRODUCTS) if store.product_topics else TOPICS


def begin(store: Store, *, now: datetime) -> None:
    """Of a store that was just connected: it has none of ours yet, or those of earlier."""
    _looked_at(store, subscribe(store), now=now)


def keep(store: Store) -> bool:
    """Look which subscriptions there are, make those that are missing, and end those that nobody waits for any more. False if
    the store gave no clear answer; one that uninstalled the app is marked so."""
    if not is_reachable(store):
        return True
    client = ShopifyClient(store)
    try:
        found = mapping(client.run(LIST, topics=[*TOPICS, *OF_PRODUCTS]).get("webhookSubscriptions"))
    except ShopifyError as error:
        log.warning("%s: its subscriptions could not be looked at: %s", store.domain, error)
        if error.uninstalled:
            store.break_off(error.reason)
        return False
    ours = [row for row in listed(found.get("nodes")) if text(row.get("uri")) == address()]
    there, wanted = {text(row.get("topic")) for row in ours}, topics_of(store)
    missing = [topic for topic in wanted if topic not in there]
    if missing and store.subscriptions_due is not None:
        log.warning("%s: no subscription to %s any more: it is made again.", store.domain, ", ".join(missing))
    ended = [unsubscribe(client, text(row.get("id"))) for row in ours if text(row.get("topic")) not in wanted]
    return subscribe(store, missing) and all(ended)


def unsubscribe(client: ShopifyClient, id: str) -> bool:
    """Whether it is gone now, be it since earlier.

    https://shopify.dev/docs/api/admin-graphql/2026-10/mutations/webhookSubscriptionDelete
    """
    try:
        answer = client.write(UNSUBSCRIBE, "webhookSubscriptionDelete", id=id)
    except ShopifyError as error:
        log.warning("%s: a subscription could not be ended: %s", client.store.domain, error)
        return False
    refusals = [text(row.get("message")) for row in listed(answer.get("userErrors"))]
    return all("does not exist" in message for message in refusals)


def subscribe(store: Store, topics: Collection[str] | None = None) -> bool:
    """Whether all of them are there now. `topics`: None is all that are wanted of the store.

    https://shopify.dev/docs/api/admin-graphql/2026-10/mutations/webhookSubscriptionCreate
    """
    client = ShopifyClient(store)
    wanted = topics_of(store) if topics is None else topics
    return not [topic for topic in wanted if is_reachable(store) and not _subscribe(client, topic)]


def _looked_at(store: Store, clear: bool, *, now: datetime) -> None:
    if clear:
        Store.objects.filter(pk=store.pk).update(subscriptions_due=now + DAY)


def _subscribe(client: ShopifyClient, topic: str) -> bool:
    wish: dict[str, object] = {"uri": address(), "format": "JSON"}
    if topic in OF_PRODUCTS:
        wish["includeFields"] = list(PRODUCT_FIELDS)
    domain = client.store.domain
    try:
        answer = client.write(SUBSCRIBE, "webhookSubscriptionCreate", topic=topic, subscription=wish)
    except ShopifyError as error:
        log.warning("%s: no subscription to %s: %s", domain, topic, error)
        return False
    refusals = [text(row.get("message")) for row in listed(answer.get("userErrors"))]
    if wrong := [message for message in refusals if "already been taken" not in message]:
        log.warning("%s: no subscription to %s: %s", domain, topic, "; ".join(wrong))
    return not wrong


def due(*, now: datetime) -> QuerySet[Store]:
    """Stores with an app that nobody has looked at for a day. Tokens of custom apps subscribe to nothing."""
    has_app = Q(app__isnull=False) | Q(way=Store.Way.INSTALL)
    at_last = Q(subscriptions_due=None) | Q(subscriptions_due__lte=now)
    return Store.objects.filter(has_app, at_last, status=Store.Status.CONNECTED)


def look(*, now: datetime) -> int:
    """Keep the subscriptions of the stores that are due; of how many. Each is claimed first: of several sweepers one looks at
    it, and a store that gives trouble, be it an error of ours, comes again in an hour, behind the others."""
    kept = 0
    for store in due(now=now).select_related("app", "environment").order_by("subscriptions_due", "pk")[:AT_A_TIME]:
        if due(now=now).filter(pk=store.pk).update(subscriptions_due=now + AGAIN):
            try:
                clear = keep(store)
                _looked_at(store, clear, now=now)
                kept += clear
            except Exception:
                log.exception("%s: an error of ours while its subscriptions were looked at.", store.domain)
    return kept


class Keeper:
    """Once a minute, in a thread of its own: a store that hangs holds up nothing but the next look."""

    def __init__(self) -> None:
        self._next = 0.0
        self._thread = threading.Thread()

    def tidy(self) -> None:
        if time.monotonic() < self._next or self._thread.is_alive():
            return
        self._next = time.monotonic() + EVERY
        if due(now=timezone.now()).exists():
            self._thread = threading.Thread(target=_look, name="subscriptions", daemon=True)
            self._thread.start()


def _look() -> None:
    try:
        look(now=timezone.now())
    finally:
        connection.close()
