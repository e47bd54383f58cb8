"""ID tokens: https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation

Signed by a key of the provider's, with an algorithm whose key the provider alone has: never `none`, and never HS256, whose key
would be the client secret.
"""

import json
from base64 import urlsafe_b64decode
from collections.abc import Sequence
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import BadSignatureError, ExpiredTokenError, InvalidClaimError, JoseError, MissingClaimError
from joserfc.jwk import JWKRegistry

from setup.shapes import mapping, number, parsed, text
from setup.signing_in import discovery
from setup.signing_in.discovery import Metadata
from setup.signing_in.providers import Provider

ALGORITHMS = {
    **dict.fromkeys(("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"), "RSA"),
    **dict.fromkeys(("ES256", "ES384", "ES512"), "EC"),
    "EdDSA": "OKP",
}
LEEWAY = 60  # seconds by which clocks may differ
LONGEST = 64 * 1024
CODES = {"iss": "wrong_issuer", "aud": "wrong_audience", "azp": "wrong_audience", "nonce": "wrong_nonce"}


def verified(
    provider: Provider, known: Metadata, token: str, *, nonce: str, access_token: str, now: float
) -> dict[str, Any]:
    """Its claims. Raises SignInRefused."""
    header = header_of(token)
    algorithm = text(header.get("alg"))
    if algorithm not in ALGORITHMS:
        raise provider.refused("unsigned", f"alg {algorithm[:20]!r}")
    signed, fitting = None, list[dict[str, Any]]()
    for afresh in (False, True):  # a key may be new, also one that is called as the one before it
        fitting = keys_for(discovery.keys(provider, afresh=afresh), header)
        signed = next(filter(None, (read(token, key, algorithm) for key in fitting)), None)
        if signed is not None:
            break
    if not fitting:
        raise provider.refused("unknown_key", f"kid {text(header.get('kid'))[:80]!r}")
    if signed is None:
        raise provider.refused("bad_signature")
    claims = CodeIDToken(
        signed.claims,
        signed.header,
        {
            "iss": {"essential": True, "value": known.issuer},
            "aud": {"essential": True, "value": provider.client_id},
            "sub": {"essential": True},
        },
        {"nonce": nonce, "client_id": provider.client_id, "access_token": access_token},
    )
    if number(claims.get("iat"), 0.0) > now + LEEWAY:
        raise provider.refused("expired", "issued in the future")
    try:
        claims.validate(now=int(now), leeway=LEEWAY)
    except ExpiredTokenError:
        raise provider.refused("expired") from None
    except (InvalidClaimError, MissingClaimError) as error:
        name = claim_of(error)
        raise provider.refused(CODES.get(name, "odd_token"), f"claim {name}") from None
    except (JoseError, TypeError, ValueError, AttributeError) as error:
        raise provider.refused("odd_token", type(error).__name__) from None
    if len(text(claims["sub"])) not in range(1, 256) or text(claims["sub"]) != claims["sub"]:
        raise provider.refused("odd_token", "claim sub")
    return dict(claims)


def claim_of(error: JoseError) -> str:
    """joserfc says it in words: the first of our names that it quotes."""
    said = str(error)
    return next((name for name in (*CODES, "sub", "exp", "iat", "nbf", "at_hash") if f"'{name}'" in said), said[:60])


def header_of(token: str) -> dict[str, Any]:
    """Empty for what is no signed token."""
    if len(token) > LONGEST or token.count(".") != 2 or not token.isascii():
        return {}
    first = token.partition(".")[0]
    try:
        return mapping(parsed(urlsafe_b64decode(first + "=" * (-len(first) % 4))))
    except ValueError:
        return {}


def keys_for(found: Sequence[dict[str, Any]], header: dict[str, Any]) -> list[dict[str, Any]]:
    """Those that may have signed it: of the algorithm's family, for signatures, and of the token's `kid` if it names one."""
    family, kid = ALGORITHMS[header["alg"]], header.get("kid")
    return [
        key
        for key in found
        if key.get("kty") == family
        and key.get("use", "sig") == "sig"
        and key.get("alg", header["alg"]) == header["alg"]
        and (kid is None or key.get("kid") == kid)
    ]


def read(token: str, key: dict[str, Any], algorithm: str) -> jwt.Token | None:
    """None if this key did not sign it. Only what a public key consists of is taken of the key."""
    public = {name: value for name, value in key.items() if name in ("kty", "n", "e", "crv", "x", "y", "kid")}
    try:
        return jwt.decode(token, JWKRegistry.import_key(public), [algorithm])
    except (BadSignatureError, JoseError, ValueError, TypeError, KeyError, json.JSONDecodeError):
        return None
