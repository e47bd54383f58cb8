"""Who may come in. A page for members answers everybody else with how to open the app."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django_htmx.middleware import HtmxDetails

from setup import logs
from setup.models import Member
from setup.people import ways
from setup.security.session_cookies import names
from setup.words import _

READING = ("GET", "HEAD", "OPTIONS", "TRACE")
Rest = ParamSpec("Rest")


class MemberRequest(HttpRequest):
    """A request that a guard let in; `member.environment` is the tenant of everything that it may see."""

    member: Member
    htmx: HtmxDetails


View = Callable[Concatenate[Any, Rest], HttpResponseBase]


def members(view: View[Rest]) -> View[Rest]:
    """For people with a session. A fragment request without one reloads the page, which then tells how to come back.

    Viewers read: what changes something refuses them, unless the view is marked `viewers_too`."""

    @wraps(view)
    def guarded(request: MemberRequest, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponseBase:
        if not getattr(request, "member", None):
            if getattr(request, "htmx", False):
                return HttpResponse(status=401, headers={"HX-Refresh": "true"})
            return ended(request)
        if request.method not in READING and request.member.is_viewer and not getattr(view, "viewers_too", False):
            return viewers_read(request)
        with logs.about(environment=request.member.environment.cloud_name):
            return view(request, *args, **kwargs)

    guarded.access = "members"  # type: ignore[attr-defined]  # tests try every URL by what it says of itself
    return guarded


def ended(request: HttpRequest) -> HttpResponse:
    """How to come back: from the Console, or by signing in where that is set up. A frame may not show the sign-in."""
    framed = request.headers.get("Sec-Fetch-Dest") == "iframe"
    back = request.get_full_path() if request.method in READING else ""
    was_here = any(name in request.COOKIES for name in names())
    context = {"sign_in": ways.are_set_up() and not framed, "next": back, "was_here": was_here}
    return render(request, "session/ended.html", context, status=401)


def viewers_too(view: View[Rest]) -> View[Rest]:
    """Within `members`: what it changes is the person's own, and no store, selection or setting of anybody else's."""
    view.viewers_too = True  # type: ignore[attr-defined]
    return view


def workers(view: View[Rest]) -> View[Rest]:
    """For those who work with selections, also to look: viewers read what they may do instead."""

    @wraps(view)
    def guarded(request: MemberRequest, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponseBase:
        return viewers_read(request) if request.member.is_viewer else view(request, *args, **kwargs)

    found = members(guarded)
    found.access = "workers"  # type: ignore[attr-defined]
    return found


def viewers_read(request: MemberRequest) -> HttpResponse:
    """A fragment's answer is one sentence, which the page shows in its place for troubles."""
    if getattr(request, "htmx", False):
        said = _("You are a viewer here: you may read and download. Nothing was changed.")
        return HttpResponse(said, content_type="text/plain; charset=utf-8", status=403)
    return render(request, "session/viewers_read.html", status=403)


def admins(view: View[Rest]) -> View[Rest]:
    """For admins of the environment; other members read who can help."""

    @wraps(view)
    def guarded(request: MemberRequest, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponseBase:
        if not request.member.is_admin:
            return render(request, "session/admins_only.html", status=403)
        return view(request, *args, **kwargs)

    found = members(guarded)
    found.access = "admins"  # type: ignore[attr-defined]
    return found


def public(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """For everybody: a signature or a ticket of one use lets them in, or there is nothing to see."""
    view.access = "public"  # type: ignore[attr-defined]
    return view
