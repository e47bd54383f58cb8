"""Where webhooks arrive: Shopify's (setup.shopify.notices), https://shopify.dev/docs/apps/build/webhooks and
…/compliance/privacy-law-compliance; and Cloudinary's (setup.events), https://cloudinary.com/documentation/notifications"""

import logging

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from setup.events import receiving
from setup.numbers import whole
from setup.security.guards import public
from setup.shopify import notices, product_events
from setup.shopify.uninstalling import Unclear

log = logging.getLogger(__name__)
LATER = 30  # seconds after which an event that could not be kept may come again; Cloudinary waits three minutes anyway
LARGEST = 256 * 1024  # bytes; the notices that we ask for have less than one of these KB


@public
@csrf_exempt  # signed by Shopify
@require_POST
def shopify(request: HttpRequest) -> HttpResponse:
    """401 for a signature that is none, 400 for a body that does not fit, 413 for one that is too large; 503 where the store
    has to be asked and gives no clear answer, or where nothing could be written down, so that Shopify sends the notice again;
    otherwise 200."""
    body = body_of(request)
    if body is None:
        return HttpResponse(status=413)
    try:
        return obeyed(request, body)
    except DatabaseError as error:
        log.warning("A notice of Shopify's could not be kept: %s", type(error).__name__)
        return HttpResponse(status=503, headers={"Retry-After": str(LATER)})


def obeyed(request: HttpRequest, body: bytes) -> HttpResponse:
    """Raises django.db.DatabaseError."""
    domain, topic = said(request, "Shop-Domain"), said(request, "Topic")
    stores = notices.signers(domain, body, said(request, "Hmac-SHA256"))
    if stores is None:
        return HttpResponse(status=401)
    if topic in product_events.TOPICS:
        if (product := product_events.product_of(body)) is None:
            return HttpResponse(status=400)
        product_events.keep(stores, event_of(request), product, now=timezone.now())
        return HttpResponse()
    if topic not in notices.BODIES:
        return HttpResponse()
    if not notices.fits(topic, domain, body):
        return HttpResponse(status=400)
    try:
        notices.obey(request, stores, domain=domain, topic=topic, event_id=event_of(request))
    except Unclear as unclear:
        return HttpResponse(status=503, headers={"Retry-After": str(unclear.seconds)})
    return HttpResponse()


def body_of(request: HttpRequest) -> bytes | None:
    if whole(request.META.get("CONTENT_LENGTH") or "0", most=LARGEST) is None:
        return None
    try:
        return request.body
    except RequestDataTooBig:
        return None


def said(request: HttpRequest, name: str) -> str:
    """A header of Shopify's, by either of its names: notices of the newer kind come without `X-`."""
    return request.headers.get(f"X-Shopify-{name}") or request.headers.get(f"Shopify-{name}") or ""


def event_of(request: HttpRequest) -> str:
    """The same for every delivery of what happened once: a repeat has all the same headers, and each subscription to the topic
    another id of its own. https://shopify.dev/docs/apps/build/webhooks/ignore-duplicates"""
    named = (said(request, name) for name in ("Event-Id", "Webhook-Id", "Hmac-SHA256"))
    return next(filter(None, named), "")[:100]


@public
@csrf_exempt  # signed by Cloudinary
@require_POST
def cloudinary(request: HttpRequest, token: str) -> HttpResponse:
    """401 for a signature that is none, also for one of the newer kind alone, which nobody can check; 400 for a body that is no
    event, 413 for one that is too large; 503 where it could not be written down, so that Cloudinary sends it again; 200 for an
    event that is a row. Nothing of what came is said again."""
    body = request.read(settings.LARGEST_BODY + 1)  # a bulk edit of a thousand assets is more than a form may have
    if len(body) > settings.LARGEST_BODY:
        return HttpResponse(status=413)
    timestamp, signature = request.headers.get("X-Cld-Timestamp", ""), request.headers.get("X-Cld-Signature", "")
    now = timezone.now()
    try:
        environment = receiving.environment_at(token)
        if environment is None:
            return HttpResponse(status=404)
        if not receiving.is_believed(environment, body, timestamp, signature, now=now):
            return HttpResponse(status=401)
        kind = receiving.type_of(body)
        if kind is None:
            return HttpResponse(status=400)
        receiving.keep(environment, body, timestamp, kind, now=now)
    except (DatabaseError, receiving.NoSecret) as error:
        log.warning("An event of Cloudinary's could not be kept: %s", type(error).__name__)
        return HttpResponse(status=503, headers={"Retry-After": str(LATER)})
    return HttpResponse()
