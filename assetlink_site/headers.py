"""Response headers that Django 5.2 has no setting for."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_cache_control

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class PartitionedCookies:
    """The app is framed by another site: its session cookie lives in that site's own jar (CHIPS).

    Outside SessionMiddleware, so that it sees the cookie being set and being deleted.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        cookie = response.cookies.get(settings.SESSION_COOKIE_NAME)
        if cookie is not None and settings.HTTPS:
            cookie["samesite"] = "None; Partitioned"  # http.cookies of Python 3.11 knows no such attribute
            cookie["secure"] = True
        return response


class NoStore:
    """Pages and reports show a customer's data: no cache keeps them, and no other site reads them."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not request.path.startswith("/static/"):
            patch_cache_control(response, no_store=True)
            response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response
