"""Status: how AssetLink and the environment's stores are."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from linking.pages.status import context
from setup.numbers import whole
from setup.security.guards import MemberRequest, members

# How often an open page refreshes itself: for ten minutes, so that a forgotten one does not keep its session alive.
TIMES = 40


@require_safe
@members
def page(request: MemberRequest) -> HttpResponse:
    """With `left`, how often it shall still refresh itself, only what is refreshed."""
    left = whole(request.GET.get("left"))
    known = context(request.member, now=timezone.now()) | {"tab": "setup"}
    if left is None or not request.htmx:
        return render(request, "status/page.html", known | {"left": TIMES})
    return render(request, "status/_state.html", known | {"left": min(TIMES, max(0, left - 1))})
