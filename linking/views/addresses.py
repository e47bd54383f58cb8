"""Opening a selection that somebody handed over."""

from typing import cast
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from linking.selection import addresses
from linking.selection.addresses import State
from linking.views.launch import SELECTION
from setup.security.actors import Actor
from setup.security.guards import MemberRequest, public

STATUS = {State.READY: 200, State.OPENED: 410, State.EXPIRED: 410}


@public
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, token: str) -> HttpResponse:
    """GET tells who handed over what, and uses nothing up: previews of links come along here, too. POST opens it."""
    if not getattr(request, "member", None):
        return to_sign_in(request)
    asked = cast(MemberRequest, request)
    address = addresses.known_as(token, asked.member)
    if address is None:
        raise Http404
    if asked.member.is_viewer:
        return render(request, "session/selection_of_others.html", {"address": address, "viewer": True}, status=403)
    if request.method == "POST":
        try:
            selection = addresses.open_for(Actor.of(asked), address)
        except addresses.NotOpened:
            address.refresh_from_db()
        else:
            request.session[SELECTION] = str(selection.key)
            return redirect("link", key=selection.key)
    state = addresses.state_of(address, now=timezone.now())
    mine = address.opened_by_id == asked.member.pk
    context = {"address": address, "state": state.value, "mine": mine}
    return render(request, "session/selection_of_others.html", context, status=STATUS[state])


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """And back. What the address is good for, nobody sees before."""
    return redirect(f"{reverse('sign-in')}?{urlencode({'next': request.path})}")
