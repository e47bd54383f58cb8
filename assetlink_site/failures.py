"""What a person gets when nothing else can be shown: a page that needs no session, no database and no static file.

Django's own would read the CSRF token from the session, and so from the database that is away, once for each middleware.
"""

import logging
import sys
from typing import Any

import django.db
from csp.constants import NONCE
from csp.decorators import csp_update
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string

from linking.operations.doctor import database
from setup.security.language import spoken_by
from setup.security.middleware import SAFE
from setup.security.origin import id_of
from setup.words import gettext_lazy, override

log = logging.getLogger(__name__)
SECONDS = 5  # between two looks whether it has passed
AWAY = gettext_lazy("AssetLink cannot reach its database")
AWAY_TEXT = gettext_lazy(
    "Everything you saved is kept. When the database is back, runs and this page continue by themselves."
)
UNSURE = gettext_lazy("Your last change may not be saved. Check it when the page is back.")
BROKEN = gettext_lazy("Something went wrong")
BROKEN_TEXT = gettext_lazy("AssetLink had an internal error and logged it. Your choices and runs are kept.")
BROKEN_NEXT = gettext_lazy("If it happens again, tell the people who run AssetLink what you did and when.")

# The library's types know views that take nothing but the request.
lets_style_in: Any = csp_update({"style-src": [NONCE]})


def server_error(request: HttpRequest) -> HttpResponse:
    """For every exception that nobody handled: 503 while the database is away, otherwise 500."""
    error = sys.exc_info()[1]
    if is_outage(error):
        return outage(request)
    if error and isinstance(error.__context__, Http404 | PermissionDenied | SuspiciousOperation):
        log.error(
            "The page that says what was wrong could not be shown.", exc_info=error
        )  # Django logs no more than 500
    return page(request, 500, BROKEN, [BROKEN_TEXT, BROKEN_NEXT])


def is_outage(error: BaseException | None) -> bool:
    """Also of a database that takes no writes, or that a migration holds. A connection that was never made needs no second try,
    which may take as long as the first."""
    if not isinstance(error, django.db.Error):
        return False
    passes = database.refuses_writes(error) or database.deadlocked(error)
    return passes or connection.connection is None or not database.answers()


def outage(request: HttpRequest) -> HttpResponse:
    lines = [AWAY_TEXT] if request.method in SAFE else [AWAY_TEXT, UNSURE]
    if request.headers.get("HX-Request"):  # one sentence, which the page shows in its place for troubles
        with override(spoken_by(request)):
            text = f"{AWAY}. {lines[-1]}"
        answer = HttpResponse(text, content_type="text/plain; charset=utf-8", status=503)
    else:
        answer = page(request, 503, AWAY, lines)
    answer["Retry-After"] = str(2 * SECONDS)
    return answer


@lets_style_in
def page(request: HttpRequest, status: int, title: Any, lines: list[Any]) -> HttpResponse:
    """Rendered without the request, whose context would ask the session."""
    context = {
        "title": title,
        "lines": lines,
        "next": request.get_full_path() if request.method in SAFE else "/",
        "passes": status == 503,
        "seconds": SECONDS,
        "nonce": str(getattr(request, "csp_nonce", "")),
        "request_id": id_of(request),
    }
    with override(language := spoken_by(request)):
        return HttpResponse(render_to_string("failure.html", context | {"language": language}), status=status)
