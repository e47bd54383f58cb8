"""The way in: a signed launch from the Console."""

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from linking.models import Selection
from linking.selection import making
from setup.models import Member, Store
from setup.people import memberships
from setup.security import confirming, launch_origins, refusals, sessions
from setup.security.actors import Actor
from setup.security.guards import MemberRequest, public, workers
from setup.security.launch import Launch, LaunchRefused, verify
from setup.security.origin import from_ourselves
from setup.words import _, number

SELECTION = sessions.SELECTION


@public
@csrf_exempt  # signed, short-lived and of one use; in place of a CSRF token, which nobody has yet, its origin is looked at
@require_POST
def launch(request: HttpRequest) -> HttpResponse:
    """What the Console posts leads in; whatever else may have posted it is confirmed by the person or refused."""
    origin = request.headers.get("Origin", "")
    try:
        token = token_of(request)
        certain = launch_origins.certain(origin, token)
        found = verify(token, now=timezone.now())
        return enter(request, found) if certain else ask(request, found, "" if origin == "null" else origin)
    except LaunchRefused as refusal:
        return refused(request, refusal)


def ask(request: HttpRequest, found: Launch, origin: str) -> HttpResponse:
    context = {"launch": found, "origin": origin, "ticket": confirming.hold(found)}
    return render(request, "session/confirm.html", context)


@public
@csrf_exempt  # the ticket is signed, short-lived and of one use, and the form has to be ours
@require_POST
def confirmed(request: HttpRequest) -> HttpResponse:
    """*Continue as NAME* was pressed."""
    try:
        if not from_ourselves(request):
            raise LaunchRefused(_("You did not confirm this on a page of AssetLink. Open AssetLink again."), "form")
        return enter(request, confirming.go_on(request.POST.get("ticket", "")))
    except LaunchRefused as refusal:
        return refused(request, refusal)


def refused(request: HttpRequest, refusal: LaunchRefused) -> HttpResponse:
    refusals.note(request, refusal)
    context = {"refusal": refusal, "limit": settings.LAUNCH_MAX_ASSETS}
    return render(request, "session/launch_refused.html", context, status=403)


def enter(request: HttpRequest, found: Launch) -> HttpResponse:
    member = sessions.start(request, found, now=timezone.now())
    memberships.settle(member, now=timezone.now())
    selection = None if member.is_viewer else making.make(Actor(member), found.asset_ids)
    if selection:
        request.session[SELECTION] = str(selection.key)
    key = str(selection.key) if selection else ""
    context = {"next": landing(member, selection), "ticket": sessions.ticket(member, key)}
    return render(request, "session/opening.html", context)


def landing(member: Member, selection: Selection | None) -> str:
    """A viewer links nothing, so nothing is selected for them."""
    if selection is None:
        return reverse("history")
    return reverse("setup") if member.is_admin else reverse("link", args=[selection.key])


@public
@csrf_exempt  # the ticket is signed, short-lived and of one use, and the form has to be ours
@require_POST
def open_in_tab(request: HttpRequest) -> HttpResponse:
    """A session of its own for a tab, for browsers that keep no cookie in the Console's frame."""
    found = sessions.redeem(request.POST.get("ticket", "")) if from_ourselves(request) else None
    selection = Selection.objects.filter(member=found[0], key=found[1]).first() if found and found[1] else None
    if found is None or (selection is None and found[1]):
        return render(request, "session/ended.html", status=403)
    sessions.begin(request, found[0])
    if selection:
        request.session[SELECTION] = str(selection.key)
    return redirect(landing(found[0], selection))


@public
@require_safe
def probe(request: HttpRequest) -> HttpResponse:
    """Whether this browser kept the cookie of its launch."""
    return HttpResponse(status=204 if sessions.member_of(request) else 401)


def token_of(request: HttpRequest) -> str:
    """Raises LaunchRefused for a body that is far larger than any launch."""
    try:
        return request.POST.get("token", "")
    except (RequestDataTooBig, TooManyFieldsSent):
        text = _("This launch is too large. AssetLink takes at most {n} assets at a time.")
        raise LaunchRefused(text.format(n=number(settings.LAUNCH_MAX_ASSETS)), "oversized") from None


@workers
def home(request: MemberRequest) -> HttpResponse:
    """Link to Products, with the selection of this session; without one where it begins."""
    key = request.session.get(SELECTION)
    return redirect("link", key=key) if key else without_selection(request)


def without_selection(request: MemberRequest) -> HttpResponse:
    """Setup for an admin as long as nothing is connected, else Choose Assets."""
    connected = request.member.environment.stores.filter(status=Store.Status.CONNECTED).exists()
    return redirect("setup" if request.member.is_admin and not connected else "choose")
