"""Keys of the HTTP API: made once, shown once, revoked at once.

A key reads `al_live_<8 characters that name it>_<43 that prove it>`: 256 random bits, so a hash without salt and stretching is
enough, and a scanner for secrets knows one.
"""

import re
import secrets
import string
from collections.abc import Collection
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest

from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest

from setup.models import ApiKey, Environment, Member, Store
from setup.models.api_keys import READING, SCOPES
from setup.models.members import MEMBER, VIEWER
from setup.security import audit
from setup.security.guards import MemberRequest
from setup.security.launch import KEY

LETTERS = string.ascii_letters + string.digits
WRITTEN = re.compile(r"al_live_([A-Za-z0-9]{8})_([A-Za-z0-9]{43})")
NOTED = timedelta(minutes=1)  # how exactly it is known when a key was last used


def make(
    environment: Environment,
    label: str,
    scopes: Collection[str],
    *,
    store: Store | None = None,
    expires: datetime | None = None,
    who: MemberRequest | None,
) -> tuple[ApiKey, str]:
    """And the key itself, which nobody can read again. `scopes`: of SCOPES, at least one. `store`: the only one that it sees and
    writes to, of the environment. `who`: the admin who asks for it; None: who runs the installation."""
    unknown = set(scopes) - set(SCOPES)
    if unknown or not scopes or (store and store.environment_id != environment.pk):
        raise ValueError("A key has scopes that there are, and a store of its environment.")
    public, secret = _drawn(8), _drawn(43)
    with transaction.atomic():
        member = Member.objects.create(
            environment=environment,
            external_id=f"{KEY}{public}",
            name=label,
            granted_role=VIEWER if set(scopes) <= READING else MEMBER,
            bounded=store is not None,
        )
        if store:
            member.writable_stores.set([store])
        key = ApiKey.objects.create(
            member=member,
            public_id=public,
            secret_hash=hashed(secret),
            store=store,
            scopes=[scope for scope in SCOPES if scope in scopes],
            created_by=who.member if who else None,
            expires=expires,
        )
        audit.record(who or audit.OPERATOR, "key.create", key, {}, described(key), environment=environment)
    return key, f"al_live_{public}_{secret}"


def _drawn(length: int) -> str:
    return "".join(secrets.choice(LETTERS) for _place in range(length))


def hashed(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def known_by(text: str, *, now: datetime) -> ApiKey | None:
    """The key, if it counts at this moment."""
    if not (written := WRITTEN.fullmatch(text)):
        return None
    public, secret = written.groups()
    rows = ApiKey.objects.select_related("member__environment", "store")
    key = rows.filter(public_id=public).first()
    given = hashed(secret)
    # Also of a key that there is not: how long it takes says nothing.
    is_right = compare_digest(given, key.secret_hash if key else hashed(public))
    return key if key and is_right and key.lasts(now) and not key.member.removed else None


def note_use(key: ApiKey, who: HttpRequest, *, now: datetime) -> None:
    """When it was last used, to the minute; its first use into the audit log, once."""
    if key.last_used is not None and now - key.last_used < NOTED:
        return
    rows = ApiKey.objects.filter(pk=key.pk)
    if rows.filter(last_used=None).update(last_used=now):
        audit.record(who, "key.first-use", key, environment=key.member.environment)
    else:
        rows.filter(Q(last_used=None) | Q(last_used__lt=now)).update(last_used=now)


def revoke(key: ApiKey, *, who: HttpRequest | None, now: datetime) -> bool:
    """From now on it opens nothing. What it has begun goes on. `who`: None for who runs the installation.
    False if somebody else was faster."""
    if not ApiKey.objects.filter(pk=key.pk, revoked=None).update(revoked=now):
        return False
    audit.record(who or audit.OPERATOR, "key.revoke", key, described(key), environment=key.member.environment)
    return True


def described(key: ApiKey) -> dict[str, object]:
    """For the audit log."""
    found: dict[str, object] = {"scopes": key.scopes, "store": str(key.store) if key.store else ""}
    return found | ({"expires": key.expires.isoformat()} if key.expires else {})
