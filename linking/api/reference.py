"""Pages about the HTTP API, for people. They are open to everybody, as the document is: nothing of an environment is in them. So
they are not below /api/v1, where no cookie is read: who is signed in reads them in their language."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from linking.api import reading
from linking.api.problems import TYPES
from linking.api.site import api
from setup.models.api_keys import SCOPES
from setup.security.guards import public


@require_safe
@public
def page(request: HttpRequest) -> HttpResponse:
    """Every operation and event of the document."""
    context = {
        "sections": reading.sections(),
        "about": [reading.marked(text) for text in api.description.split("\n\n")],
        "base": f"{settings.APP_URL.rstrip('/')}/api/v1",
        "scopes": SCOPES,
        "problems": [(name, one, reading.marked(one.help)) for name, one in TYPES.items()],
    }
    return render(request, "api/reference.html", context)


@require_safe
@public
def root(request: HttpRequest) -> HttpResponse:
    """Who opens the API's own address wants to know what it is."""
    return redirect("api-reference")


@require_safe
@public
def problem(request: HttpRequest, type: str) -> HttpResponse:
    """What an error means, and what to do about it: its `type` is this page's address."""
    if type not in TYPES:
        raise Http404
    known = TYPES[type]
    return render(request, "api/problem.html", {"name": type, "problem": known, "help": reading.marked(known.help)})
