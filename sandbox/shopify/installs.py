"""An app of the Dev Dashboard, and its installation in a store with the tokens that came of it.

https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens
"""

import hmac
import secrets
from dataclasses import asdict, dataclass, field
from typing import Any

RETRY_SECONDS = 30 * 86_400  # how long a used refresh token may be retried, unless its successor is used first


@dataclass
class App:
    """`former_secret` is accepted beside the new one for an hour after a rotation."""

    client_id: str
    client_secret: str
    name: str = "AssetLink"
    former_secret: str = ""
    rotated: float = 0.0

    @classmethod
    def draw(cls) -> "App":
        return cls(client_id=secrets.token_hex(16), client_secret=draw_secret())

    def rotate(self, now: float) -> None:
        self.former_secret, self.client_secret, self.rotated = self.client_secret, draw_secret(), now

    def knows(self, secret: str, now: float) -> bool:
        good = [self.client_secret] + ([self.former_secret] if self.former_secret and now < self.rotated + 3600 else [])
        return any(hmac.compare_digest(secret.encode(), one.encode()) for one in good)


@dataclass
class Subscription:
    """`failures`: deliveries in a row without success. `include_fields`: all that bodies have; None: everything."""

    id: str
    topic: str
    uri: str
    failures: int = 0
    include_fields: list[str] | None = None


@dataclass
class Install:
    """Times are seconds since 1970. `former` is the refresh token before, which may be retried."""

    client_id: str
    scopes: list[str]
    tokens: dict[str, float | None] = field(default_factory=dict)  # access token -> until when; None: for good
    latest: str = ""  # the access token that belongs to the refresh token
    refresh: str = ""
    refresh_until: float = 0.0
    former: str = ""
    former_until: float = 0.0
    granted: dict[str, int] = field(default_factory=dict)  # grant -> how often it was answered with new tokens
    subscriptions: list[Subscription] = field(default_factory=list)

    def issue(self, grant: str, *, now: float, seconds: float | None) -> str:
        self.granted[grant] = self.granted.get(grant, 0) + 1
        token = f"shpat_{secrets.token_hex(16)}"
        self.tokens = {known: until for known, until in self.tokens.items() if until is None or until > now}
        self.tokens[token] = None if seconds is None else now + seconds
        return token

    def alive(self, token: str, now: float) -> bool:
        until = self.tokens.get(token, 0.0)
        return until is None or until > now

    def begin_family(self, *, now: float, seconds: float, refresh_seconds: float) -> None:
        """The first pair of an expiring offline token and its refresh token."""
        self.latest = self.issue("authorization_code", now=now, seconds=seconds)
        self.refresh, self.refresh_until = draw_refresh(), now + refresh_seconds
        self.former, self.former_until = "", 0.0

    def rotate(self, given: str, *, now: float, seconds: float, refresh_seconds: float) -> bool:
        """A new pair, or the same one again for a refresh token that is retried; False for any other.

        What becomes of the old access token is not documented: it ends here, which is the harder case.
        """
        if given and given == self.refresh and now < self.refresh_until:
            self.former, self.former_until = given, min(self.refresh_until, now + RETRY_SECONDS)
            self.tokens.pop(self.latest, None)
            self.latest = self.issue("refresh_token", now=now, seconds=seconds)
            self.refresh, self.refresh_until = draw_refresh(), now + refresh_seconds
            return True
        if given and given == self.former and now < self.former_until:
            if not self.alive(self.latest, now):
                self.latest = self.issue("refresh_token", now=now, seconds=seconds)
            return True
        return False

    def revoke(self) -> None:
        """All tokens end; the app stays installed."""
        self.tokens, self.latest, self.refresh, self.former = {}, "", "", ""

    def dump(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def load(cls, data: dict[str, Any]) -> "Install":
        known = {**data, "subscriptions": [Subscription(**row) for row in data["subscriptions"]]}
        return cls(**known)


def draw_secret() -> str:
    return f"shpss_{secrets.token_hex(16)}"


def draw_refresh() -> str:
    return f"shprt_{secrets.token_hex(20)}"
