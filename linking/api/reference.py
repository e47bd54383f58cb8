"""Pages about the HTTP API, for people."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from linking.api.problems import TYPES
from setup.security.guards import public


@require_safe
@public
def problem(request: HttpRequest, type: str) -> HttpResponse:
    """What an error means, and what to do about it: its `type` is this page's address."""
    if type not in TYPES:
        raise Http404
    return render(request, "api/problem.html", {"name": type, "problem": TYPES[type], "types": TYPES})
