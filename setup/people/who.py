"""Who comes in: decided from a proof and from what is known. Pure, and the only place that decides it.

Nobody becomes somebody else by a text that anybody may write: an e-mail address counts where it is verified on both sides, and a
launch verifies none. A launch vouches for one environment only, so nothing is added to a person from a launched session.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

RANK = {"": 0, "viewer": 1, "member": 2, "admin": 3}
LONGEST = 255
# A role by a provider's groups counts so long after the person last signed in with that provider, whatever way they come in by.
GROUPS_HOLD = timedelta(days=1)


@dataclass(frozen=True)
class Address:
    """An e-mail address, and whether who says it has proved it."""

    text: str = ""
    verified: bool = False

    def proves(self, other: "Address") -> bool:
        return self.verified and other.verified and bool(self.text) and self.text == other.text


@dataclass(frozen=True)
class Known:
    """People by their keys. `by_identity`: whose (issuer, subject) it is. `by_address`: all with this address, proved or not."""

    by_identity: int | None = None
    by_address: tuple[tuple[int, Address], ...] = ()


@dataclass(frozen=True)
class Adding:
    """What was begun in a session that is still there: to add the proof to the person who signed in to it."""

    person: int


class Refused(StrEnum):
    """Why a proof cannot be added, or two members are not one."""

    SOMEBODY_ELSES = "somebody else's"  # the identity is another person's
    JOINED = "joined"  # the launched member is another person's
    TWO_PEOPLE = "two people"  # both sign in, each with ways of their own
    ELSEWHERE = "elsewhere"  # not of one environment
    SAME = "same"


@dataclass(frozen=True)
class Whose:
    """`person`: the key of who it is; None: nobody known yet. `learns`: the identity becomes theirs."""

    person: int | None = None
    learns: bool = False
    refused: Refused | None = None


def spelled(email: str) -> str:
    """An address as it is kept and compared. Only the letters of ASCII are folded: beyond them, different mailboxes would become
    one (ß and ss, or the Turkish i without a dot and i)."""
    text = email.strip()
    return "".join(one.lower() if one.isascii() else one for one in text) if 0 < len(text) <= LONGEST else ""


def whose(address: Address, known: Known, adding: Adding | None = None) -> Whose:
    """Whom a proof means, whose issuer says this address of them."""
    owners = {person for person, theirs in known.by_address if address.proves(theirs)}
    if adding is not None:
        others = ({known.by_identity} if known.by_identity is not None else set()) | owners
        if others - {adding.person}:
            return Whose(refused=Refused.SOMEBODY_ELSES)
        return Whose(adding.person, learns=known.by_identity is None)
    if known.by_identity is not None:
        return Whose(known.by_identity)
    if len(owners) == 1:
        return Whose(owners.pop(), learns=True)
    return Whose(learns=True)


@dataclass(frozen=True)
class Membership:
    """Of a member: their key, environment, person (None: they have only ever been launched), and whether launches bring them."""

    member: int
    environment: int
    person: int | None
    launched: bool


def survivor(one: Membership, other: Membership) -> Membership | Refused:
    """Which of two members stays when they are joined. No two people become one by it: what the other may do in another
    environment is not this environment's to give."""
    if one.member == other.member:
        return Refused.SAME
    if one.environment != other.environment:
        return Refused.ELSEWHERE
    if one.person is not None and other.person is not None and one.person != other.person:
        return Refused.TWO_PEOPLE
    if one.launched and other.launched:
        return Refused.TWO_PEOPLE  # the Console calls them by two names
    return other if other.launched else one


def stronger(*roles: str) -> str:
    return max(roles, key=RANK.__getitem__)


def granted(rules: Iterable[tuple[str, str, str, str]], issuer: str, groups: Iterable[str]) -> dict[str, str]:
    """{cloud name: role} of a provider's groups; of several the strongest. `rules`: (issuer, group, cloud name, role)."""
    mine, found = set(groups), dict[str, str]()
    for of, group, cloud_name, role in rules:
        if of == issuer and group in mine and RANK.get(role):
            found[cloud_name] = stronger(role, found.get(cloud_name, ""))
    return found


class Out(StrEnum):
    """Why somebody who proved who they are may go nowhere."""

    NOBODY = "nobody"  # has invited them
    REMOVED = "removed"  # an admin has removed them
    NO_GROUP = "no group"  # lets them in any more
    NOT_ASKED = "not asked"  # for long, the provider whose groups give their role
    WITHHELD = "withheld"  # the provider did not say the groups


@dataclass(frozen=True)
class Standing:
    """Of a member: shut out, a role by groups, and when the person last signed in with the provider whose groups give it."""

    removed: bool = False
    by_groups: bool = False
    asked: datetime | None = None

    def lapsed(self, now: datetime) -> bool:
        return self.by_groups and (self.asked is None or now - self.asked > GROUPS_HOLD)

    def lets_in(self, now: datetime) -> bool:
        return not self.removed and not self.lapsed(now)


def why_out(standings: Iterable[Standing], *, withheld: bool) -> Out:
    """Of a person of whose members none lets them in. What they can mend themselves goes first."""
    known = list(standings)
    if any(not one.removed for one in known):
        return Out.NOT_ASKED
    if withheld and (not known or any(one.by_groups for one in known)):
        return Out.WITHHELD
    if any(one.by_groups for one in known):
        return Out.NO_GROUP
    return Out.REMOVED if known else Out.NOBODY
