"""Sign-ins under way, kept in the session of the browser that began them. Each is of one use; several tabs may have one each."""

import secrets
import time
from dataclasses import asdict, dataclass

from django.http import HttpRequest

KEPT = "sign-ins"
SECONDS = 15 * 60
AT_ONCE = 8


@dataclass(frozen=True)
class Attempt:
    provider: str
    nonce: str
    verifier: str  # of PKCE (RFC 7636)
    next: str  # a path of ours
    at: float


def begin(request: HttpRequest, provider: str, next: str) -> tuple[str, Attempt]:
    """Its state, by which the answer finds it."""
    state = secrets.token_urlsafe(32)
    made = Attempt(provider, secrets.token_urlsafe(32), secrets.token_urlsafe(48), next, time.time())
    known = dict(sorted(alive(request).items(), key=lambda one: one[1]["at"])[1 - AT_ONCE :])
    request.session[KEPT] = known | {state: asdict(made)}
    return state, made


def take(request: HttpRequest, state: str, provider: str) -> Attempt | None:
    """None for one that this browser did not begin with this provider, that was answered already, or that is too old."""
    known = alive(request)
    found = known.pop(state, None)
    if found is None:
        return None
    request.session[KEPT] = known
    return Attempt(**found) if found["provider"] == provider else None


def alive(request: HttpRequest) -> dict[str, dict]:
    known = request.session.get(KEPT, {})
    return {state: one for state, one in known.items() if one["at"] > time.time() - SECONDS}
