"""What somebody has begun before they sign in: an invitation that they opened, a way to sign in that they add, a launched member
that they are as well. It is kept in their session until they have signed in: on the server, and for this browser only."""

import time
from datetime import datetime
from typing import Any

from django.http import HttpRequest

from setup.models import Invitation, Member, Person
from setup.people.invitations import RELATED
from setup.security import tickets

GOOD_FOR = 900  # seconds
INVITATION, PERSON, MEMBER = "intent-invitation", "intent-person", "intent-member"
TICKET = "sign in as well"


def keep(request: HttpRequest, name: str, value: Any) -> None:
    request.session[name] = {"value": value, "at": time.time()}


def forget(request: HttpRequest, *names: str) -> None:
    for name in names or (INVITATION, PERSON, MEMBER):
        request.session.pop(name, None)


def _kept(request: HttpRequest, name: str) -> tuple[Any, float]:
    known = request.session.get(name) or {"value": None, "at": 0.0}
    fresh = time.time() - known["at"] <= GOOD_FOR
    return (known["value"], known["at"]) if fresh else (None, 0.0)


def invitation(request: HttpRequest, *, now: datetime) -> Invitation | None:
    key, _ = _kept(request, INVITATION)
    found = Invitation.objects.select_related(*RELATED).filter(pk=key).first() if key else None
    return found if found and found.is_open(now) else None


def person(request: HttpRequest) -> Person | None:
    """Who adds a way to sign in, unless their sessions were ended since."""
    key, at = _kept(request, PERSON)
    found = Person.objects.filter(pk=key).first() if key else None
    return found if found and not found.has_ended(at) else None


def member(request: HttpRequest) -> Member | None:
    """Who was launched and wants to sign in as well, unless an admin has ended it."""
    key, at = _kept(request, MEMBER)
    found = Member.objects.select_related("environment", "person").filter(pk=key).first() if key else None
    return found if found and not found.removed and not found.has_ended(at) else None


def ticket(member: Member) -> str:
    """Out of the Console's frame, whose cookie does not come along, into a window at top level."""
    return tickets.issue(TICKET, {"member": member.pk})


def redeem(text: str) -> Member | None:
    known = tickets.redeem(TICKET, text, seconds=GOOD_FOR)
    found = Member.objects.filter(pk=known["member"], removed=None).first() if known else None
    return found if known and found and not found.has_ended(known["at"]) else None
