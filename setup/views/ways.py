"""A person's ways to sign in: passkeys that they add, and what they take away again."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from setup.models import Identity, Passkey, Person
from setup.people import ways
from setup.people.words import said_of_kept
from setup.security import audit, sessions
from setup.security.guards import MemberRequest, members, viewers_too
from setup.signing_in.refusals import SignInRefused
from setup.words import _


@require_POST
@members
@viewers_too
def options(request: MemberRequest) -> HttpResponse:
    """What the browser is asked to make."""
    from setup.signing_in import passkeys

    return JsonResponse(passkeys.to_add(request, person_of(request)))


@require_POST
@members
@viewers_too
def add(request: MemberRequest) -> HttpResponse:
    """`credential`: what the browser made; `name`: what the person calls it."""
    from setup.signing_in import passkeys

    person = person_of(request)
    try:
        made = passkeys.add(request, person, request.POST.get("credential", ""), request.POST.get("name", ""))
    except SignInRefused as refusal:
        messages.error(request, refusal.text)
    else:
        audit.record(request, "member.add-passkey", request.member, {}, {"name": made.name})
        messages.success(request, _("{name} is added. It signs you in from now on.").format(name=made.name))
    return redirect("you")


@require_POST
@members
@viewers_too
def remove_passkey(request: MemberRequest, pk: int) -> HttpResponse:
    return remove(request, Passkey, pk, "member.remove-passkey")


@require_POST
@members
@viewers_too
def remove_identity(request: MemberRequest, pk: int) -> HttpResponse:
    return remove(request, Identity, pk, "member.remove-way")


def remove(request: MemberRequest, model: type[Passkey] | type[Identity], pk: int, action: str) -> HttpResponse:
    """Not the last one that leads in: nobody could come back."""
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=person_of(request).pk)  # of two at once, one finds one left
        found: Any = get_object_or_404(model, pk=pk, person=person)
        kept = ways.kept(found, person)
        if not kept:
            found.delete()
    if kept:
        messages.error(request, said_of_kept(kept))
    else:
        audit.record(request, action, request.member, {"name": str(found)}, {})
        messages.success(request, _("It is removed."))
    return redirect("you")


def person_of(request: MemberRequest) -> Person:
    """Of a session that began by signing in; a launched one has no ways."""
    person = sessions.signed_in(request)
    if person is None or (not settings.PASSKEYS and request.path.endswith(("options/", "passkeys/"))):
        raise Http404
    return person
