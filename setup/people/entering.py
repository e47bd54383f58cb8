"""From a proof to a session: the one door through which people who sign in come in."""

import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from setup.models import Identity, Invitation, Member, Person
from setup.people import intents, invitations, joining, memberships
from setup.people.joining import CannotJoin
from setup.people.proofs import ADDRESS, PASSKEY, Proof
from setup.people.who import Adding, Address, Known, Out, Whose, spelled, whose, why_out
from setup.people.words import said_of, said_of_withheld
from setup.security import known_browsers, language, limits, sessions
from setup.signing_in import providers
from setup.words import enumeration

log = logging.getLogger(__name__)

# Where in a session that has not begun yet a way of signing in keeps where the person wanted to go: a path of ours.
NEXT = "next"
# What was proved, while the person is asked whether they are a launched member as well.
HELD = "held"


class NotInvited(Exception):
    """`out`: why. `members`: what the person is or was, none of which lets them in; empty for a stranger."""

    def __init__(self, out: Out, members: Sequence[Member] = ()) -> None:
        super().__init__(out)
        self.out, self.members = out, members


@dataclass(frozen=True)
class Entered:
    """`members`: where they may go, the one that they go to first."""

    person: Person
    members: list[Member]


def enter(request: HttpRequest, proof: Proof) -> HttpResponse:
    """Whom the proof means: a session of theirs, which begins in place of what the browser brought along, and a redirect to
    request.session[NEXT] or where they land; or the page that says whom to ask, or asks whether two members are one.

    Raises limits.TooMany."""
    launched = intents.member(request)
    if launched is not None:
        request.session[HELD] = asdict(proof)
        return render(request, "session/join.html", {"launched": launched, "proof": proof})
    return arrive(request, proof, adding=intents.person(request))


def held(request: HttpRequest) -> Proof | None:
    """What was proved before the question, once."""
    known = request.session.pop(HELD, None)
    return Proof(**known | {"groups": tuple(known["groups"])}) if known else None


def arrive(
    request: HttpRequest, proof: Proof, *, adding: Person | None = None, launched: Member | None = None
) -> HttpResponse:
    """`launched`: the member whom the person says they are as well."""
    now = timezone.now()
    opened = intents.invitation(request, now=now)
    try:
        entered = enter_as(proof, opened=opened, adding=adding, launched=launched, now=now)
    except (NotInvited, CannotJoin) as refusal:
        return refused(request, proof, refusal)
    member, wanted = entered.members[0], request.session.get(NEXT, "")
    limits.spend("launch", member)
    sessions.begin_signed_in(request, member, entered.person)
    if not member.language and (chosen := language.on_the_way_in(request)):
        member.language = chosen
        member.save(update_fields=["language"])
    if withholds_groups(proof):
        messages.warning(request, said_of_withheld(proof.way))
    response = redirect(wanted if is_ours(wanted) else landing(member))
    if entered.person.email_verified:
        known_browsers.note(request, response, entered.person.email)
    return response


def refused(request: HttpRequest, proof: Proof, refusal: NotInvited | CannotJoin) -> HttpResponse:
    intents.forget(request)
    context = {
        "proof": proof,
        "contact": settings.SIGN_IN_CONTACT,
        "next": request.session.get(NEXT, ""),
    }
    if isinstance(refusal, CannotJoin):
        return render(request, "session/cannot_join.html", context | {"said": said_of(refusal.reason)}, status=403)
    concerned = [one for one in refusal.members if concerns(refusal.out, one)]
    issuer = next((one.groups_issuer for one in concerned if one.groups_issuer), proof.issuer)
    context |= {
        "out": refusal.out.value,
        "places": enumeration([str(one.environment) for one in concerned]),
        "giver": providers.name_of(issuer),
        "ask": next((one for one in providers.configured() if one.issuer == issuer), None),
    }
    return render(request, "session/not_invited.html", context, status=403)


def concerns(out: Out, member: Member) -> bool:
    """Whether it is of this member that it is said."""
    return {
        Out.REMOVED: member.removed is not None,
        Out.NO_GROUP: member.removed is not None and member.by_groups,
        Out.NOT_ASKED: member.removed is None,
    }.get(out, False)


def withholds_groups(proof: Proof) -> bool:
    """Whether somebody's role hangs on groups that the provider did not say. Those who run AssetLink have to know."""
    found = not proof.groups_known and any(issuer == proof.issuer for issuer, *_ in settings.GROUP_ROLES)
    if found:
        log.warning("%s did not name the groups of somebody who signed in: docs/operator/sign-in.md", proof.way)
    return found


def enter_as(
    proof: Proof,
    *,
    opened: Invitation | None = None,
    adding: Person | None = None,
    launched: Member | None = None,
    now: datetime,
) -> Entered:
    """Raises NotInvited and CannotJoin. Of two first sign-ins at the same moment the second finds what the first has made."""
    try:
        with transaction.atomic():
            entered = _enter_as(proof, opened, adding, launched, now)
    except IntegrityError:
        with transaction.atomic():
            entered = _enter_as(proof, opened, adding, launched, now)
    if not entered.members:
        known = list(entered.person.members.select_related("environment", "person").order_by("pk"))
        withheld = withholds_groups(proof)
        raise NotInvited(why_out(map(memberships.standing, known), withheld=withheld), known)
    return entered


def _enter_as(
    proof: Proof, opened: Invitation | None, adding: Person | None, launched: Member | None, now: datetime
) -> Entered:
    address = Address(spelled(proof.email), proof.email_verified)
    found = whose(address, known(proof, address), Adding(adding.pk) if adding else None)
    if found.refused:
        raise CannotJoin(found.refused)
    invited = invitations.to_address(address.text, now=now) if address.verified else []
    if opened is not None:
        invited = [opened, *(one for one in invited if one.pk != opened.pk)]
    person = _person(found, proof, address, now=now)
    accepted = [member for one in invited if (member := memberships.accept(one, person, now=now))]
    if proof.groups_known:
        memberships.keep_in_step(person, proof.issuer, proof.groups, now=now)
    if launched is not None:
        accepted.insert(0, joining.join_person(launched, person, now=now))
    members = [member for member in memberships.of(person) if memberships.settle(member, now=now)]
    if not members:
        if found.person is None:  # what was made for them is taken back
            raise NotInvited(why_out((), withheld=withholds_groups(proof)))
        return Entered(person, [])  # what was learned of their groups is kept
    first = {member.pk: at for at, member in enumerate(reversed(accepted), start=1)}
    members.sort(key=lambda member: -first.get(member.pk, 0))
    person.members.filter(pk=members[0].pk).update(last_sign_in=now)
    return Entered(person, members)


def known(proof: Proof, address: Address) -> Known:
    if proof.issuer == PASSKEY:
        by_identity = Person.objects.filter(key=proof.subject).values_list("pk", flat=True).first()
    else:
        same = Identity.objects.filter(issuer=proof.issuer, subject=proof.subject)
        by_identity = same.values_list("person", flat=True).first()
    rows = Person.objects.filter(email=address.text).exclude(Q(email="")) if address.verified else Person.objects.none()
    return Known(by_identity, tuple((row.pk, Address(row.email, row.email_verified)) for row in rows))


def _person(found: Whose, proof: Proof, address: Address, *, now: datetime) -> Person:
    person = Person.objects.get(pk=found.person) if found.person is not None else Person()
    person.name = proof.name[:255] or person.name
    free = not Person.objects.filter(email=address.text, email_verified=True).exclude(pk=person.pk).exists()
    if address.text and address.verified and free:
        person.email, person.email_verified = address.text, True
    elif address.text and not person.email:
        person.email = address.text
    person.save(update_fields=["name", "email", "email_verified"] if person.pk else None)
    if proof.issuer not in (PASSKEY, ADDRESS):
        known = {"email": address.text, "last_used": now}
        Identity.objects.update_or_create(
            issuer=proof.issuer, subject=proof.subject, defaults=known, create_defaults=known | {"person": person}
        )
    return person


def landing(member: Member, *, with_selection: bool = False) -> str:
    """For who comes without a selection: Setup while nothing is connected, else Choose Assets. With the one that was open here:
    Link to Products."""
    if with_selection and not member.is_viewer:
        return reverse("home")
    if member.is_admin and not member.environment.stores.shown().exists():
        return reverse("setup")
    try:
        return reverse("history" if member.is_viewer else "choose")
    except NoReverseMatch:
        return reverse("history")


def is_ours(path: str) -> bool:
    return path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
