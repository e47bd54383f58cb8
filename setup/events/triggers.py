"""The trigger by which Cloudinary sends an environment's events: one, for all of them.
https://cloudinary.com/documentation/admin_api#triggers"""

from dataclasses import dataclass

import cloudinary.api

from setup.cloudinary.client import CloudinaryClient, rows_of
from setup.models import Environment
from setup.security import audit
from setup.security.guards import MemberRequest
from setup.shapes import mapping, text

ALL = "all"
MOST = 30  # that Cloudinary keeps for an environment
SECONDS = 10.0


@dataclass(frozen=True)
class Triggers:
    """`ours`: the ids of those that send to the address; `is_whole`: whether one of them sends all events."""

    count: int
    ours: tuple[str, ...] = ()
    is_whole: bool = False

    @property
    def is_full(self) -> bool:
        return self.count >= MOST


def look(environment: Environment, url: str) -> Triggers:
    """Raises CloudinaryError."""
    found = [mapping(row) for row in rows_of(_client(environment).read(cloudinary.api.triggers), "triggers")]
    mine = [row for row in found if text(row.get("uri")) == url]
    ids = tuple(id for row in mine if (id := text(row.get("id"))))
    return Triggers(len(found), ids, any(row.get("event_type") == ALL for row in mine))


def make(request: MemberRequest, url: str) -> None:
    """Once, however often somebody presses. Raises CloudinaryError."""
    environment = request.member.environment
    if not look(environment, url).is_whole:
        _client(environment).call(cloudinary.api.create_trigger, uri=url, event_type=ALL)
        audit.record(request, "events.trigger", environment)


def remove(request: MemberRequest, url: str) -> int:
    """Of all that send to this address, and of no other. Raises CloudinaryError."""
    environment = request.member.environment
    ids = look(environment, url).ours
    for id in ids:
        _client(environment).call(cloudinary.api.delete_trigger, id)
    if ids:
        audit.record(request, "events.remove-trigger", environment)
    return len(ids)


def _client(environment: Environment) -> CloudinaryClient:
    return CloudinaryClient(environment, seconds=SECONDS)
