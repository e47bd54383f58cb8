"""The session of a launched member. Every launch starts a fresh one; it ends when nobody uses it, and in any case in time."""

import time
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest

from setup.models import Authorization, Member
from setup.security import limits, tickets
from setup.security.launch import Launch

MEMBER, SINCE, SEEN = "member", "since", "seen"
TICKET = "open in a new tab"
TICKET_SECONDS = 60
NOTED = 60  # seconds between two notes that somebody is there


def start(request: HttpRequest, launch: Launch, *, now: datetime) -> Member:
    """Forget whatever the browser brought along, and remember the member. Raises limits.TooMany."""
    member, _ = Member.objects.update_or_create(
        environment=launch.environment,
        external_id=launch.person_id,
        defaults={
            "name": launch.person_name,
            "email": launch.person_email,
            "roles": list(launch.roles),
            "last_launch": now,
        },
    )
    limits.spend("launch", member)
    begin(request, member)
    return member


def begin(request: HttpRequest, member: Member) -> None:
    request.session.flush()
    now = time.time()
    request.session.update({MEMBER: member.pk, SINCE: now, SEEN: now})


def member_of(request: HttpRequest) -> Member | None:
    session = request.session
    if not (key := session.get(MEMBER)):
        return None
    now = time.time()
    since, seen = session.get(SINCE, now), session.get(SEEN, now)
    if now - since > settings.SESSION_HOURS * 3600 or now - seen > settings.SESSION_IDLE_MINUTES * 60:
        return None
    member = Member.objects.select_related("environment").filter(pk=key).first()
    if member is None or member.has_ended(since):
        return None
    if SINCE not in session or now - seen > NOTED:
        session.update({SINCE: since, SEEN: now})
    return member


def end_all(member: Member, *, now: datetime) -> None:
    """Everybody who is in as this member has to launch again. Tickets end with their sessions, and so does a window in which the
    person is installing the app in a store."""
    Member.objects.filter(pk=member.pk).update(sessions_since=now)
    member.authorizations.filter(status=Authorization.Status.WAITING, expires__gt=now).update(expires=now)


def ticket(member: Member, selection: str) -> str:
    """Starts one session in another tab, within a minute: for browsers that keep no cookie in the Console's frame."""
    return tickets.issue(TICKET, {"member": member.pk, "selection": selection})


def redeem(text: str) -> tuple[Member, str] | None:
    """(member, selection) of a ticket of ours that is fresh, used for the first time, and not ended by an admin since."""
    known = tickets.redeem(TICKET, text, seconds=TICKET_SECONDS)
    member = Member.objects.select_related("environment").filter(pk=known["member"]).first() if known else None
    return (member, known["selection"]) if known and member and not member.has_ended(known.get("at", 0)) else None
