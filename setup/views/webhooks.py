"""What Shopify tells us. https://shopify.dev/docs/apps/build/webhooks and …/compliance/privacy-law-compliance

A notice is believed by its signature over the raw body, for the store that the body names, and obeyed once. That an app was
uninstalled is believed when the store says so, too.
"""

import base64
import binascii
import json
import logging
from datetime import timedelta
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from setup.models import Notice, ShopifyApp, Store
from setup.numbers import whole
from setup.security import audit
from setup.security.guards import public
from setup.shopify import uninstalling
from setup.shopify.auth import keys
from setup.shopify.domains import is_shop

log = logging.getLogger(__name__)
LARGEST = 256 * 1024  # bytes; the notices that we ask for have less than one of these KB
KEPT = timedelta(days=7)  # Shopify repeats for hours
DATA_REQUEST, CUSTOMER_REDACT, SHOP_REDACT = "customers/data_request", "customers/redact", "shop/redact"
UNINSTALLED = "app/uninstalled"
# Where the body names the store. What is not here is signed, but not asked for.
NAMED = {UNINSTALLED: "myshopify_domain"}
NAMED |= dict.fromkeys((DATA_REQUEST, CUSTOMER_REDACT, SHOP_REDACT), "shop_domain")
GONE = "The app was uninstalled in Shopify. Connect the store again to go on; what was linked stays in the shop."


@public
@csrf_exempt  # signed by Shopify
@require_POST
def shopify(request: HttpRequest) -> HttpResponse:
    """401 for a signature that is none, 400 for a body that does not fit, 413 for one that is too large; 503 where the store
    has to be asked and gives no clear answer, so that Shopify sends the notice again; otherwise 200."""
    body = body_of(request)
    if body is None:
        return HttpResponse(status=413)
    domain, topic = request.headers.get("X-Shopify-Shop-Domain", ""), request.headers.get("X-Shopify-Topic", "")
    stores = signers(domain, body, request.headers.get("X-Shopify-Hmac-SHA256", ""))
    if stores is None:
        return HttpResponse(status=401)
    if topic not in NAMED:
        return HttpResponse()
    if named_in(body, NAMED[topic]) != domain:
        return HttpResponse(status=400)
    return take(request, stores, domain=domain, topic=topic, event_id=event_of(request))


def take(request: HttpRequest, stores: list[Store], *, topic: str, **named: Any) -> HttpResponse:
    """Obey a notice of these stores, once. Stores are asked outside of any transaction, and nothing is kept of a notice that
    they leave unclear: it is taken when it comes again."""
    if Notice.objects.filter(topic=topic, **named).exists():
        return HttpResponse()
    leaving = [store for store in stores if store.access_token] if topic == UNINSTALLED else []
    try:
        asked = [(store, uninstalling.is_gone(store)) for store in leaving]
    except uninstalling.Unclear as unclear:
        return HttpResponse(status=503, headers={"Retry-After": str(unclear.seconds)})
    with transaction.atomic():
        if Notice.objects.get_or_create(topic=topic, **named)[1]:
            log.info("%s: %s", named["domain"], topic)
            for store, gone in asked:
                forget(store) if gone else keep(request, store)
            redact(stores if topic == SHOP_REDACT else [])
    Notice.objects.filter(received__lt=timezone.now() - KEPT).delete()
    return HttpResponse()


def body_of(request: HttpRequest) -> bytes | None:
    if whole(request.META.get("CONTENT_LENGTH") or "0", most=LARGEST) is None:
        return None
    try:
        return request.body
    except RequestDataTooBig:
        return None


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


def named_in(body: bytes, name: str) -> str:
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    found = payload.get(name) if isinstance(payload, dict) else None
    return found if isinstance(found, str) else ""


def event_of(request: HttpRequest) -> str:
    """The same for every delivery of one notice."""
    known = request.headers.get("X-Shopify-Webhook-Id") or request.headers.get("X-Shopify-Event-Id")
    return (known or request.headers.get("X-Shopify-Hmac-SHA256", ""))[:100]


def forget(store: Store) -> None:
    """The store was left; unless it was connected again since it was asked."""
    mine = Store.objects.select_for_update().filter(pk=store.pk, token_serial=store.token_serial)
    if mine.exclude(access_token="").first():
        store.forget_tokens(Store.Status.BROKEN, GONE)
        audit.record(None, "store.uninstalled", store.domain, environment=store.environment)


def keep(request: HttpRequest, store: Store) -> None:
    """An old notice that somebody sends again, or a late one: the store lets us in."""
    log.warning("%s is said to have uninstalled the app, but lets it in: its tokens are kept.", store.domain)
    audit.record(request, "store.uninstalling-disproved", store.domain, environment=store.environment)


def redact(stores: list[Store]) -> None:
    """What is kept of a shop goes, unless the app was installed there again. Customers' data is never asked for, so that the
    two notices about it have nothing to find."""
    for store in stores:
        if not store.access_token:
            store.delete()
            audit.record(None, "store.redact", store.domain, environment=store.environment)
