"""What Shopify's webhooks say, and what follows from it. https://shopify.dev/docs/apps/build/webhooks

A notice is believed by its signature over the raw body, for the store that the body names, and obeyed once. That an app was
uninstalled is believed when the store says so, too.
"""

import base64
import binascii
import logging
from datetime import timedelta
from itertools import chain
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from setup.models import Notice, ShopifyApp, Store
from setup.reasons import Reason
from setup.security import audit
from setup.shapes import mapping, parsed
from setup.shopify import uninstalling
from setup.shopify.auth import keys
from setup.shopify.domains import is_shop

log = logging.getLogger(__name__)
KEPT = timedelta(days=7)  # Shopify repeats for hours
DATA_REQUEST, CUSTOMER_REDACT, SHOP_REDACT = "customers/data_request", "customers/redact", "shop/redact"
UNINSTALLED = "app/uninstalled"
# What the body of a topic has, first the store's name. Only the body is signed: under the header of another topic, which may be
# anybody's, it is known by what only the bodies of others have. What is not here is signed, but not asked for.
BODIES = {
    UNINSTALLED: ("myshopify_domain", "id"),
    DATA_REQUEST: ("shop_domain", "shop_id", "customer", "data_request"),
    CUSTOMER_REDACT: ("shop_domain", "shop_id", "customer", "orders_to_redact"),
    SHOP_REDACT: ("shop_domain", "shop_id"),
}
DISTINCTIVE = set(chain.from_iterable(BODIES.values())) - {"id"}
GONE = Reason("store.uninstalled")


def signers(domain: str, body: bytes, signature: str) -> list[Store] | None:
    """The stores of this domain whose app signed the body; None if no app of ours did."""
    try:
        given = base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        return None
    if not is_shop(domain):
        return None
    stores = Store.objects.select_related("app", "environment").filter(domain=domain)
    if found := keys.signers(stores, body, given):
        return found
    # A store that is not known any more still gets its answer.
    apps = [keys.of_app(app) for app in ShopifyApp.objects.filter(installs=True)]
    server = keys.of_server()
    known = [*apps, *([server] if server else [])]
    return [] if any(keys.signed_by(one, body, given) for one in known) else None


def fits(topic: str, domain: str, body: bytes) -> bool:
    """Whether this is a body of that topic, about that store."""
    payload, names = mapping(parsed(body)), BODIES[topic]
    return (
        payload.get(names[0]) == domain and payload.keys() >= set(names) and payload.keys() & DISTINCTIVE <= set(names)
    )


def obey(request: HttpRequest, stores: list[Store], *, topic: str, **named: Any) -> None:
    """Do what a notice, which came with this request, asks of these stores, once. Stores are asked outside of any transaction,
    and nothing is kept of a notice that they leave unclear: it is obeyed when it comes again. Raises uninstalling.Unclear."""
    if Notice.objects.filter(topic=topic, **named).exists():
        return
    leaving = [store for store in stores if store.access_token] if topic == UNINSTALLED else []
    asked = [(store, uninstalling.is_gone(store)) for store in leaving]
    with transaction.atomic():
        if Notice.objects.get_or_create(topic=topic, **named)[1]:
            log.info("%s: %s", named["domain"], topic)
            for store, gone in asked:
                _forget(store) if gone else _keep(request, store)
            _redact(stores if topic == SHOP_REDACT else [])
    Notice.objects.filter(received__lt=timezone.now() - KEPT).delete()


def _forget(store: Store) -> None:
    """The store was left; unless it was connected again since it was asked."""
    mine = Store.objects.select_for_update().filter(pk=store.pk, token_serial=store.token_serial)
    if mine.exclude(access_token="").first():
        store.forget_tokens(Store.Status.BROKEN, GONE)
        audit.record(None, "store.uninstalled", store.domain, environment=store.environment)


def _keep(request: HttpRequest, store: Store) -> None:
    """An old notice that somebody sends again, or a late one: the store lets us in."""
    log.warning("%s is said to have uninstalled the app, but lets it in: its tokens are kept.", store.domain)
    audit.record(request, "store.uninstalling-disproved", store.domain, environment=store.environment)


def _redact(stores: list[Store]) -> None:
    """What is kept of a shop goes, unless the app was installed there again. Customers' data is never asked for, so that the
    two notices about it have nothing to find."""
    for store in stores:
        if not store.access_token:
            store.delete()
            audit.record(None, "store.redact", store.domain, environment=store.environment)
