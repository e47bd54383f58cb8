"""/d/{endpoint}/products/{name}/media, …/widget and …/{position}: what an endpoint answers, from what is kept, with one query.

CORS: https://fetch.spec.whatwg.org/#http-cors-protocol; caching: https://www.rfc-editor.org/rfc/rfc9111 and rfc5861.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from hmac import compare_digest
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import FilteredRelation, Model, Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from linking.delivery import widget
from linking.delivery.places import BY_CODE
from linking.domain.delivered import Answered, answered, freshness
from linking.domain.showable import ALWAYS
from linking.models import DeliveredName, DeliveredProduct, DeliveryEndpoint
from setup.security import limits
from setup.security.guards import public
from setup.security.origin import address_of
from setup.spelling import plain

BELOW = "/d/"
PATH = re.compile(r"/d/(?P<slug>[a-z0-9]{6,24})/products/(?P<name>.{1,1000})/(?P<what>media|widget|[1-9][0-9]{0,2})")
METHODS = "GET, HEAD, OPTIONS"
EVERYBODY = "*"
DAY = 86_400
SLUG, KIND, NAME = "<slug>", "<kind>", "<name>"  # where a query takes what is asked for; nothing is ever called so


@dataclass(frozen=True)
class Found:
    """An endpoint, and what it keeps under a name. `is_there`: whether it knows the name."""

    key_hash: str
    origins: list[str]
    tag_prefix: str = ""
    cloud_name: str = ""
    is_there: bool = False
    variants: list[str] = field(default_factory=list)
    body: Mapping[str, Any] = field(default_factory=dict)


@public
def answer(request: HttpRequest, rest: str = "") -> HttpResponse:
    """`rest`: as the URL table has it; the whole path is read here."""
    asked = PATH.fullmatch(request.path_info)
    try:
        limits.spend_as("delivery", f"a{address_of(request)}", settings.LIMITS["delivery"])
    except limits.TooMany as refusal:
        return problem(429, "Too many requests came from this address.", {"Retry-After": str(refusal.seconds)})
    kind = request.GET.get("by", "sku")
    if asked is None or kind not in DeliveredName.KINDS:
        return problem(404, "There is nothing at this address.")
    found = look(asked["slug"], kind, plain(asked["name"]))
    if found is None:
        return problem(404, "There is nothing at this address.")
    response = respond(request, found, asked["what"], asked["name"])
    return shared(request, found, response)


def look(slug: str, kind: str, name: str) -> Found | None:
    """None where there is no such endpoint, or it is off. A name of several products means the first that had it."""
    sql, params = _query()
    asked = {SLUG: slug, KIND: kind, NAME: name}
    with connection.cursor() as cursor:
        cursor.execute(sql, [asked.get(one, one) for one in params])
        row = cursor.fetchone()
    if row is None:
        return None
    key_hash, origins, tag_prefix, cloud_name, pk, variants, body = row
    return Found(
        key_hash,
        _read(DeliveryEndpoint, "origins", origins),
        tag_prefix,
        cloud_name,
        pk is not None,
        _read(DeliveredName, "variants", variants),
        _read(DeliveredProduct, "body", body),
    )


@cache
def _query() -> tuple[str, tuple[Any, ...]]:
    """Put into words once: that takes Django longer than the database takes to answer."""
    hit = FilteredRelation("names", condition=Q(names__kind=KIND, names__value=NAME))
    rows = DeliveryEndpoint.objects.filter(slug=SLUG, on=True).annotate(hit=hit).order_by("hit__product")
    kept = ("key_hash", "origins", "tag_prefix", "environment__cloud_name", "hit__pk", "hit__variants")
    sql, params = rows.values_list(*kept, "hit__product__body")[:1].query.sql_with_params()
    return sql, tuple(params)


def _read(model: type[Model], name: str, value: Any) -> Any:
    """As the column's field reads it."""
    return model._meta.get_field(name).from_db_value(value, None, connection)  # type: ignore[union-attr]


def respond(request: HttpRequest, found: Found, what: str, name: str) -> HttpResponse:
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers={"Allow": METHODS, "Cache-Control": f"max-age={DAY}"})
    if request.method not in ("GET", "HEAD"):
        return problem(405, f"Ask with {METHODS}.", {"Allow": METHODS})
    if not lets_in(request, found):
        return problem(401, "This endpoint needs its key.", {"WWW-Authenticate": "Bearer"})
    now = timezone.now().timestamp()
    if not found.is_there:
        return cached(problem(404, "No product of this name is linked here."), found, ALWAYS, now)
    known = answered(found.body, found.variants, now=now)
    if what.isdecimal():
        return cached(redirected(request, known, int(what)), found, known.until, now)
    body: dict[str, Any] = {"product": known.product, "media": known.media}
    if what == "widget":
        body = widget.of(found.cloud_name, known, tag=widget.tag_of(found.tag_prefix, name))
    return cached(as_json(request, body), found, known.until, now)


def lets_in(request: HttpRequest, found: Found) -> bool:
    """By the header Authorization alone: a key in an address would stand in logs."""
    if not found.key_hash:
        return True
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    return scheme.lower() == "bearer" and compare_digest(hashed(given.strip()), found.key_hash)


def hashed(key: str) -> str:
    """A key has 256 random bits: a hash without salt and stretching is enough."""
    return sha256(key.encode()).hexdigest()


def as_json(request: HttpRequest, body: Mapping[str, Any]) -> HttpResponse:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    etag = f'"{sha256(text).hexdigest()[:32]}"'
    known = [one.strip().removeprefix("W/") for one in request.headers.get("If-None-Match", "").split(",")]
    if etag in known or "*" in known:
        return HttpResponse(status=304, headers={"ETag": etag})
    length = {"Content-Length": str(len(text))}
    content = b"" if request.method == "HEAD" else text
    return HttpResponse(content, content_type="application/json", headers={"ETag": etag, **length})


def redirected(request: HttpRequest, known: Answered, position: int) -> HttpResponse:
    medium, place = known.at(position), request.GET.get("place", "page")
    renditions = medium.get("renditions", {}) if medium else {}
    if place not in BY_CODE or place not in renditions:
        return problem(404, "The product has no picture there.")
    return HttpResponse(status=302, headers={"Location": renditions[place]["url"]})


def cached(response: HttpResponse, found: Found, until: float, now: float) -> HttpResponse:
    """What a key opens is kept by those who have it, and by nobody between."""
    fresh, stale = freshness(until, now=now)
    who = "private" if found.key_hash else "public"
    response["Cache-Control"] = f"{who}, max-age={fresh}, stale-while-revalidate={stale}"
    return response


def shared(request: HttpRequest, found: Found, response: HttpResponse) -> HttpResponse:
    """Which sites' scripts may read it."""
    origin = request.headers.get("Origin", "")
    everybody = EVERYBODY in found.origins
    if not everybody:
        response["Vary"] = "Origin, Authorization" if found.key_hash else "Origin"
    elif found.key_hash:
        response["Vary"] = "Authorization"
    if everybody or (origin and origin in found.origins):
        response["Access-Control-Allow-Origin"] = EVERYBODY if everybody else origin
        response["Access-Control-Expose-Headers"] = "ETag, Retry-After"
        if request.method == "OPTIONS":
            response["Access-Control-Allow-Methods"] = METHODS
            response["Access-Control-Allow-Headers"] = "Authorization, If-None-Match"
            response["Access-Control-Max-Age"] = str(DAY)
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def problem(status: int, text: str, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """https://www.rfc-editor.org/rfc/rfc9457. For programs: in English, as the HTTP API."""
    body = json.dumps({"type": "about:blank", "status": status, "detail": text})
    response = HttpResponse(body, content_type="application/problem+json", status=status, headers=headers)
    response.setdefault("Cache-Control", "no-store")
    response._has_been_logged = True  # type: ignore[attr-defined]  # Django's: what anybody may ask for is no warning
    return response
