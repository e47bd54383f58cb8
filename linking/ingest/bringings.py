"""One press of the button that brings files in: signatures follow in many requests, and the audit log has one entry for them.

A ticket says how many files there are. It covers so many signatures, and as many again for each time that a file may be tried;
who asks for more begins another entry.
"""

import uuid

from django.core import signing

from setup.models import Member
from setup.security import limits

SALT = "assetlink.bringing"
DAY = 86_400  # seconds that a ticket is good for
Where = tuple[str, str]  # folder and upload preset
TRIES = 7  # of a file: once, and six times again


def begin(member: Member, where: Where, every: int, signed: int) -> str:
    """A ticket for `every` file, of which so many are `signed` at once."""
    known = {"member": member.pk, "where": where, "files": every, "id": uuid.uuid4().hex}
    limits.count(f"bringing:{known['id']}", DAY, signed)
    return signing.dumps(known, salt=SALT)


def goes_on(member: Member, where: Where, ticket: str, signed: int) -> bool:
    """Whether the ticket is this person's, for the same place, and covers so many signatures more."""
    try:
        known = signing.loads(ticket, salt=SALT, max_age=DAY) if ticket else {}
    except signing.BadSignature:
        return False
    if (known.get("member"), known.get("where")) != (member.pk, list(where)):
        return False
    return limits.count(f"bringing:{known['id']}", DAY, signed) <= known["files"] * TRIES
