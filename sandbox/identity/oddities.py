"""ID tokens as no provider should hand them out, and as an attacker would like them to be taken."""

import secrets
from collections.abc import Mapping
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from sandbox.identity.provider import ALGORITHM, CLIENT_SECRET, Provider

# Code of the fault -> claims in place of the right ones.
CLAIMS: Mapping[str, Mapping[str, Any]] = {
    "wrong_issuer": {"iss": "https://attacker.example"},
    "wrong_audience": {"aud": "another-client"},
    "other_party": {"aud": ["another-client", "assetlink-in-the-sandbox"], "azp": "another-client"},
    "string_verified": {"email_verified": "true"},
}
TIMES = {"expired": -3600, "issued_later": 3600}  # seconds by which a token's times are off
SIGNED = ("unknown_kid", "bad_signature", "hs256", "none")
OF_TOKENS = (*CLAIMS, *TIMES, "replayed_nonce", "no_nonce", "groups_overage", *SIGNED)
# In place of more than 200 groups: https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference
ELSEWHERE = {
    "_claim_names": {"groups": "src1"},
    "_claim_sources": {"src1": {"endpoint": "https://graph.example/v1.0/users/me/getMemberObjects"}},
}


def token(provider: Provider, claims: dict[str, Any], odd: str) -> str:
    """As it should be without `odd`."""
    changed = {**claims, **CLAIMS.get(odd, {})}
    if odd in TIMES:
        changed |= {name: changed[name] + TIMES[odd] for name in ("iat", "exp")}
    if odd == "replayed_nonce":
        changed["nonce"] = provider.former_nonce or "an earlier one"
    if odd == "no_nonce":
        changed.pop("nonce", None)
    if odd == "groups_overage":
        changed.pop("groups", None)
        changed |= ELSEWHERE
    return signed(provider, changed, odd)


def signed(provider: Provider, claims: dict[str, Any], odd: str) -> str:
    kid, _ = provider.key
    if odd == "none":
        return jwt.encode(claims, None, algorithm="none", headers={"kid": kid})  # type: ignore[arg-type]
    if odd == "hs256":  # with what every client of its kind knows
        return jwt.encode(claims, CLIENT_SECRET, algorithm="HS256", headers={"kid": kid})
    if odd in ("unknown_kid", "bad_signature"):
        named = secrets.token_hex(4) if odd == "unknown_kid" else kid
        return jwt.encode(claims, stranger(), algorithm=ALGORITHM, headers={"kid": named})
    return provider.sign(claims)


def stranger() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)
