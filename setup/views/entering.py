"""Before somebody is in: an invitation, and the question whether two members are one.

All of it is below /sign-in, and so never in a frame (setup.security.session_cookies).
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from setup.models import Invitation
from setup.people import entering, intents, invitations, ways
from setup.people.proofs import ADDRESS, Proof
from setup.security import sessions
from setup.security.guards import public
from setup.security.origin import from_ourselves
from setup.security.session_cookies import SIGN_IN
from setup.words import _


@public
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Looking uses nothing up: programs that read e-mails open what is in them."""
    found = invitations.opened_by(token, now=timezone.now())
    if found is None:
        return render(request, "session/invitation_gone.html", status=404)
    if request.method == "POST":
        return accepted(request, found)
    context = {"invitation": found, "as_person": sessions.signed_in(request), "by_itself": not ways.are_set_up()}
    return render(request, "session/invitation.html", context)


def accepted(request: HttpRequest, found: Invitation) -> HttpResponse:
    """As who is signed in already, if they say so; by signing in; or, where no way to do so is set up, by the address itself."""
    intents.keep(request, intents.INVITATION, found.pk)
    person = sessions.signed_in(request)
    if person is not None and "as_person" in request.POST:
        return entering.arrive(request, Proof(_("Invitation"), ADDRESS, found.token_hash), adding=person)
    if ways.are_set_up():
        return redirect(SIGN_IN)
    request.session[entering.NEXT] = reverse("you")
    return entering.arrive(request, Proof(_("Invitation"), ADDRESS, found.token_hash, email=found.email))


@public
@csrf_exempt  # the ticket is signed, short-lived and of one use, and the form has to be ours
@require_POST
def as_well(request: HttpRequest) -> HttpResponse:
    """Who was launched wants to sign in as well: the window at top level knows them by a ticket only."""
    member = intents.redeem(request.POST.get("ticket", "")) if from_ourselves(request) else None
    if member is None:
        return render(request, "session/ended.html", status=403)
    intents.keep(request, intents.MEMBER, member.pk)
    return redirect(SIGN_IN)


@public
@require_POST
def joined(request: HttpRequest) -> HttpResponse:
    """*Yes, both are me*, or *No*: after signing in with what was begun as a launched member."""
    proof, launched = entering.held(request), intents.member(request)
    intents.forget(request, intents.MEMBER)
    if proof is None or launched is None:
        return render(request, "session/ended.html", status=403)
    return entering.arrive(request, proof, launched=launched if "join" in request.POST else None)
