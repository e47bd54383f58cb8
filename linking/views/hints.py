"""Hints of a first visit, which each person dismisses for good."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from setup.security.guards import MemberRequest, members, viewers_too


@require_POST
@members
@viewers_too
def dismiss(request: MemberRequest) -> HttpResponse:
    """`hint`: its name. One that does not exist is refused."""
    if not request.member.dismiss_hints(request.POST.get("hint", "")):
        return HttpResponse("There is no such hint.", status=400)
    return HttpResponse()
