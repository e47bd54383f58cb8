"""Signing in with a passkey: what the browser has to sign, and what it signed."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from setup.security.guards import public
from setup.signing_in.refusals import SignInRefused
from setup.views.sign_in import entered, own_path, refused, spend


@public
@require_POST
def options(request: HttpRequest) -> HttpResponse:
    if not settings.PASSKEYS:
        raise Http404
    from setup.signing_in import passkeys

    spend(request)
    return JsonResponse(passkeys.to_use(request))


@public
@require_POST
def use(request: HttpRequest) -> HttpResponse:
    if not settings.PASSKEYS:
        raise Http404
    from setup.signing_in import passkeys

    spend(request)
    wanted = own_path(request.POST.get("next", ""))
    try:
        proof = passkeys.use(request, request.POST.get("credential", ""))
    except SignInRefused as refusal:
        return refused(request, refusal, wanted)
    return entered(request, proof, wanted)
