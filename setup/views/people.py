"""Who has been here, and an end to somebody's sessions."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from setup.security import audit, sessions
from setup.security.guards import MemberRequest, admins
from setup.words import _

PER_PAGE = 50


@require_safe
@admins
def page(request: MemberRequest) -> HttpResponse:
    rows = request.member.environment.members.order_by("-last_launch", "pk")
    people = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "setup/people.html", {"tab": "setup", "people": people})


@require_POST
@admins
def end(request: MemberRequest, pk: int) -> HttpResponse:
    member = get_object_or_404(request.member.environment.members, pk=pk)
    sessions.end_all(member, now=timezone.now())
    audit.record(request, "member.end-sessions", member)
    messages.success(
        request, _("All sessions of {person} are ended. AssetLink opens again from the Console.").format(person=member)
    )
    return redirect("people")
