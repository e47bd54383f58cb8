"""The session of a launched member. Every launch starts a fresh one."""

from datetime import datetime

from django.http import HttpRequest

from setup.launch import Launch
from setup.models import Member

MEMBER = "member"


def start(request: HttpRequest, launch: Launch, *, now: datetime) -> Member:
    """Forget whatever the browser brought along, and remember the member."""
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
    request.session.flush()
    request.session[MEMBER] = member.pk
    return member


def member_of(request: HttpRequest) -> Member | None:
    key = request.session.get(MEMBER)
    return Member.objects.select_related("environment").filter(pk=key).first() if key else None
