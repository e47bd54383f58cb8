"""The session of a launched member. Every launch starts a fresh one; it ends when nobody uses it, and in any case in time."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from setup.models import Authorization, Member
from setup.security import limits, tickets
from setup.security.launch import Launch

MEMBER, SINCE, SEEN = "member", "since", "seen"
TICKET = "open in a new tab"
TICKET_SECONDS = 60
NOTED = 60  # seconds between two notes that somebody is there
LOOK = "session"  # the URL where a page asks how long the session lasts, which is no use of it
WARNED = 120  # seconds before the end


@dataclass(frozen=True)
class Lasting:
    """How long a session lasts, in seconds. `for_good`: nothing makes it longer."""

    left: float
    for_good: bool

    @property
    def ends(self) -> datetime:
        return datetime.fromtimestamp(time.time() + self.left, UTC)

    @property
    def warned(self) -> float:
        """When people are warned: short sessions later than others."""
        return min(WARNED, settings.SESSION_IDLE_MINUTES * 60 / 4)

    @property
    def ends_soon(self) -> bool:
        return self.left <= self.warned

    @property
    def look_after(self) -> int:
        """In so many seconds there is something to say."""
        return max(1, round(self.left - self.warned))


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
    request.known_member = member  # type: ignore[attr-defined]  # for the access log


def member_of(request: HttpRequest) -> Member | None:
    session = request.session
    if not (key := session.get(MEMBER)) or lasting(request).left < 0:
        return None
    now = time.time()
    since, seen = session.get(SINCE, now), session.get(SEEN, now)
    member = Member.objects.select_related("environment").filter(pk=key).first()
    if member is None or member.has_ended(since):
        return None
    if SINCE not in session or (now - seen > NOTED and not is_unattended(request)):
        session.update({SINCE: since, SEEN: now})
    return member


def is_unattended(request: HttpRequest) -> bool:
    """Whether a page asks it by itself, with nobody there: how long the session lasts, or how far something is."""
    asked = "AssetLink-Unattended" in request.headers or request.path == reverse(LOOK)
    return request.method in ("GET", "HEAD") and asked


def lasting(request: HttpRequest) -> Lasting:
    """By the clock alone; an admin may have ended it all the same."""
    now = time.time()
    idle = request.session.get(SEEN, now) + settings.SESSION_IDLE_MINUTES * 60 - now
    last = request.session.get(SINCE, now) + settings.SESSION_HOURS * 3600 - now
    return Lasting(min(idle, last), for_good=last <= idle)


def stay(request: HttpRequest) -> None:
    """Somebody is there, and says so."""
    request.session[SEEN] = time.time()


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
