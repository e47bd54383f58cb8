"""Whether Cloudinary's add-on for AI captions answers: shown in a section of Setup, and asked again."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from setup.captions import asking
from setup.captions.words import add_on_context
from setup.security import limits
from setup.security.guards import MemberRequest, admins, members


@require_safe
@members
def page(request: MemberRequest) -> HttpResponse:
    """Read while somebody else asks, until that has ended."""
    return shown(request)


@require_POST
@admins
def ask(request: MemberRequest) -> HttpResponse:
    """A few calls to Cloudinary at most. `once`: by the page itself, which may be shown twice; an answer that there is by now is
    enough."""
    environment = request.member.environment
    if "once" in request.POST and not asking.is_due(environment):
        return shown(request)
    limits.spend("look", request.member)
    asking.ask(environment)
    environment.refresh_from_db()
    return shown(request, announce=True)


def shown(request: MemberRequest, *, announce: bool = False) -> HttpResponse:
    context = add_on_context(request.member.environment) | {"announce_add_on": announce, "looked": True}
    if request.htmx:
        return render(request, "setup/_add_on.html", context)
    if announce:
        known = context["add_on"]
        (messages.success if known.good else messages.error)(request, known.trouble or known.state)
    return redirect("setup")
