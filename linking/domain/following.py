"""What follows from what happened to an asset: of the ledger's links, and of a rule's run."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from linking.domain.showing import REFUSED
from setup.reasons import NONE, Reason


class Fact(StrEnum):
    """What happened to an asset since it was last looked at."""

    VERSION = "version"  # other content
    KEY = "key"  # other metadata, by which it belongs to another product
    PLACE = "place"  # renamed, moved, called otherwise: the same asset
    OTHER = "other"  # new, or with other metadata, tags or context
    GONE = "gone"
    REFUSED = "refused"  # a moderator rejected it
    SHUT = "shut"  # nobody may see it any more: access, or its time is over


class Does(StrEnum):
    LEDGER = "ledger"  # AssetLink keeps in mind where it is; nothing is written in Shopify
    RUN = "run"  # the rule runs for it, as far as its policy lets it
    WAIT = "wait"  # its links become a plan to unlink, which waits for a person


# What a rule does that says nothing else: a new version replaces, another key moves, and what would leave waits.
DEFAULTS: Mapping[Fact, Does] = {
    Fact.VERSION: Does.RUN,
    Fact.KEY: Does.RUN,
    Fact.PLACE: Does.LEDGER,
    Fact.OTHER: Does.RUN,
    Fact.GONE: Does.WAIT,
    Fact.REFUSED: Does.WAIT,
    Fact.SHUT: Does.WAIT,
}
LEAVING = (Fact.GONE, Fact.REFUSED, Fact.SHUT)
# And what it may say. What leaves never becomes a run, which brings only what is there.
POSSIBLE: Mapping[Fact, tuple[Does, ...]] = {
    Fact.VERSION: (Does.RUN, Does.LEDGER),
    Fact.KEY: (Does.RUN, Does.WAIT, Does.LEDGER),
    Fact.PLACE: (Does.LEDGER, Does.RUN),
    Fact.OTHER: (Does.RUN, Does.LEDGER),
    **dict.fromkeys(LEAVING, (Does.WAIT, Does.LEDGER)),
}
SHUT = {"asset.restricted", "asset.not_public", "asset.not_yet", "asset.no_longer", "asset.expired", "asset.no_file"}


@dataclass(frozen=True, slots=True)
class Prints:
    """What an asset was when it was looked at: `place` and `said` are marks of its names and of what is said of it."""

    version: int
    place: str
    said: str
    gone: bool = False


def chosen(kept: object) -> Mapping[Fact, Does]:
    """A rule's own table over the defaults. What is not possible, or cannot be read, counts as not said."""
    own: Mapping[str, Any] = kept if isinstance(kept, dict) else {}
    table = dict(DEFAULTS)
    for fact in Fact:
        said = own.get(fact.value)
        if isinstance(said, str) and said in POSSIBLE[fact]:
            table[fact] = Does(said)
    return table


def facts(
    before: Prints | None, now: Prints, *, shut: Reason = NONE, moderation: Collection[str] = ()
) -> frozenset[Fact]:
    """Empty if nothing happened. `before`: None if it is seen for the first time. `shut`: why it may not be shown now."""
    if before is not None and before == now:
        return frozenset()
    if now.gone:
        return frozenset({Fact.GONE})
    found = set[Fact]()
    if before is None or before.gone:
        found.add(Fact.OTHER)
    else:
        found |= {Fact.VERSION} if before.version != now.version else set()
        found |= {Fact.PLACE} if before.place != now.place else set()
        found |= {Fact.OTHER} if before.said != now.said else set()
    if any(status in REFUSED for status in moderation):
        found.add(Fact.REFUSED)
    elif shut.code in SHUT:
        found.add(Fact.SHUT)
    return frozenset(found)


def runs_for(table: Mapping[Fact, Does], found: Collection[Fact], *, linked: bool) -> bool:
    """Whether a rule runs for an asset. Another key decides alone: a run would link it to another product. What is not linked yet
    may have come to where the rule looks: a name is then as good a reason as any."""
    if any(fact in LEAVING for fact in found):
        return False
    if Fact.KEY in found:
        return table[Fact.KEY] == Does.RUN
    return any(table[fact] == Does.RUN or (fact == Fact.PLACE and not linked) for fact in found)


def leaves(table: Mapping[Fact, Does], found: Collection[Fact]) -> bool:
    """Whether all of its links become a plan to unlink."""
    return any(fact in LEAVING and table[fact] == Does.WAIT for fact in found)


def moves(table: Mapping[Fact, Does]) -> bool:
    """Whether a link by a key that the asset has no more becomes such a plan. Where the rule runs, too: it brings the picture to
    the other product, and takes nothing away."""
    return table[Fact.KEY] != Does.LEDGER
