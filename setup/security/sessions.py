"""Sessions of members, launched and signed in. Each launch and each sign-in begins a fresh one; it ends when nobody uses it, and
in any case in time."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.middleware.csrf import rotate_token
from django.urls import reverse

from setup.models import Authorization, Member, Person
from setup.security import limits, tickets
from setup.security.launch import Launch, LaunchRefused
from setup.words import gettext_lazy

MEMBER, SINCE, SEEN = "member", "since", "seen"
PERSON = "person"  # who signed in; sessions of launches have none
SELECTION = "selection"  # the key of the open one
SELECTIONS = "selections"  # those of other environments, by their members' keys, until the person changes back
OFFER = "offer"  # who had signed in to this browser when somebody launched: {"person", "since"}
TICKET = "open in a new tab"
TICKET_SECONDS = 60
NOTED = 60  # seconds between two notes that somebody is there
LOOK = "session"  # the URL where a page asks how long the session lasts, which is no use of it
WARNED = 120  # seconds before the end
REMOVED = gettext_lazy("An admin has removed you from this product environment. Ask them to let you in again.")

NO_GROUP = gettext_lazy(
    "None of your groups lets you into this product environment any more. Ask the people who look after your groups, or an "
    "admin here to let you in again."
)


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
    """Forget whatever the browser brought along, and remember the member. Raises limits.TooMany, and LaunchRefused for a member
    whom an admin removed."""
    same = Member.objects.filter(environment=launch.environment, external_id=launch.person_id)
    if (gone := same.exclude(removed=None).first()) is not None:
        refusal = LaunchRefused(NO_GROUP if gone.by_groups else REMOVED, "removed")
        refusal.environment = launch.environment
        raise refusal
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
    """A launched one."""
    _begin(request, member, settings.SESSION_COOKIE_NAME)


def begin_signed_in(request: HttpRequest, member: Member, person: Person) -> None:
    """At top level, in place of whatever session the browser had there: also a launched one, which it brings beside this one."""
    if launched := request.COOKIES.get(settings.SESSION_COOKIE_NAME):
        type(request.session)(launched).flush()
        request.drop_session_cookie = settings.SESSION_COOKIE_NAME  # type: ignore[attr-defined]
    _begin(request, member, settings.PERSON_COOKIE_NAME)
    request.session[PERSON] = person.pk


def _begin(request: HttpRequest, member: Member, cookie: str) -> None:
    before = request.session
    if getattr(request, "session_cookie", cookie) == cookie:
        before.flush()
    else:  # of the other kind: it stays until the browser brings both
        request.session = type(before)(None)
        remember(request.session, before)
    now = time.time()
    request.session.update({MEMBER: member.pk, SINCE: now, SEEN: now})
    # Now, not with the first form: two first pages at once would each make one, and the later answer would make the other's forms
    # those of another session.
    rotate_token(request)
    request.session_cookie = cookie  # type: ignore[attr-defined]
    request.known_member = member  # type: ignore[attr-defined]  # for the access log


def switch(request: HttpRequest, member: Member) -> None:
    """To another environment of the person who signed in. It is the same session, and ends when it would have ended; what it
    knows of the one before goes, but for the selection that is open there."""
    before, there = request.session.get(MEMBER), str(member.pk)
    kept = {name: request.session[name] for name in (PERSON, SINCE)}
    known = request.session.get(SELECTIONS, {}) | {str(before): request.session.get(SELECTION)}
    request.session.flush()
    request.session.update({**kept, MEMBER: member.pk, SEEN: time.time()})
    request.session[SELECTIONS] = {key: selection for key, selection in known.items() if selection and key != there}
    if mine := known.get(there):
        request.session[SELECTION] = mine
    rotate_token(request)


def end(request: HttpRequest) -> None:
    request.session.flush()


def signed_in(request: HttpRequest) -> Person | None:
    """Who signed in to the session of this request, if it is one of those and goes on."""
    member = getattr(request, "member", None) if PERSON in request.session else None
    return member.person if member else None


def remember(launched: SessionBase, person: SessionBase) -> None:
    """Somebody launched where somebody is signed in: they are asked whether they are the same."""
    if PERSON in person and lasting_of(person).left >= 0:
        launched[OFFER] = {name: person[name] for name in (PERSON, MEMBER, SINCE)}


def offered(request: HttpRequest) -> Person | None:
    """Who had signed in, unless that session was ended since."""
    if not (known := request.session.get(OFFER)):
        return None
    theirs = (
        Member.objects.filter(pk=known[MEMBER], person=known[PERSON], removed=None).select_related("person").first()
    )
    if theirs is None or theirs.person is None or theirs.has_ended(known[SINCE]):
        return None
    return None if theirs.person.has_ended(known[SINCE]) else theirs.person


def member_of(request: HttpRequest) -> Member | None:
    """Of whom the session is, read each time: `request.member` reads it once."""
    session = request.session
    if not (key := session.get(MEMBER)) or lasting(request).left < 0:
        return None
    now = time.time()
    since, seen = session.get(SINCE, now), session.get(SEEN, now)
    person = session.get(PERSON)
    related = ("environment",) if person is None else ("environment", "person")
    member = Member.objects.select_related(*related).filter(pk=key).first()
    if member is None or member.removed or member.has_ended(since):
        return None
    if person is not None and (member.person is None or member.person.pk != person or member.person.has_ended(since)):
        return None
    if SINCE not in session or (now - seen > NOTED and not is_unattended(request)):
        session.update({SINCE: since, SEEN: now})
    return member


def is_unattended(request: HttpRequest) -> bool:
    """Whether a page asks it by itself, with nobody there: how long the session lasts, how far something is, an estimate."""
    if "AssetLink-Unattended" in request.headers:
        return True
    return request.method in ("GET", "HEAD") and request.path == reverse(LOOK)


def lasting(request: HttpRequest) -> Lasting:
    return lasting_of(request.session)


def lasting_of(session: SessionBase) -> Lasting:
    """By the clock alone; an admin may have ended it all the same."""
    now = time.time()
    idle = session.get(SEEN, now) + settings.SESSION_IDLE_MINUTES * 60 - now
    last = session.get(SINCE, now) + settings.SESSION_HOURS * 3600 - now
    return Lasting(min(idle, last), for_good=last <= idle)


def stay(request: HttpRequest) -> None:
    """Somebody is there, and says so."""
    request.session[SEEN] = time.time()


def end_all(member: Member, *, now: datetime) -> None:
    """Everybody who is in as this member has to launch or to sign in again. Tickets end with their sessions, and so does a window
    in which the person is installing the app in a store."""
    Member.objects.filter(pk=member.pk).update(sessions_since=now)
    member.authorizations.filter(status=Authorization.Status.WAITING, expires__gt=now).update(expires=now)


def ticket(member: Member, selection: str) -> str:
    """Starts one session in another tab, within a minute: for browsers that keep no cookie in the Console's frame."""
    return tickets.issue(TICKET, {"member": member.pk, "selection": selection})


def redeem(text: str) -> tuple[Member, str] | None:
    """(member, selection) of a ticket of ours that is fresh, used for the first time, and not ended by an admin since."""
    known = tickets.redeem(TICKET, text, seconds=TICKET_SECONDS)
    member = Member.objects.select_related("environment").filter(pk=known["member"]).first() if known else None
    ended = member is None or member.removed or member.has_ended(known.get("at", 0) if known else 0)
    return (member, known["selection"]) if known and member and not ended else None
