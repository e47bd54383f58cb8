"""What a provider says of itself, and the keys that it signs with: https://openid.net/specs/openid-connect-discovery-1_0.html"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from setup.shapes import listed, text
from setup.signing_in import wire
from setup.signing_in.providers import WELL_KNOWN, Provider
from setup.signing_in.refusals import SignInRefused

KEPT = 3600.0  # seconds
Found = TypeVar("Found")


@dataclass(frozen=True)
class Metadata:
    issuer: str
    authorization: str
    token: str
    keys: str
    userinfo: str  # empty: there is none
    client_auth: str  # one of authlib.oauth2.auth.ClientAuth
    names_itself: bool  # its answers have `iss` (RFC 9207)


def metadata(provider: Provider) -> Metadata:
    """Raises SignInRefused."""
    return _memory.get(("metadata", provider), lambda: read(provider, fetch(provider, provider.discovery + WELL_KNOWN)))


def keys(provider: Provider, *, afresh: bool = False) -> list[dict[str, Any]]:
    """JSON Web Keys. Raises SignInRefused."""
    place = metadata(provider).keys
    key = ("keys", provider)
    if afresh:
        _memory.drop(key)
    return _memory.get(key, lambda: listed(fetch(provider, place).get("keys")))


def fetch(provider: Provider, url: str, *, bearer: str = "") -> dict[str, Any]:
    """Raises SignInRefused."""
    try:
        return wire.get(url, bearer=bearer)
    except wire.Unanswered as error:
        raise unanswered(provider, error) from None


def unanswered(provider: Provider, error: wire.Unanswered) -> SignInRefused:
    return provider.refused("away" if error.away else "odd_answer", str(error))


def read(provider: Provider, found: dict[str, Any]) -> Metadata:
    """Raises SignInRefused for what is not about this provider: another issuer, or one that holds for many tenants at once."""
    issuer = text(found.get("issuer"))
    if issuer.rstrip("/") != provider.issuer:
        raise provider.refused(
            "misconfigured", f"the discovery of {provider.discovery} names the issuer {issuer[:200]!r}"
        )
    places = {name: text(found.get(name)) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
    places["userinfo_endpoint"] = text(found.get("userinfo_endpoint"))
    for name, place in places.items():
        if not is_fit(place, provider.discovery) and (place or name != "userinfo_endpoint"):
            raise provider.refused("misconfigured", f"its {name} is {place[:200]!r}")
    offered = found.get("token_endpoint_auth_methods_supported")
    # A form has one way to write an odd secret, Basic has two (RFC 6749, 2.3.1), of which providers take one or the other.
    posts = isinstance(offered, list) and "client_secret_post" in offered
    return Metadata(
        issuer=issuer,
        authorization=places["authorization_endpoint"],
        token=places["token_endpoint"],
        keys=places["jwks_uri"],
        userinfo=places["userinfo_endpoint"],
        client_auth="none" if not provider.client_secret else "client_secret_post" if posts else "client_secret_basic",
        names_itself=found.get("authorization_response_iss_parameter_supported") is True,
    )


def is_fit(place: str, discovery: str) -> bool:
    """https, unless the provider itself is asked without (on this machine, in development)."""
    schemes = ("https://",) if discovery.startswith("https://") else ("https://", "http://")
    return place.startswith(schemes) and place.isprintable() and not set(place) & set(" \"'<>\\^`{|}")


class _Memory:
    """Of this process, for an hour; what failed is asked for again."""

    def __init__(self) -> None:
        self._known: dict[object, tuple[float, Any]] = {}
        self._lock = threading.Lock()

    def get(self, key: object, make: Callable[[], Found]) -> Found:
        with self._lock:
            until, found = self._known.get(key, (0.0, None))
        if time.monotonic() < until:
            return found
        made = make()
        with self._lock:
            self._known[key] = (time.monotonic() + KEPT, made)
        return made

    def drop(self, key: object) -> None:
        with self._lock:
            self._known.pop(key, None)

    def forget(self) -> None:
        with self._lock:
            self._known.clear()


_memory = _Memory()
forget = _memory.forget
