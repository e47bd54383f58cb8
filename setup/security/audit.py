"""The audit log's one way in. Secrets never enter: what is called like one is written as `(hidden)`."""

import re
from collections.abc import Mapping
from typing import Any, final

from django.db.models import Model
from django.http import HttpRequest

from setup.models import AuditEntry, Environment, Member
from setup.security.origin import address_of, id_of

SECRET = re.compile(r"secret|token|password|api_key|authorization", re.IGNORECASE)
HIDDEN = "(hidden)"
LONGEST = 1000
Values = Mapping[str, Any]


@final
class Operator:
    """Who runs the installation, at its command line: nobody whom the environment knows by name."""


OPERATOR = Operator()


def record(
    who: HttpRequest | Member | Operator | None,
    action: str,
    object: Any = "",
    before: Values | None = None,
    after: Values | None = None,
    *,
    environment: Environment | None = None,
) -> AuditEntry:
    """`who`: the request in which it was done, a person, or OPERATOR; None for the machine. `action`: `room.verb`, such as
    `sync.start`; `object`: a row or its name. `environment`: needed where nobody is known yet, as at a refused launch."""
    request = who if isinstance(who, HttpRequest) else None
    member = who if isinstance(who, Member) else getattr(request, "member", None)
    where = environment or (member.environment if member else None)
    return AuditEntry.objects.create(
        cloud_name=where.cloud_name if where else "",
        person_id=member.external_id if member else AuditEntry.OPERATOR if who is OPERATOR else "",
        person=str(member)[:255] if member else "",
        action=action[:100],
        object=named(object)[:300],
        before=hidden(before or {}),
        after=hidden(after or {}),
        ip=address_of(request) if request else None,
        request_id=id_of(request) if request else "",
    )


def named(object: Any) -> str:
    """`store North`; a text stays as it is."""
    return f"{object._meta.verbose_name} {object}" if isinstance(object, Model) else str(object)


def hidden(values: Any, name: str = "") -> Any:
    """The same without secrets, and with long texts cut."""
    if SECRET.search(name) and values not in ("", None, [], {}) and not isinstance(values, bool):
        return HIDDEN
    if isinstance(values, Mapping):
        return {str(key): hidden(value, str(key)) for key, value in values.items()}
    if isinstance(values, list | tuple | set):
        return [hidden(value) for value in values]
    return f"{values[:LONGEST]}…" if isinstance(values, str) and len(values) > LONGEST else values
