"""OpenID Connect, by the authorization code with PKCE: https://openid.net/specs/openid-connect-core-1_0.html#CodeFlowAuth

Loaded when somebody signs in so: its libraries are for installations that have a provider.
"""

import time
from collections.abc import Mapping
from typing import Any

from authlib.oauth2.base import OAuth2Error
from authlib.oauth2.client import OAuth2Client

from setup.people.proofs import Proof
from setup.shapes import text
from setup.signing_in import claims, discovery, tokens, wire
from setup.signing_in.attempts import Attempt
from setup.signing_in.discovery import Metadata
from setup.signing_in.providers import Provider

# What a person did there, by RFC 6749 and by OpenID Connect; everything else is a refusal.
CANCELLED = (
    "access_denied",
    "login_required",
    "interaction_required",
    "account_selection_required",
    "consent_required",
)


def going(provider: Provider, state: str, attempt: Attempt, *, choose: bool = False) -> str:
    """Where the person signs in. `choose`: the provider asks which account, though it knows one. Raises SignInRefused."""
    known = discovery.metadata(provider)
    more = {"prompt": "select_account"} if choose else {}
    url, _ = client(provider, known).create_authorization_url(
        known.authorization, state=state, code_verifier=attempt.verifier, nonce=attempt.nonce, **more
    )
    return str(url)


def answered(provider: Provider, query: Mapping[str, str], attempt: Attempt) -> Proof:
    """What the provider proves by the answer that it sent the browser back with. Raises SignInRefused."""
    known = discovery.metadata(provider)
    issuer = query.get("iss")
    if (issuer is None and known.names_itself) or issuer not in (None, known.issuer):
        raise provider.refused("mix_up", f"iss {str(issuer)[:200]!r}")
    if error := query.get("error"):
        raise provider.refused("cancelled" if error in CANCELLED else "provider_refused", error[:100])
    if not (code := query.get("code", "")):
        raise provider.refused("no_code")
    got = exchanged(provider, known, code, attempt)
    token, access = text(got.get("id_token")), text(got.get("access_token"))
    if not token:
        raise provider.refused("no_id_token")
    found = tokens.verified(provider, known, token, nonce=attempt.nonce, access_token=access, now=time.time())
    more = userinfo(provider, known, access, found) if known.userinfo and access else {}
    said = claims.said(found, more, provider.groups_claim, trusted=provider.trusts_email)
    return Proof(
        way=provider.name,
        issuer=provider.issuer,
        subject=found["sub"],
        email=said.email,
        email_verified=said.email_verified,
        name=said.name,
        groups=said.groups,
        groups_known=said.groups_known,
    )


def exchanged(provider: Provider, known: Metadata, code: str, attempt: Attempt) -> Mapping[str, Any]:
    """What the code is good for. Raises SignInRefused."""
    try:
        return client(provider, known).fetch_token(
            known.token, grant_type="authorization_code", code=code, code_verifier=attempt.verifier
        )
    except wire.Unanswered as error:
        raise discovery.unanswered(provider, error) from None
    except OAuth2Error as error:
        details = f"{error.error} {error.description or ''}"[:200]
        code = "misconfigured" if error.error in ("invalid_client", "unauthorized_client") else "code_refused"
        raise provider.refused(code, details) from None
    except (ValueError, TypeError, AttributeError) as error:
        raise provider.refused("odd_answer", type(error).__name__) from None


def userinfo(provider: Provider, known: Metadata, access: str, found: Mapping[str, Any]) -> Mapping[str, Any]:
    """Only what is asked for, and only about the person whom the ID token names. Raises SignInRefused."""
    if not claims.lacks(found, provider.scopes, provider.groups_claim):
        return {}
    more = discovery.fetch(provider, known.userinfo, bearer=access)
    if more.get("sub") != found["sub"]:
        raise provider.refused("other_person")
    return more


def client(provider: Provider, known: Metadata) -> OAuth2Client:
    return OAuth2Client(
        wire.Session(),
        client_id=provider.client_id,
        client_secret=provider.client_secret or None,
        token_endpoint_auth_method=known.client_auth,
        scope=provider.scopes,
        redirect_uri=provider.callback,
        code_challenge_method="S256",
    )
