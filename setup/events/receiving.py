"""Taking an event in: believed by its signature, written down, and answered. What follows from it is not for the sender to wait
for (linking.rules.events)."""

import re
from datetime import datetime

from setup.events.signing import digest_of, is_signed
from setup.models import CloudinaryEvent, Environment, EventAddress
from setup.security.secrets import readable
from setup.shapes import parsed

TYPE = re.compile(r"[a-z_]{1,60}")


class NoSecret(Exception):
    """None of the environment's secrets can be read here: nobody knows whether the event is true."""


def environment_at(token: str) -> Environment | None:
    """Whose events come in at this address."""
    found = EventAddress.objects.select_related("environment").filter(token=token).first()
    return found.environment if found else None


def is_believed(environment: Environment, body: bytes, timestamp: str, signature: str, *, now: datetime) -> bool:
    """Raises NoSecret."""
    held = [readable(environment, "api_secret"), *(readable(row, "secret") for row in environment.event_secrets.all())]
    secrets = [secret for secret in held if secret]
    if not secrets:
        raise NoSecret
    return is_signed(body, timestamp, signature, secrets, now=now.timestamp())


def type_of(body: bytes) -> str | None:
    """Empty for one that does not say it; None for a body that is no object."""
    try:
        found = parsed(body.decode())
    except UnicodeDecodeError:
        return None
    if not isinstance(found, dict):
        return None
    said = found.get("notification_type")
    return said if isinstance(said, str) and TYPE.fullmatch(said) else ""


def keep(environment: Environment, body: bytes, timestamp: str, type: str, *, now: datetime) -> None:
    """One row, or none where it is there already. Raises django.db.Error."""
    row = CloudinaryEvent(
        environment=environment, digest=digest_of(body, timestamp), type=type, body=body.decode(), received=now
    )
    CloudinaryEvent.objects.bulk_create([row], ignore_conflicts=True)
