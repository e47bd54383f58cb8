"""A request that came without TLS, though APP_URL is https: sent on, or answered with what is wrong.

Django's redirect would go on for ever behind a proxy that does not say how the browser came, and turn a form that was posted into
a GET of nothing. Here a form is refused, and a browser that comes back as it was learns why.
"""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase

from assetlink_site import failures
from setup.security.language import spoken_by
from setup.security.middleware import SAFE
from setup.security.proxies import warn_once
from setup.words import gettext_lazy, override

GetResponse = Callable[[HttpRequest], HttpResponseBase]
EXEMPT = ("/healthz", "/readyz")
# Browsers keep it only if they came by https: then they were sent there already, and no proxy said how they came.
COOKIE, SECONDS = "__Host-assetlink-sent-on", 30
TITLE = gettext_lazy("AssetLink cannot tell that this is https")
LOOP = gettext_lazy(
    "The proxy in front of AssetLink does not say that your browser came by https. Nothing is wrong with your browser, and "
    "nothing was changed."
)
TELL = gettext_lazy("Tell the people who run AssetLink that the proxy has to set the header X-Forwarded-Proto.")
POSTED_TITLE = gettext_lazy("This came without https")
POSTED = gettext_lazy(
    "Your request came without https, so AssetLink did not read it and changed nothing. Open AssetLink by https:// and try again."
)
DID = gettext_lazy(
    "If you did, tell the people who run AssetLink that the proxy has to set the header X-Forwarded-Proto."
)
WARNING = (
    "%s %s came as http, though APP_URL is https%s. If the browser used https, the proxy in front has to set X-Forwarded-Proto "
    "to https; docs/operator.md, In front of it."
)


class Https:
    """Before SecurityMiddleware, whose own redirect nothing reaches any more."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not settings.SECURE_SSL_REDIRECT or request.is_secure() or request.path in EXEMPT:
            return self.get_response(request)
        if request.method not in SAFE:
            return refused(request)
        return unknown(request) if why_endless(request) else sent_on(request)


def why_endless(request: HttpRequest) -> str:
    """Why another redirect would change nothing; empty if it may help."""
    if COOKIE in request.COOKIES:
        return ", and its browser was sent to https already"
    if settings.TRUSTED_PROXIES and "X-Forwarded-Proto" not in request.headers:
        return ", and no proxy says how its browser came (TRUSTED_PROXIES is not 0)"
    return ""


def sent_on(request: HttpRequest) -> HttpResponse:
    """For the moment, as a browser would keep a permanent one when the proxy is mended; what is permanent is HSTS."""
    host, ours = request.get_host(), urlsplit(settings.APP_URL)
    there = ours.netloc if urlsplit(f"//{host}").hostname == ours.hostname else host
    answer = HttpResponseRedirect(f"https://{there}{request.get_full_path()}")
    answer.set_cookie(COOKIE, "1", max_age=SECONDS, secure=True, httponly=True, samesite="None")
    answer.cookies[COOKIE]["samesite"] = "None; Partitioned"  # as the session's: assetlink_site.headers
    return answer


def unknown(request: HttpRequest) -> HttpResponse:
    warn_once(WARNING, request.method, request.path, why_endless(request))
    answer = failures.page(request, 500, TITLE, [LOOP, TELL])
    answer._has_been_logged = True  # as Django marks it: one warning says so, not each request
    return answer


def refused(request: HttpRequest) -> HttpResponse:
    warn_once(WARNING, request.method, request.path, why_endless(request))
    if request.headers.get("HX-Request"):
        with override(spoken_by(request)):
            return HttpResponse(f"{POSTED} {TELL}", content_type="text/plain; charset=utf-8", status=400)
    return failures.page(request, 400, POSTED_TITLE, [POSTED, DID])
