"""What claims of an ID token and of the userinfo say about a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from setup.shapes import mapping, text

LONGEST = 255


@dataclass(frozen=True)
class Said:
    """`groups_known`: the provider has said which groups there are, also that there are none."""

    email: str
    email_verified: bool
    name: str
    groups: tuple[str, ...]
    groups_known: bool


def said(token: Mapping[str, Any], userinfo: Mapping[str, Any], groups_claim: str, *, trusted: bool) -> Said:
    """The address and whether it is verified come from the same source: one that vouches for an address may not vouch for the
    other's. Only the JSON true counts: providers that send the string "true" take it from a form, as often as not. `trusted`:
    the settings take the provider's word for it; else no address of it is verified."""
    source = token if text(token.get("email")) else userinfo
    email = cut(source.get("email"))
    found = [groups_of(claims, groups_claim) for claims in (token, userinfo)]
    groups: tuple[str, ...] = next(filter(None, found), ())
    return Said(
        email=email,
        email_verified=trusted and bool(email) and source.get("email_verified") is True,
        name=name_of(token) or name_of(userinfo),
        groups=groups,
        groups_known=bool(groups) or None not in found,
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


def groups_of(claims: Mapping[str, Any], claim: str) -> tuple[str, ...] | None:
    """`claim` is a name, or a path as `realm_access.roles`. One group may come as a text by itself. None where the groups are not
    said: it must not read as "in no group", which takes roles away."""
    if not claim:
        return ()
    path = [claim] if claim in claims else claim.split(".")
    found: object = claims
    for name in path:
        found = mapping(found).get(name)
    if found is None:
        return None if withholds(claims, path[0]) else ()
    listed = [found] if isinstance(found, str) else found if isinstance(found, list) else [found]
    groups = tuple(dict.fromkeys(filter(None, map(text, listed))))
    return groups if groups or not any(listed) else None


def withholds(claims: Mapping[str, Any], claim: str) -> bool:
    """Entra's way to say that there are too many groups for a token, more than 200:
    https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference#groups-overage-claim"""
    return claim in mapping(claims.get("_claim_names")) or claims.get("hasgroups") in (True, "true")


def cut(value: object) -> str:
    """What a column holds, and a line shows."""
    return " ".join(text(value).split())[:LONGEST]
