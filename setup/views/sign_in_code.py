"""A code by e-mail: asked for, typed, and good for one session."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from setup.people import intents
from setup.security import limits
from setup.security.guards import public
from setup.signing_in import codes, mail
from setup.signing_in.refusals import SignInRefused
from setup.views.sign_in import entered, note, own_path, refused, shown, spend


@public
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """POST sends one to `email`; GET is where it is typed."""
    if not mail.is_set_up():
        raise Http404
    if request.method != "POST":
        email = codes.waiting(request)
        return asked(request, email) if email else redirect("sign-in")
    wanted = own_path(request.POST.get("next", ""))
    try:
        codes.ask(request, request.POST.get("email", ""), wanted, now=timezone.now())
    except limits.TooMany as refusal:
        response = shown(request, wanted, status=429, too_many=refusal)
        response["Retry-After"] = str(refusal.seconds)
        return response
    except SignInRefused as refusal:
        if refusal.code == "no_address":
            return shown(request, wanted, status=400, wrong_address=refusal, email=request.POST.get("email", "")[:254])
        return refused(request, refusal, wanted)
    return redirect("sign-in-code")


@public
@require_POST
def check(request: HttpRequest) -> HttpResponse:
    spend(request)
    email = codes.waiting(request)
    try:
        proof, wanted = codes.check(request, request.POST.get("code", ""), now=timezone.now())
    except SignInRefused as refusal:
        if not email:
            return refused(request, refusal)
        note(refusal)
        return asked(request, email, refusal)
    return entered(request, proof, wanted)


def asked(request: HttpRequest, email: str, refusal: SignInRefused | None = None) -> HttpResponse:
    context = {
        "email": email,
        "refusal": refusal,
        "minutes": codes.GOOD_FOR.seconds // 60,
        "next": codes.wanted(request),
        "adding": intents.person(request),
    }
    return render(request, "session/code.html", context, status=refusal.status if refusal else 200)
