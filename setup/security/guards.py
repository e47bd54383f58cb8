"""Who may come in. A page for members answers everybody else with how to open the app."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django_htmx.middleware import HtmxDetails

from setup import logs
from setup.models import Member

Rest = ParamSpec("Rest")


class MemberRequest(HttpRequest):
    """A request that a guard let in; `member.environment` is the tenant of everything that it may see."""

    member: Member
    htmx: HtmxDetails


View = Callable[Concatenate[Any, Rest], HttpResponseBase]


def members(view: View[Rest]) -> View[Rest]:
    """For launched members. A fragment request without a session reloads the page, which then tells how to come back."""

    @wraps(view)
    def guarded(request: MemberRequest, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponseBase:
        if not getattr(request, "member", None):
            if getattr(request, "htmx", False):
                return HttpResponse(status=401, headers={"HX-Refresh": "true"})
            return render(request, "session/ended.html", status=401)
        with logs.about(environment=request.member.environment.cloud_name):
            return view(request, *args, **kwargs)

    guarded.access = "members"  # type: ignore[attr-defined]  # tests try every URL by what it says of itself
    return guarded


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
