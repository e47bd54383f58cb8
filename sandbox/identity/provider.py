"""A provider: its client, the codes that it handed out, and the tokens that it signs."""

import base64
import hashlib
import re
import secrets
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from sandbox.identity.people import Account

CLIENT_ID = "assetlink-in-the-sandbox"
# Published with the sandbox, and good for nothing else.
CLIENT_SECRET = "sandbox-client-secret-0123456789"  # noqa: S105
GOOD_FOR = 60  # seconds that a code is good
LASTS = 300  # seconds of tokens
ALGORITHM = "RS256"
VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")  # https://www.rfc-editor.org/rfc/rfc7636#section-4.1


class Refused(Exception):
    """By the words of RFC 6749, 4.1.2.1 and 5.2."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.error, self.description, self.status = error, description, status


@dataclass(frozen=True)
class Grant:
    """What a code stands for, and then an access token."""

    account: Account
    redirect_uri: str
    challenge: str
    nonce: str
    scopes: tuple[str, ...]
    expires: float


@dataclass
class Provider:
    """`slug`: as AssetLink's settings name it; `path`: where it is in the sandbox; `endpoints`: below that."""

    slug: str
    name: str
    path: str
    accounts: Sequence[Account]
    endpoints: Mapping[str, str]
    scopes: tuple[str, ...]
    cloud_name: str = ""  # of Cloudinary's access tokens
    codes: dict[str, Grant] = field(default_factory=dict)
    used: dict[str, str] = field(default_factory=dict)  # code -> the access token that it gave
    tokens: dict[str, Grant] = field(default_factory=dict)
    former_nonce: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)

    @cached_property
    def key(self) -> tuple[str, rsa.RSAPrivateKey]:
        return f"key-{secrets.token_hex(4)}", rsa.generate_private_key(65537, 2048)

    def jwks(self) -> dict[str, Any]:
        kid, key = self.key
        public = jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
        return {"keys": [{**public, "kid": kid, "use": "sig", "alg": ALGORITHM}]}

    def issue(self, account: Account, asked: Mapping[str, str], now: float) -> str:
        """A code for what the browser asked for."""
        code = secrets.token_urlsafe(24)
        scopes = tuple(asked["scope"].split())
        grant = Grant(
            account, asked["redirect_uri"], asked["code_challenge"], asked.get("nonce", ""), scopes, now + GOOD_FOR
        )
        with self.lock:
            self.codes[code] = grant
        return code

    def exchange(self, form: Mapping[str, str], issuer: str, now: float) -> tuple[Grant, str]:
        """A code for (what it stood for, a new access token), once. Raises Refused."""
        code = form.get("code", "")
        with self.lock:
            grant = self.codes.pop(code, None)
            if (
                grant is None and code in self.used
            ):  # somebody has a copy of it: https://www.rfc-editor.org/rfc/rfc6749#section-10.5
                self.tokens.pop(self.used[code], None)
            if grant is None or grant.expires < now:
                raise Refused("invalid_grant", "The code is unknown, used or expired.")
            if grant.redirect_uri != form.get("redirect_uri"):
                raise Refused("invalid_grant", "redirect_uri is not the one that the code was asked for with.")
            verifier = form.get("code_verifier", "")
            if not VERIFIER.fullmatch(verifier) or challenge_of(verifier) != grant.challenge:
                raise Refused("invalid_grant", "code_verifier does not fit code_challenge.")
            token = self.access_token(issuer, now)
            self.used[code], self.tokens[token] = token, replace(grant, expires=now + LASTS)
        return grant, token

    def access_token(self, issuer: str, now: float) -> str:
        """Cloudinary's are signed, and say in which product environment they hold."""
        token = secrets.token_urlsafe(32)
        if not self.cloud_name:
            return token
        times = {"iat": int(now), "exp": int(now) + LASTS}
        return self.sign({"iss": issuer, **times, "jti": token, "ext": {"cloud_name": self.cloud_name}})

    def bearer(self, header: str, now: float) -> Grant | None:
        """What an Authorization header allows; None for nothing."""
        kind, _, token = header.partition(" ")
        grant = self.tokens.get(token) if kind.lower() == "bearer" else None
        return grant if grant and now <= grant.expires else None

    def sign(self, claims: dict[str, Any]) -> str:
        kid, key = self.key
        return jwt.encode(claims, key, algorithm=ALGORITHM, headers={"kid": kid})

    def claims(self, grant: Grant, issuer: str, now: float) -> dict[str, Any]:
        """Of an ID token."""
        found: dict[str, Any] = {
            "iss": issuer,
            "sub": grant.account.sub,
            "aud": CLIENT_ID,
            "iat": int(now),
            "exp": int(now) + LASTS,
        }
        if grant.nonce:
            found["nonce"] = grant.nonce
        return found | about(grant)


def about(grant: Grant) -> dict[str, Any]:
    """What the scopes let a client know."""
    account, found = grant.account, dict[str, Any]()
    if "email" in grant.scopes or account.verified is None:
        found["email"] = account.email
        if account.verified is not None:
            found["email_verified"] = account.verified
    if "profile" in grant.scopes:
        found["name"] = account.name
        if account.groups:
            found["groups"] = list(account.groups)
    return found


def challenge_of(verifier: str) -> str:
    """S256: https://www.rfc-editor.org/rfc/rfc7636#section-4.2"""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
