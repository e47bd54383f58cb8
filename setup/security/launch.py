"""The signed launch: what the Console hands over, and everything that we believe about it.

The Console's own contract is not public. This module is all that knows ours, so another contract is one new module with a
`verify` of the same shape.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from django.conf import settings
from django.db import IntegrityError, transaction

from setup.models import Environment, UsedLaunch
from setup.words import ENGLISH, _, gettext_lazy, ngettext, npgettext, number, override

ALGORITHMS = ["HS256"]
MAX_AGE = timedelta(seconds=60)
SKEW = timedelta(seconds=30)
LONGEST = 255  # characters of an id, a role, a name: what their columns hold
# What ids of members who never launch begin with: of who signs in, and of keys of the HTTP API.
SIGNED_IN, KEY = "person:", "key:"
INCOMPLETE = gettext_lazy("This launch is incomplete.")
MALFORMED = gettext_lazy("This is not a launch of the Console.")
FORGED = gettext_lazy("The signature of this launch is wrong.")


class LaunchRefused(Exception):
    """`text` says what is wrong with the launch, for the person who opened the app. `environment`: the one it names; `details`:
    what those who run AssetLink need to know, for the log."""

    def __init__(self, text: Any, code: str) -> None:
        super().__init__(text)
        self.text, self.code = str(text), code
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
        raise LaunchRefused(MALFORMED, "malformed") from None
    _fresh(issued, expires, now=now)
    launch = _read(claims, environment)
    _use_up(environment, str(claims["jti"]), now + MAX_AGE + SKEW)
    return launch


def _fresh(issued: datetime, expires: datetime, *, now: datetime) -> None:
    """Of times that a signature vouches for: only who may launch learns what our clock says. Raises LaunchRefused."""
    if issued - now > SKEW:
        text = _(
            "This launch comes from the future: the clocks of this server and of the Console differ by {time}. "
            "Tell the people who run AssetLink."
        ).format(time=spoken(issued - now))
        raise detailed(text, "clock", f"the clock of this server is {in_log(issued - now)} behind the Console's")
    if now - issued > MAX_AGE:
        text = _(
            "This launch was made {time} ago, and a launch is valid for one minute. Open AssetLink again. If you just did, "
            "the clocks of this server and of the Console differ. Tell the people who run AssetLink."
        ).format(time=spoken(now - issued))
        details = f"it is {in_log(now - issued)} old; if they all are, this server's clock is ahead of the Console's"
        raise detailed(text, "old", details)
    if expires - issued > MAX_AGE:
        text = _("This launch would be valid for more than the one minute that is allowed.")
        raise detailed(text, "old", "its exp is more than a minute after its iat")
    if now > expires:
        raise LaunchRefused(_("This launch is too old: a launch is valid for one minute. Open AssetLink again."), "old")


def detailed(text: str, code: str, details: str) -> LaunchRefused:
    refusal = LaunchRefused(text, code)
    refusal.details = details
    return refusal


def spoken(time: timedelta) -> str:
    """`10 minutes`: in the largest unit of which there are two. German has it in the dative, where both sentences put it."""
    seconds = round(time.total_seconds())
    for size, words in ((86_400, _days), (3600, _hours), (60, _minutes)):
        if seconds >= 2 * size:
            return words(seconds // size)
    text = npgettext("length of time", "{n} second", "{n} seconds", seconds)
    return text.format(n=number(seconds))


def in_log(time: timedelta) -> str:
    with override(ENGLISH):
        return spoken(time)


def _days(n: int) -> str:
    return npgettext("length of time", "{n} day", "{n} days", n).format(n=number(n))


def _hours(n: int) -> str:
    return npgettext("length of time", "{n} hour", "{n} hours", n).format(n=number(n))


def _minutes(n: int) -> str:
    return npgettext("length of time", "{n} minute", "{n} minutes", n).format(n=number(n))


def environment_of(token: str) -> Environment:
    """The environment that the token claims to come from; its secret then proves it, or not. Raises LaunchRefused."""
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
        name, issuer = str(claims["cloud_name"]), str(claims["iss"])
    except (jwt.InvalidTokenError, KeyError, TypeError, ValueError, RecursionError):
        raise LaunchRefused(MALFORMED, "malformed") from None
    if not (_storable(name) and _storable(issuer)):
        raise LaunchRefused(MALFORMED, "malformed")
    environment = Environment.objects.filter(cloud_name=name, launch_issuer=issuer).first()
    if environment is None:
        text = _("This product environment is not set up in AssetLink. Ask an admin to add it.")
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
        raise LaunchRefused(FORGED, "signature") from None


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
        text = _(
            "This launch comes from the future: the clocks of this server and of the Console differ. "
            "Tell the people who run AssetLink."
        )
        raise LaunchRefused(text, "clock") from None
    except jwt.InvalidSignatureError:
        raise
    except (jwt.PyJWTError, OverflowError, ValueError, TypeError):
        raise LaunchRefused(FORGED, "signature") from None


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
        text = ngettext(
            "You selected {n} asset. AssetLink takes at most {most} at a time.",
            "You selected {n} assets. AssetLink takes at most {most} at a time.",
            len(ids),
        )
        raise LaunchRefused(text.format(n=number(len(ids)), most=number(settings.LAUNCH_MAX_ASSETS)), "oversized")
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
    # The Console cannot launch anybody as who signs in, or as a key.
    return text if text.strip() and not text.startswith((SIGNED_IN, KEY)) else ""


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
        raise LaunchRefused(_("This launch was used already."), "replayed") from None
