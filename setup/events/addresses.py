"""The address of an environment's events, and the secrets that are taken there besides the environment's own."""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse

from setup.models import CloudinaryEvent, Environment, EventAddress, EventSecret
from setup.security import audit
from setup.security.guards import MemberRequest

SILENT = timedelta(days=1)  # after which Setup says that nothing comes
MOST_SECRETS = 5


class TooManySecrets(Exception):
    """So many are tried for every event that comes."""


def of(environment: Environment) -> EventAddress | None:
    return EventAddress.objects.filter(environment=environment).first()


def url_of(address: EventAddress) -> str:
    return settings.APP_URL + reverse("cloudinary-events", args=[address.token])


def make(request: MemberRequest) -> EventAddress:
    """The one that there is, if somebody was quicker."""
    environment = request.member.environment
    made, fresh = EventAddress.objects.get_or_create(
        environment=environment, defaults={"token": secrets.token_urlsafe(32)}
    )
    if fresh:
        audit.record(request, "events.address", environment)
    return made


def last_event(address: EventAddress) -> datetime | None:
    """When the latest one came, dealt with or not."""
    rows = CloudinaryEvent.objects.filter(environment=address.environment_id).order_by("-received")
    latest = rows.values_list("received", flat=True).first()
    return max((at for at in (latest, address.last_event) if at), default=None)


def is_silent(address: EventAddress, *, now: datetime) -> bool:
    return (last_event(address) or address.created) < now - SILENT


def add_secret(request: MemberRequest, secret: str) -> None:
    """Raises TooManySecrets."""
    environment = request.member.environment
    if environment.event_secrets.count() >= MOST_SECRETS:
        raise TooManySecrets
    EventSecret.objects.create(environment=environment, secret=secret, hint=secret[-4:], created_by=request.member)
    audit.record(request, "events.add-secret", environment)


def remove_secret(request: MemberRequest, row: EventSecret) -> None:
    row.delete()
    audit.record(request, "events.remove-secret", request.member.environment)
