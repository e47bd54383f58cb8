from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import SimpleLazyObject

from setup import logs
from setup.models import Member
from setup.natural_order import natural
from setup.numbers import whole
from setup.people import memberships
from setup.security import limits, proxies
from setup.security.origin import address_of, id_of
from setup.security.sessions import lasting, member_of, signed_in

GetResponse = Callable[[HttpRequest], HttpResponse]
SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")
OURS = ("same-origin", "none")
WATCHED = ("/healthz", "/readyz", "/metrics")
WEBHOOKS = "/webhooks/"
EVENTS = "/webhooks/cloudinary/"
API = "/api/"
PROTO = "HTTP_X_FORWARDED_PROTO"


class RequestIds:
    """One id for the answer's header, the log and the audit log; and for the access log who asked, and from where."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = logs.request_id.set(id_of(request))
        try:
            response = self.get_response(request)
        finally:
            logs.request_id.reset(token)
        response["X-Request-Id"] = id_of(request)
        request.META |= {f"{logs.ACCESS}{name}": value for name, value in in_access_log(request).items()}
        return response


def in_access_log(request: HttpRequest) -> dict[str, str]:
    """The web server writes its line after the answer, and shares nothing with us but the request's environ (PEP 3333). The
    person, if anybody looked who it is, as the audit log names them."""
    found = {"request": id_of(request), "address": address_of(request) or "-"}
    if member := getattr(request, "known_member", None):
        found |= {"environment": member.environment.cloud_name, "person": member.external_id}
    return found


class Proxies:
    """Names a proxy that is not as the settings say; health checks come past it. What it says of the scheme counts in capitals,
    too, as schemes do (RFC 3986, 3.1): Django compares letter by letter."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if proto := request.META.get(PROTO):
            request.META[PROTO] = proto.lower()
        if request.path not in WATCHED:
            proxies.look(request)
        return self.get_response(request)


class Watched:
    """Those who ask whether we live bring no session: what a cookie names would be looked up in a database that may be away."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path in WATCHED:
            request.COOKIES.clear()
        return self.get_response(request)


class SameOrigin:
    """Refuses what another site makes a browser send: https://www.w3.org/TR/fetch-metadata/. Views with a proof of their own
    (a signed launch, a signed webhook) are those that need no CSRF token either. Old browsers say nothing: for them, the
    Origin is checked with the CSRF token."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable, *_: object) -> HttpResponse | None:
        site = request.headers.get("Sec-Fetch-Site", "none")
        if request.method in SAFE or site in OURS or getattr(view, "csrf_exempt", False):
            return None
        return render(request, "session/foreign.html", status=403)


class MemberOfSession:
    """`request.member` and, through it, the tenant of everything that the request may see; `request.lasting` of its session, and
    `request.entrances` to other environments."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        def known() -> Member | None:
            request.known_member = found = member_of(request)  # type: ignore[attr-defined]
            return found

        request.member = SimpleLazyObject(known)  # type: ignore[attr-defined]
        request.entrances = SimpleLazyObject(lambda: entrances(request))  # type: ignore[attr-defined]
        request.lasting = SimpleLazyObject(lambda: lasting(request))  # type: ignore[attr-defined]
        return self.get_response(request)


def entrances(request: HttpRequest) -> list[Member]:
    """The environments that the person who signed in may change to, as their members there: none where there is but one, and none
    for a launch, which vouches for its own."""
    person = signed_in(request)
    found = memberships.of(person) if person else []
    return sorted(found, key=lambda member: natural(str(member.environment))) if len(found) > 1 else []


class Limits:
    """The size of bodies, the rate of requests, and the answer to a client that was too quick."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if whole(request.META.get("CONTENT_LENGTH") or "0", most=settings.LARGEST_BODY) is None:
            return render(request, "session/too_large.html", status=413)
        try:
            count(request)
        except limits.TooMany as refusal:
            return too_many(request, refusal)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return too_many(request, error) if isinstance(error, limits.TooMany) else None


def count(request: HttpRequest) -> None:
    """Behind a proxy that is not named in the settings, all strangers have one address: what they use up must not be missing
    to those who ask whether we live, or to Shopify. Raises TooMany."""
    # Keys are counted one by one (linking.api.auth); Cloudinary sends an event for every change, as quickly as they are made.
    if request.path in WATCHED or request.path.startswith((API, EVENTS)):
        return
    if request.path.startswith(WEBHOOKS):
        limits.spend_as("webhook", f"a{address_of(request)}", settings.LIMITS["webhook"])
    else:
        limits.spend_as("request", who(request), settings.LIMITS["request"])


def who(request: HttpRequest) -> str:
    """The member, or the address where nobody is known yet."""
    member = getattr(request, "member", None)
    return f"m{member.pk}" if member else f"a{address_of(request)}"


def too_many(request: HttpRequest, refusal: limits.TooMany) -> HttpResponse:
    """A fragment's answer is one sentence, which the page shows in its place for troubles; Shopify's is one, too."""
    if getattr(request, "htmx", False) or request.path.startswith(WEBHOOKS):
        response = HttpResponse(refusal.text, content_type="text/plain; charset=utf-8", status=429)
    else:
        response = render(request, "session/too_many.html", {"refusal": refusal}, status=429)
    response["Retry-After"] = str(refusal.seconds)
    return response
