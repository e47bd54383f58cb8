"""The signed launch: what the Console hands over, and everything that we believe about it.

The Console's own contract is not public. This module is all that knows ours, so another contract is one new module with a
`verify` of the same shape.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import jwt
from django.conf import settings
from django.db import IntegrityError, transaction

from setup.models import Environment, UsedLaunch

ALGORITHMS = ["HS256"]
MAX_AGE = timedelta(seconds=60)
SKEW = timedelta(seconds=30)
LONGEST = 255  # characters of an id, a role, a name: what their columns hold
INCOMPLETE = "This launch is incomplete."
TELL = "Tell the people who run AssetLink."


class LaunchRefused(Exception):
    """`text` says what is wrong with the launch, for the person who opened the app. `environment`: the one it names; `details`:
    what those who run AssetLink need to know, for the log."""

    def __init__(self, text: str, code: str) -> None:
        super().__init__(text)
        self.text, self.code = text, code
        self.environment: Environment | None = None
        self.details = ""


@dataclass(frozen=True)
class Launch:
    environment: Environment
    person_id: str
    person_name: str
    person_email: str
    roles: tuple[str, ...]
    asset_ids: tuple[str, ...]

    @property
    def person(self) -> str:
        return self.person_name or self.person_email or self.person_id


def verify(token: str, *, now: datetime) -> Launch:
    """The launch in a token that is genuine, fresh and used for the first time. Raises LaunchRefused."""
    environment = environment_of(token)
    try:
        return _of(environment, token, now=now)
    except LaunchRefused as refusal:
        refusal.environment = environment
        raise


def _of(environment: Environment, token: str, *, now: datetime) -> Launch:
    claims = _verified(token, environment, now=now)
    try:
        issued, expires = (datetime.fromtimestamp(claims[name], UTC) for name in ("iat", "exp"))
    except (OverflowError, ValueError, TypeError, OSError):
        raise LaunchRefused("This is not a launch of the Console.", "malformed") from None
    _fresh(issued, expires, now=now)
    launch = _read(claims, environment)
    _use_up(environment, str(claims["jti"]), now + MAX_AGE + SKEW)
    return launch


def _fresh(issued: datetime, expires: datetime, *, now: datetime) -> None:
    """Of times that a signature vouches for: only who may launch learns what our clock says. Raises LaunchRefused."""
    if issued - now > SKEW:
        ahead = spoken(issued - now)
        text = f"The clock of this server and that of the Console differ by {ahead}: this launch comes from the future. {TELL}"
        raise detailed(text, "clock", f"the clock of this server is {ahead} behind the Console's")
    if now - issued > MAX_AGE:
        age = spoken(now - issued)
        text = f"This launch is {age} old, and launches are good for one minute. Open AssetLink again. If you just did, the "
        text += f"clock of this server and that of the Console differ by {age}. {TELL}"
        raise detailed(text, "old", f"it is {age} old; if they all are, this server's clock is ahead of the Console's")
    if expires - issued > MAX_AGE:
        text = "This launch would be good for longer than the one minute that launches are good for."
        raise detailed(text, "old", "its exp is more than a minute after its iat")
    if now > expires:
        raise LaunchRefused("This launch is too old. Launches are good for one minute. Open AssetLink again.", "old")


def detailed(text: str, code: str, details: str) -> LaunchRefused:
    refusal = LaunchRefused(text, code)
    refusal.details = details
    return refusal


def spoken(time: timedelta) -> str:
    """`10 minutes`: in the largest unit of which there are two."""
    seconds = round(time.total_seconds())
    units = (("days", 86_400), ("hours", 3600), ("minutes", 60))
    return next((f"{seconds // size} {name}" for name, size in units if seconds >= 2 * size), f"{seconds} seconds")


def environment_of(token: str) -> Environment:
    """The environment that the token claims to come from; its secret then proves it, or not. Raises LaunchRefused."""
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
        name, issuer = str(claims["cloud_name"]), str(claims["iss"])
    except (jwt.InvalidTokenError, KeyError, TypeError, ValueError, RecursionError):
        raise LaunchRefused("This is not a launch of the Console.", "malformed") from None
    if not (_storable(name) and _storable(issuer)):
        raise LaunchRefused("This is not a launch of the Console.", "malformed")
    environment = Environment.objects.filter(cloud_name=name, launch_issuer=issuer).first()
    if environment is None:
        text = "This product environment is not set up in AssetLink. Ask an admin to add it."
        raise detailed(text, "unknown", f"it names cloud_name {name[:LONGEST]!r} and iss {issuer[:LONGEST]!r}")
    return environment


def _verified(token: str, environment: Environment, *, now: datetime) -> dict:
    """By the present secret or, for a while after a rotation, the one before it."""
    *others, last = environment.launch_secrets(now=now)
    for secret in others:
        with suppress(jwt.InvalidSignatureError):
            return _decoded(token, environment, secret)
    try:
        return _decoded(token, environment, last)
    except jwt.InvalidSignatureError:
        raise LaunchRefused("The signature of this launch is wrong.", "signature") from None


def _decoded(token: str, environment: Environment, secret: str) -> dict:
    """Raises LaunchRefused, and InvalidSignatureError for another secret."""
    try:
        return jwt.decode(
            token,
            secret,
            algorithms=ALGORITHMS,
            audience=settings.LAUNCH_AUDIENCE,
            issuer=environment.launch_issuer,
            leeway=SKEW,
            # Its times are ours to judge (_fresh), once the signature is known to be good.
            options={"require": ["exp", "iat", "jti", "aud", "iss"], "verify_exp": False, "verify_iat": False},
        )
    except jwt.ImmatureSignatureError:  # by its nbf
        text = f"This launch comes from the future: the clocks of this server and of the Console differ. {TELL}"
        raise LaunchRefused(text, "clock") from None
    except jwt.InvalidSignatureError:
        raise
    except (jwt.PyJWTError, OverflowError, ValueError, TypeError):
        raise LaunchRefused("The signature of this launch is wrong.", "signature") from None


def _read(claims: dict, environment: Environment) -> Launch:
    person, roles, ids = claims.get("user"), claims.get("roles"), claims.get("asset_ids")
    if not (isinstance(person, Mapping) and isinstance(roles, list) and isinstance(ids, list)):
        raise LaunchRefused(INCOMPLETE, "incomplete")
    name, email = (text if isinstance(text := person.get(key), str) else "" for key in ("name", "email"))
    if not all(map(_fits_a_column, [_id_of(person), claims.get("jti"), *roles, *ids])):
        raise LaunchRefused(INCOMPLETE, "incomplete")
    if not (_storable(name) and _storable(email)):
        raise LaunchRefused(INCOMPLETE, "incomplete")
    if len(ids) > settings.LAUNCH_MAX_ASSETS:
        text = f"{len(ids):,} assets were selected; AssetLink takes at most {settings.LAUNCH_MAX_ASSETS:,} at a time."
        raise LaunchRefused(text, "oversized")
    return Launch(
        environment=environment,
        person_id=_id_of(person),
        person_name=name[:LONGEST],
        person_email=email[:LONGEST],
        roles=tuple(roles),
        asset_ids=tuple(dict.fromkeys(ids)),
    )


def _id_of(person: Mapping) -> str:
    """Empty if it is none. A boolean is a number to Python and no id to anybody; and what would have to be cut might become
    somebody else's id."""
    named = person.get("id")
    text = str(named) if isinstance(named, str | int) and not isinstance(named, bool) else ""
    return text if text.strip() else ""


def _fits_a_column(text: object) -> bool:
    return isinstance(text, str) and 0 < len(text) <= LONGEST and _storable(text)


def _storable(text: str) -> bool:
    """Whether a database takes it: no NUL, no half of a character."""
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:
        return False


def _use_up(environment: Environment, token_id: str, until: datetime) -> None:
    """The unique insert decides: of two equal launches exactly one gets in. Environments may share an issuer, and one must
    not use up what belongs to another: the ids are the environment's own."""
    try:
        with transaction.atomic():
            UsedLaunch.objects.create(issuer=f"environment {environment.pk}", token_id=token_id, expires=until)
    except IntegrityError:
        raise LaunchRefused("This launch was used already.", "replayed") from None
