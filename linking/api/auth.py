"""Who asks: a key, and what it may do here."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from linking.api.problems import Problem
from setup.models import ApiKey, Environment, Store
from setup.models.stores import StoreQuerySet
from setup.security import api_keys, limits
from setup.security.actors import Actor
from setup.security.origin import address_of


@dataclass(frozen=True)
class Caller:
    key: ApiKey
    actor: Actor

    @property
    def environment(self) -> Environment:
        return self.key.member.environment

    @property
    def stores(self) -> StoreQuerySet:
        """Those that the key sees."""
        mine = Store.objects.filter(environment=self.environment).shown()
        return mine if self.key.store_id is None else mine.filter(pk=self.key.store_id)

    def needs(self, *scopes: str) -> None:
        """Raises Problem where the key lacks one."""
        if lacking := [scope for scope in scopes if not self.key.allows(scope)]:
            named = " and ".join(lacking)
            raise Problem("scope-missing", f"This key needs the scope {named} for that.", scopes=lacking)


def needing(*ways: Sequence[str]) -> dict[str, Any]:
    """What the document says of an operation: that the key has to have all scopes of one of these lists. The operation asks
    for them itself (`Caller.needs`), as some depend on what it is about."""
    return {"security": [{"key": list(way)} for way in ways]}


def known(request: HttpRequest) -> Caller:
    """By the header Authorization alone: a key in an address would stand in logs. Raises Problem."""
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not text.strip():
        raise _refused(request, "key-missing")
    now = timezone.now()
    key = api_keys.known_by(text.strip(), now=now)
    if key is None:
        raise _refused(request, "key-invalid")
    _count(request, key)
    request.member = request.known_member = key.member  # type: ignore[attr-defined]
    api_keys.note_use(key, request, now=now)
    return Caller(key, Actor(key.member, request))  # type: ignore[arg-type]


def _refused(request: HttpRequest, type: str) -> Problem:
    """Who tries keys is slowed down, by address."""
    try:
        limits.spend_as("request", f"a{address_of(request)}", settings.LIMITS["request"])
    except limits.TooMany as refusal:
        return too_many(refusal)
    return Problem(type)


def _count(request: HttpRequest, key: ApiKey) -> None:
    """Raises Problem. Each answer says what is left (draft-ietf-httpapi-ratelimit-headers)."""
    try:
        left, seconds = limits.spend_counted("api", f"k{key.pk}", limit())
    except limits.TooMany as refusal:
        _note_rate(request, 0, refusal.seconds)
        raise too_many(refusal) from None
    _note_rate(request, left, seconds)


def _note_rate(request: HttpRequest, left: int, seconds: int) -> None:
    request.rate = f'"key";r={left};t={seconds}'  # type: ignore[attr-defined]


def too_many(refusal: limits.TooMany) -> Problem:
    return Problem("too-many-requests", refusal.text, headers={"Retry-After": str(refusal.seconds)})


def limit() -> int:
    """Requests of a key in a minute."""
    return int(settings.LIMITS["api"])
