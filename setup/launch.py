"""The signed launch: what the Console hands over, and everything that we believe about it.

The Console's own contract is not public. This module is all that knows ours, so another contract is one new module with a
`verify` of the same shape.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import jwt
from django.conf import settings
from django.db import IntegrityError, transaction

from setup.models import Environment, UsedLaunch

ALGORITHMS = ["HS256"]
MAX_AGE = timedelta(seconds=60)
SKEW = timedelta(seconds=30)


class LaunchRefused(Exception):
    """`text` says what is wrong with the launch, for the person who opened the app."""

    def __init__(self, text: str, code: str) -> None:
        super().__init__(text)
        self.text, self.code = text, code


@dataclass(frozen=True)
class Launch:
    environment: Environment
    person_id: str
    person_name: str
    person_email: str
    roles: tuple[str, ...]
    asset_ids: tuple[str, ...]


def verify(token: str, *, now: datetime) -> Launch:
    """The launch in a token that is genuine, fresh and used for the first time. Raises LaunchRefused."""
    environment = _issuer_of(token)
    claims = _verified(token, environment)
    issued, expires = (datetime.fromtimestamp(claims[name], UTC) for name in ("iat", "exp"))
    if now - issued > MAX_AGE or expires - issued > MAX_AGE or now - expires > timedelta(0):
        raise LaunchRefused("This launch is too old. Launches are good for one minute.", "old")
    if issued - now > SKEW:
        raise LaunchRefused("This launch comes from the future: the clocks of Console and app differ.", "clock")
    launch = _read(claims, environment)
    _use_up(environment, str(claims["jti"]), now + MAX_AGE + SKEW)
    return launch


def _issuer_of(token: str) -> Environment:
    """The environment that the token claims to come from; its secret then proves it, or not."""
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
        name, issuer = str(claims["cloud_name"]), str(claims["iss"])
    except (jwt.InvalidTokenError, KeyError, TypeError, ValueError, RecursionError):
        raise LaunchRefused("This is not a launch of the Console.", "malformed") from None
    environment = Environment.objects.filter(cloud_name=name, launch_issuer=issuer).first()
    if environment is None:
        raise LaunchRefused("This product environment is not set up in AssetLink. Ask an admin to add it.", "unknown")
    return environment


def _verified(token: str, environment: Environment) -> dict:
    try:
        return jwt.decode(
            token,
            environment.launch_secret,
            algorithms=ALGORITHMS,
            audience=settings.LAUNCH_AUDIENCE,
            issuer=environment.launch_issuer,
            leeway=SKEW,
            options={"require": ["exp", "iat", "jti", "aud", "iss"]},
        )
    except jwt.ExpiredSignatureError:
        raise LaunchRefused("This launch is too old. Launches are good for one minute.", "old") from None
    except jwt.ImmatureSignatureError:
        text = "This launch comes from the future: the clocks of Console and app differ."
        raise LaunchRefused(text, "clock") from None
    except jwt.InvalidTokenError:
        raise LaunchRefused("The signature of this launch is wrong.", "signature") from None


def _read(claims: dict, environment: Environment) -> Launch:
    person, roles, ids = claims.get("user"), claims.get("roles"), claims.get("asset_ids")
    well_formed = (
        isinstance(person, Mapping)
        and isinstance(person.get("id"), str | int)
        and isinstance(roles, list)
        and isinstance(ids, list)
        and all(isinstance(item, str) and 0 < len(item) <= 255 for item in [*roles, *ids])
    )
    if not well_formed or not isinstance(person, Mapping) or roles is None or ids is None:
        raise LaunchRefused("This launch is incomplete.", "incomplete")
    if len(ids) > settings.LAUNCH_MAX_ASSETS:
        text = f"{len(ids):,} assets were selected; AssetLink takes at most {settings.LAUNCH_MAX_ASSETS:,} at a time."
        raise LaunchRefused(text, "oversized")
    return Launch(
        environment=environment,
        person_id=str(person["id"])[:255],
        person_name=str(person.get("name") or "")[:255],
        person_email=str(person.get("email") or "")[:255],
        roles=tuple(roles),
        asset_ids=tuple(dict.fromkeys(ids)),
    )


def _use_up(environment: Environment, token_id: str, until: datetime) -> None:
    """The unique insert decides: of two equal launches exactly one gets in."""
    try:
        with transaction.atomic():
            UsedLaunch.objects.create(issuer=environment.launch_issuer, token_id=token_id[:255], expires=until)
    except IntegrityError:
        raise LaunchRefused("This launch was used already.", "replayed") from None
