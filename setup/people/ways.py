"""The ways to sign in that somebody has set up, and those of a person. A passkey is none of the first: it is added by who is in
already."""

from enum import StrEnum

from django.conf import settings

from setup.models import Identity, Passkey, Person
from setup.people.proofs import EMAIL
from setup.signing_in import mail, providers


class Kept(StrEnum):
    """Why a person cannot take a way away."""

    LAST = "last"  # nothing else would let them in
    ADDRESS = "address"  # who has proved the address gets a code there, whatever is written here


def are_set_up() -> bool:
    return bool(providers.configured()) or has_mail()


def has_mail() -> bool:
    return mail.is_set_up()


def leads_in(way: Identity | Passkey) -> bool:
    """Whether it works here now: a provider may be gone from the settings."""
    if isinstance(way, Passkey):
        return settings.PASSKEYS
    return has_mail() if way.issuer == EMAIL else any(one.issuer == way.issuer for one in providers.configured())


def by_code(person: Person) -> bool:
    """Also without an identity that says so."""
    return person.email_verified and has_mail()


def unsaid_code(person: Person | None) -> str:
    """The address where a code lets the person in, though no identity says so yet; empty without one."""
    if person is None or not by_code(person):
        return ""
    said = person.identities.filter(issuer=EMAIL, subject=person.email).exists()
    return "" if said else person.email


def of(person: Person) -> list[Identity | Passkey]:
    return [*person.identities.order_by("created"), *person.passkeys.order_by("created")]


def kept(way: Identity | Passkey, person: Person) -> Kept | None:
    """None for a way that may go."""
    if not leads_in(way):
        return None
    if by_code(person):
        same = isinstance(way, Identity) and (way.issuer, way.subject) == (EMAIL, person.email)
        return Kept.ADDRESS if same else None
    others = [one for one in of(person) if (type(one), one.pk) != (type(way), way.pk)]
    return None if any(map(leads_in, others)) else Kept.LAST
