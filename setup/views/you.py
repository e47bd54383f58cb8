"""Who is signed in: where they may go, how they sign in, and an end to it."""

import time
from collections.abc import Iterable
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from setup.models import Identity, Passkey, Person
from setup.numbers import row_number
from setup.people import entering, intents, joining, memberships, ways
from setup.people.joining import CannotJoin
from setup.people.words import said_of, said_of_kept
from setup.security import audit, sessions
from setup.security.guards import MemberRequest, members, public, viewers_too
from setup.security.session_cookies import SIGN_IN
from setup.signing_in import providers
from setup.views.sign_in import ADDING
from setup.words import _


@require_safe
@members
def page(request: MemberRequest) -> HttpResponse:
    person = sessions.signed_in(request)
    mine = ways_of(person or request.member.person)
    context = {
        "person": person,
        "passkeys": [way for way in mine if isinstance(way, Passkey)] if person and settings.PASSKEYS else None,
        "identities": [way for way in mine if isinstance(way, Identity)],
        "always": said_of_kept(ways.Kept.ADDRESS),
        "code_to": ways.unsaid_code(person or request.member.person),
        "lost": not any(map(ways.leads_in, mine)) and not (person and ways.by_code(person)),
        "giver": providers.name_of(request.member.groups_issuer) if request.member.by_groups else "",
        "offered": sessions.offered(request) if request.member.person_id is None else None,
        "ticket": "" if person or request.member.person_id else intents.ticket(request.member),
    }
    return render(request, "session/you.html", context)


def ways_of(person: Person | None) -> list[Identity | Passkey]:
    """`kept`: why it cannot be taken away, in words; `over`: it does not lead in here any more."""
    found = ways.of(person) if person else []
    named(way for way in found if isinstance(way, Identity))
    for way in found:
        kept = ways.kept(way, person) if person else None
        way.kept = said_of_kept(kept) if kept else ""  # type: ignore[union-attr]
        way.over = not ways.leads_in(way)  # type: ignore[union-attr]
    return found


def named(identities: Iterable[Identity]) -> list[Identity]:
    """`shown`: by the provider's name."""
    found = list(identities)
    for one in found:
        one.shown = providers.name_of(one.issuer)  # type: ignore[attr-defined]
    return found


@require_POST
@public
def end(request: HttpRequest) -> HttpResponse:
    """Also where the session has ended by itself meanwhile."""
    return signed_out(request)


def signed_out(request: HttpRequest) -> HttpResponse:
    was_signed_in = sessions.PERSON in request.session
    sessions.end(request)
    return redirect(SIGN_IN) if was_signed_in else render(request, "session/signed_out.html")


@require_POST
@members
@viewers_too
def end_everywhere(request: MemberRequest) -> HttpResponse:
    """Of the person who signed in: their sessions in all browsers, and those that launches began for them here."""
    person, now = sessions.signed_in(request), timezone.now()
    if person is not None:
        Person.objects.filter(pk=person.pk).update(sessions_since=now)
    sessions.end_all(request.member, now=now)
    audit.record(request, "member.end-sessions", request.member)
    return signed_out(request)


@require_POST
@members
@viewers_too
def switch(request: MemberRequest) -> HttpResponse:
    """`member`: of the person who signed in, in another environment. What is none of theirs does not exist."""
    person = sessions.signed_in(request)
    rows = person.members.filter(removed=None) if person else request.member.environment.members.none()
    member = get_object_or_404(rows.select_related("environment"), pk=row_number(request.POST.get("member")))
    if not memberships.settle(member, now=timezone.now()):
        said = _(
            "Your role in {environment} comes from your groups at {provider}. To go there, sign in with {provider} again."
        )
        messages.error(
            request, said.format(environment=member.environment, provider=providers.name_of(member.groups_issuer))
        )
        return HttpResponseClientRedirect(reverse("you")) if request.htmx else redirect("you")
    if not member.has_ended(request.session.get(sessions.SINCE, time.time())):
        rows.filter(pk=member.pk).update(last_sign_in=timezone.now())
        sessions.switch(request, member)
    to = entering.landing(member, with_selection=sessions.SELECTION in request.session)
    return HttpResponseClientRedirect(to) if request.htmx else redirect(to)


@require_POST
@members
@viewers_too
def add(request: MemberRequest) -> HttpResponse:
    """Another way to sign in, for who is signed in: the next proof in this browser becomes theirs."""
    person = sessions.signed_in(request)
    if person is not None:
        intents.keep(request, intents.PERSON, person.pk)
    return redirect(f"{SIGN_IN}?{urlencode({ADDING: 1, 'next': reverse('you')})}")


@require_POST
@members
@viewers_too
def join(request: MemberRequest) -> HttpResponse:
    """The launched member is who had signed in to this browser."""
    person = sessions.offered(request)
    request.session.pop(sessions.OFFER, None)
    if person is None or "join" not in request.POST:
        return redirect("you")
    try:
        member = joining.join_person(request.member, person, now=timezone.now())
    except CannotJoin as refusal:
        messages.error(request, said_of(refusal.reason))
    else:
        audit.record(request, "member.join", member, {}, {"person": str(person)})
        messages.success(request, _("You are {person} now, however you come in.").format(person=person))
    return redirect("you")
