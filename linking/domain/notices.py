"""What is worth a notice, who is to hear it, and how notices are gathered so that hundreds of them are one letter."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Generic, TypeVar

from setup.words import gettext_lazy


class Cause(StrEnum):
    """In the order in which a letter tells them."""

    PLAN = "plan"  # a plan waits for somebody
    STORE = "store"  # a store refuses AssetLink as a whole
    RULE = "rule"  # a rule's last firing failed
    EVENTS = "events"  # no event of Cloudinary comes
    PROBLEMS = "problems"  # a run has ended, and not everything went well


# What people choose among.
LABELS: Mapping[str, Any] = {
    Cause.PLAN: gettext_lazy("A rule’s plan waits for somebody"),
    Cause.STORE: gettext_lazy("A store needs attention, and when it works again"),
    Cause.RULE: gettext_lazy("A rule fails, and when it works again"),
    Cause.EVENTS: gettext_lazy("No event of Cloudinary has come for a day, and when they come again"),
    Cause.PROBLEMS: gettext_lazy("A run has ended with problems"),
}
# What nobody acts on waits for ever, so people hear of it without asking. A run is on the pages that people look at anyway.
USUAL = (Cause.PLAN, Cause.STORE, Cause.RULE)
# Their end is said as well; that somebody has dealt with a plan is not.
TELL_END = frozenset({Cause.STORE, Cause.RULE, Cause.EVENTS})


class Every(StrEnum):
    """How often somebody gets a letter, at most."""

    SOON = "soon"
    HOUR = "hour"
    DAY = "day"


OFTEN: Mapping[str, Any] = {
    Every.SOON: gettext_lazy("Every 15 minutes at most"),
    Every.HOUR: gettext_lazy("Every hour at most"),
    Every.DAY: gettext_lazy("Once a day at most"),
}
PAUSES = {Every.SOON: timedelta(minutes=15), Every.HOUR: timedelta(hours=1), Every.DAY: timedelta(days=1)}
# What happens together is said together, also in the first letter.
DEBOUNCE = timedelta(minutes=1)
# Seconds between two tries to send a letter: for most of a day.
TRIES = (60, 300, 1800, 7200, 18_000, 36_000)
SHOWN = 5  # of one kind; how many more there are is a number


@dataclass(frozen=True, slots=True)
class Listener:
    """A person of the environment. `stores`: those that they may write to; None: all. A viewer hears nothing: they could not
    act on it."""

    pk: int
    is_admin: bool = False
    is_viewer: bool = False
    stores: frozenset[int] | None = None

    def may_write(self, stores: Collection[int]) -> bool:
        return not self.is_viewer and (self.stores is None or not self.stores.isdisjoint(stores))


@dataclass(frozen=True, slots=True)
class About:
    """`whose`: the owner of the rule, or who started the run. `alone`: it is that person's own affair. `closed`: only admins may
    act on it."""

    cause: Cause
    stores: frozenset[int] = frozenset()
    whose: int | None = None
    alone: bool = False
    closed: bool = False


def hears(listener: Listener, about: About) -> bool:
    if listener.is_viewer:
        return False
    if listener.pk == about.whose:
        return True
    if about.alone:
        return False
    for_members = about.cause in (Cause.PLAN, Cause.STORE, Cause.PROBLEMS) and not about.closed
    return listener.is_admin or (for_members and listener.may_write(about.stores))


def audience(listeners: Iterable[Listener], about: About) -> list[int]:
    """Whose it is comes first, then admins, then the others."""
    found = [one for one in listeners if hears(one, about)]
    return [one.pk for one in sorted(found, key=lambda one: (one.pk != about.whose, not one.is_admin, one.pk))]


def chosen(kept: object) -> tuple[Cause, ...]:
    """Of a row, in one order; None: nobody has chosen yet. What cannot be read is what is usual."""
    if not isinstance(kept, list):
        return USUAL
    return tuple(cause for cause in Cause if cause.value in kept)


def every(kept: str) -> Every:
    return Every(kept) if kept in list(Every) else Every.HOUR


def due(first: datetime, last: datetime | None, often: Every) -> datetime:
    """When a letter goes, by the first thing that it has to tell and by the letter before."""
    soon = first + DEBOUNCE
    return soon if last is None else max(soon, last + PAUSES[often])


def pause(tries: int) -> timedelta | None:
    """Before the next try, after so many; None: it is given up."""
    return timedelta(seconds=TRIES[tries - 1]) if 0 < tries <= len(TRIES) else None


Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Item(Generic[Value]):
    """`subject`: what it is about. The same one begins and ends, perhaps many times. `order`: a later one is larger."""

    cause: Cause
    subject: str
    is_end: bool
    order: int
    value: Value


@dataclass(frozen=True, slots=True)
class Section(Generic[Value]):
    """What a letter says of one cause: the latest ones, and how many there are besides."""

    cause: Cause
    is_end: bool
    shown: tuple[Value, ...]
    more: int

    @property
    def count(self) -> int:
        return len(self.shown) + self.more


def gathered(items: Iterable[Item[Value]]) -> list[Section[Value]]:
    """Of what began and ended meanwhile, the last word counts."""
    last: dict[tuple[Cause, str], Item[Value]] = {}
    for item in sorted(items, key=lambda one: one.order):
        last[item.cause, item.subject] = item
    kinds: dict[tuple[Cause, bool], list[Item[Value]]] = {}
    for item in last.values():
        kinds.setdefault((item.cause, item.is_end), []).append(item)
    causes: Sequence[Cause] = list(Cause)
    return [_section(*kind, kinds[kind]) for kind in sorted(kinds, key=lambda kind: (kind[1], causes.index(kind[0])))]


def _section(cause: Cause, is_end: bool, items: list[Item[Value]]) -> Section[Value]:
    items.sort(key=lambda one: -one.order)
    return Section(cause, is_end, tuple(one.value for one in items[:SHOWN]), max(0, len(items) - SHOWN))
