"""What a look found: for programs a code, for people a sentence and what to do."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    OK = "ok"
    UNKNOWN = "unknown"  # it could not be looked at; or there is nothing yet to look at
    WARNING = "warning"  # it works, and should not stay so
    WRONG = "wrong"  # something does not work


@dataclass(frozen=True)
class Finding:
    """`look`: what was looked at; `about`: of which environment, store or process; `code`: the kind of what was found; `advice`:
    what to do, where it is not well."""

    look: str
    level: Level
    code: str
    text: str
    advice: str = ""
    about: str = ""


@dataclass(frozen=True)
class Look:
    """`make` may take its time, and fail: who runs it keeps it from holding up the others (linking.operations.doctor.looking)."""

    name: str
    make: Callable[[], Iterable[Finding]]
    about: str = ""
    of_rows: bool = True  # it needs the database


def ok(look: str, text: str, *, about: str = "", code: str = "ok") -> Finding:
    return Finding(look, Level.OK, code, text, "", about)


def unknown(look: str, text: str, advice: str = "", *, about: str = "", code: str = "unknown") -> Finding:
    return Finding(look, Level.UNKNOWN, code, text, advice, about)


def warning(look: str, code: str, text: str, advice: str, *, about: str = "") -> Finding:
    return Finding(look, Level.WARNING, code, text, advice, about)


def wrong(look: str, code: str, text: str, advice: str, *, about: str = "") -> Finding:
    return Finding(look, Level.WRONG, code, text, advice, about)


def worst(found: Iterable[Finding]) -> Level:
    """`unknown` counts as well: nothing is known to be wrong."""
    levels = {finding.level for finding in found}
    return next((level for level in (Level.WRONG, Level.WARNING) if level in levels), Level.OK)
