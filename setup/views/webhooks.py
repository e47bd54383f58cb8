"""What Shopify tells us. https://shopify.dev/docs/apps/build/webhooks and …/compliance/privacy-law-compliance

A notice is believed by its signature over the raw body, for the store that the body names, and obeyed once.
"""

import base64
import binascii
import json
import logging
from datetime import datetime, timedelta

from django.core.exceptions import RequestDataTooBig
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from setup import audit
from setup.domains import is_shop
from setup.guards import public
from setup.models import Notice, ShopifyApp, Store
from setup.numbers import whole
from setup.shopify_auth import keys

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
    """401 for a signature that is none, 400 for a body that does not fit, 413 for one that is too large; otherwise 200."""
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
    with transaction.atomic():
        _, fresh = Notice.objects.get_or_create(domain=domain, topic=topic, event_id=event_of(request))
        if fresh:
            log.info("%s: %s", domain, topic)
            obey(topic, stores, parse(request.headers.get("X-Shopify-Triggered-At", "")))
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
        told = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    found = told.get(name) if isinstance(told, dict) else None
    return found if isinstance(found, str) else ""


def event_of(request: HttpRequest) -> str:
    """The same for every delivery of one notice."""
    known = request.headers.get("X-Shopify-Webhook-Id") or request.headers.get("X-Shopify-Event-Id")
    return (known or request.headers.get("X-Shopify-Hmac-SHA256", ""))[:100]


def parse(text: str) -> datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found and found.tzinfo else None


def obey(topic: str, stores: list[Store], triggered: datetime | None) -> None:
    """Customers' data is never asked for, so the two notices about it have nothing to find."""
    for store in stores:
        if topic == UNINSTALLED and not connected_since(store, triggered):
            store.forget_tokens(Store.Status.BROKEN, GONE)
            audit.record(None, "store.uninstalled", store.domain, environment=store.environment)
        if topic == SHOP_REDACT and not store.access_token:
            store.delete()
            audit.record(None, "store.redact", store.domain, environment=store.environment)


def connected_since(store: Store, triggered: datetime | None) -> bool:
    """A late notice must not end a connection that was made after it. A disconnected store has nothing to forget."""
    if store.status == Store.Status.DISCONNECTED:
        return True
    return triggered is not None and store.connected is not None and store.connected > triggered
