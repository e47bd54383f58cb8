"""Installing the app in Shopify: what the waiting frame asks, and the two pages of the window beside it.

The window has no session (its cookie jar is another one than the frame's), so its pages have no guard; what lets them in is
the attempt: a ticket of one use, then the state with the window's own cookie and Shopify's signature.
"""

import uuid

from csp.constants import NONE
from csp.decorators import csp_replace
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from setup.models import Authorization
from setup.security.guards import MemberRequest, admins, public
from setup.security.origin import from_ourselves
from setup.shopify import connection
from setup.shopify.auth import install
from setup.shopify.auth.install import InstallRefused
from setup.words import _

COOKIE = "__Host-assetlink-install" if settings.HTTPS else "assetlink-install"
never_framed = csp_replace({"frame-ancestors": [NONE]})


@require_safe
@admins
def attempt(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """The frame asks this every two seconds; nothing new is 204."""
    found = get_object_or_404(request.member.authorizations, key=key)
    if found.status == Authorization.Status.DONE:
        messages.success(request, _("{store} is connected.").format(store=found.store or found.domain))
        return HttpResponse(headers={"HX-Redirect": reverse("setup")})
    if found.status == Authorization.Status.WAITING and found.expires > timezone.now():
        return HttpResponse(status=204)
    return render(request, "setup/_attempt.html", {"attempt": found, "problem": found.problem or install.OLD})


@public
@csrf_exempt  # there is no session in this window; the ticket is of one use, and the form has to be ours
@require_POST
@never_framed
def begin(request: HttpRequest) -> HttpResponse:
    """The window opens here. No redirect: the policy's form-action would stop a form's way to another site."""
    if not from_ourselves(request):
        return refuse(request, InstallRefused(_("AssetLink did not open this window. Close it."), "origin"))
    try:
        found, url, browser = install.open_window(request.POST.get("ticket", ""), now=timezone.now())
    except InstallRefused as refusal:
        return refuse(request, refusal)
    answer = render(request, "setup/going.html", {"attempt": found, "url": url})
    answer.set_cookie(
        COOKIE, browser, max_age=install.GOOD_FOR, secure=settings.HTTPS, httponly=True, samesite="Lax", path="/"
    )
    return answer


@public
@require_safe
@never_framed
def callback(request: HttpRequest) -> HttpResponse:
    """Where Shopify sends the window to."""
    query, browser = request.META.get("QUERY_STRING", ""), request.COOKIES.get(COOKIE, "")
    try:
        found = install.finish(query, browser, now=timezone.now())
    except InstallRefused as refusal:
        return refuse(request, refusal)
    if found.store:
        connection.note(found.member, found.store)
    answer = render(request, "setup/installed.html", {"attempt": found})
    answer.delete_cookie(COOKIE)
    return answer


def refuse(request: HttpRequest, refusal: InstallRefused) -> HttpResponse:
    return render(request, "setup/install_refused.html", {"refusal": refusal}, status=403)
