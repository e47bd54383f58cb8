"""The page to sign in, and what happens on the way to a provider and back."""

import logging
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from setup.models import Passkey
from setup.people import intents
from setup.people.entering import NEXT, enter, is_ours
from setup.people.proofs import Proof
from setup.security import limits
from setup.security.guards import public
from setup.security.origin import address_of
from setup.signing_in import attempts, mail, providers
from setup.signing_in.refusals import OF_PEOPLE, SignInRefused

log = logging.getLogger(__name__)
LONGEST = 1000
# In the page's address where a way is added to who is signed in. Without it the page is for anybody: nobody who signs in
# there becomes somebody else because of what another person began in this browser.
ADDING = "add"


@public
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    if ADDING not in request.GET:
        intents.forget(request, intents.PERSON)
    return shown(request, own_path(request.GET.get("next", "")))


def shown(request: HttpRequest, next: str, *, status: int = 200, **more: Any) -> HttpResponse:
    known = providers.configured()
    context = {
        "providers": [one for one in known if one.slug != providers.CLOUDINARY],
        "cloudinary": cloudinary_of(known),
        "by_code": mail.is_set_up(),
        "by_passkey": bool(settings.PASSKEYS) and Passkey.objects.exists(),
        "next": next,
        "adding": intents.person(request),
        "limit": settings.LAUNCH_MAX_ASSETS,
    }
    return render(request, "session/sign_in.html", context | more, status=status)


def cloudinary_of(known: list[providers.Provider]) -> providers.Provider | None:
    return next((one for one in known if one.slug == providers.CLOUDINARY), None)


@public
@require_POST
def begin(request: HttpRequest, slug: str) -> HttpResponse:
    """No redirect: the policy's form-action would stop a form's way to another site. `choose`: of several accounts there."""
    from setup.signing_in import oidc

    spend(request)
    provider = named(slug)
    wanted = own_path(request.POST.get("next", ""))
    state, attempt = attempts.begin(request, slug, wanted)
    try:
        url = oidc.going(provider, state, attempt, choose="choose" in request.POST)
    except SignInRefused as refusal:
        return refused(request, refusal, wanted)
    return render(request, "session/going.html", {"provider": provider, "url": url})


@public
@require_safe
def back(request: HttpRequest, slug: str) -> HttpResponse:
    """Where the provider sends the browser back to. Nothing of the answer is looked at before it is known that this browser
    asked for it."""
    from setup.signing_in import oidc

    spend(request)
    provider = named(slug)
    attempt = attempts.take(request, request.GET.get("state", ""), slug)
    if attempt is None:
        return refused(request, provider.refused("unknown_state"))
    try:
        proof = oidc.answered(provider, request.GET, attempt)
    except SignInRefused as refusal:
        return refused(request, refusal, attempt.next)
    request.signed_in_with = provider  # type: ignore[attr-defined]  # for the offer to take another account
    return entered(request, proof, attempt.next)


def named(slug: str) -> providers.Provider:
    if provider := providers.find(slug):
        return provider
    raise Http404


def entered(request: HttpRequest, proof: Proof, wanted: str) -> HttpResponse:
    request.session[NEXT] = wanted
    return enter(request, proof)


def refused(request: HttpRequest, refusal: SignInRefused, wanted: str = "") -> HttpResponse:
    """The page again, with what happened and the other ways."""
    note(refusal)
    return shown(request, wanted, status=refusal.status, refusal=refusal)


def note(refusal: SignInRefused) -> None:
    """A warning where those who run AssetLink may have to do something; whatever people or strangers do is their own affair."""
    said = f" with {refusal.name}" if refusal.name else ""
    level = logging.INFO if refusal.code in OF_PEOPLE else logging.WARNING
    why = f": {refusal.details}" if refusal.details else "."
    log.log(level, "A sign-in%s was refused (%s)%s", said, refusal.code, why)


def spend(request: HttpRequest) -> None:
    """Raises limits.TooMany."""
    limits.spend_as("sign_in", f"a{address_of(request)}", settings.LIMITS["sign_in"])


def own_path(given: str) -> str:
    """A path of ours, or nothing."""
    return given if len(given) <= LONGEST and given.isprintable() and is_ours(given) else ""
