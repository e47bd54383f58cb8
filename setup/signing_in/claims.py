"""What claims of an ID token and of the userinfo say about a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from setup.shapes import mapping, text

MOST_GROUPS = 500
LONGEST = 255


@dataclass(frozen=True)
class Said:
    email: str
    email_verified: bool
    name: str
    groups: tuple[str, ...]


def said(token: Mapping[str, Any], userinfo: Mapping[str, Any], groups_claim: str, *, trusted: bool) -> Said:
    """The address and whether it is verified come from the same source: one that vouches for an address may not vouch for the
    other's. Only the JSON true counts: providers that send the string "true" take it from a form, as often as not. `trusted`:
    the settings take the provider's word for it; else no address of it is verified."""
    source = token if text(token.get("email")) else userinfo
    email = cut(source.get("email"))
    found = groups_of(token, groups_claim) or groups_of(userinfo, groups_claim)
    return Said(
        email=email,
        email_verified=trusted and bool(email) and source.get("email_verified") is True,
        name=name_of(token) or name_of(userinfo),
        groups=found,
    )


def lacks(token: Mapping[str, Any], scopes: str, groups_claim: str) -> bool:
    """Whether the userinfo may say something more that somebody wants to know."""
    wanted = scopes.split()
    return (
        ("email" in wanted and not text(token.get("email")))
        or ("profile" in wanted and not name_of(token))
        or (bool(groups_claim) and not groups_of(token, groups_claim))
    )


def name_of(claims: Mapping[str, Any]) -> str:
    parts = " ".join(filter(None, (cut(claims.get("given_name")), cut(claims.get("family_name")))))
    return cut(claims.get("name")) or cut(parts) or cut(claims.get("preferred_username"))


def groups_of(claims: Mapping[str, Any], claim: str) -> tuple[str, ...]:
    """`claim` is a name, or a path as `realm_access.roles`. One group may come as a text by itself."""
    if not claim:
        return ()
    found: object = claims
    for name in [claim] if claim in claims else claim.split("."):
        found = mapping(found).get(name)
    listed = [found] if isinstance(found, str) else found if isinstance(found, list) else []
    return tuple(dict.fromkeys(filter(None, map(text, listed[:MOST_GROUPS]))))


def cut(value: object) -> str:
    """What a column holds, and a line shows."""
    return " ".join(text(value).split())[:LONGEST]
