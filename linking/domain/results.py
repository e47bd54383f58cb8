"""What came of a store sync, in a word, and how good the news is. Derived from its lines, so that one that failed in part is
never called done."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from setup.words import _

TONES = {
    "good": ("done", "unchanged"),
    "busy": ("planning", "applying", "working", "pending"),
    "warn": ("aborted", "partial", "skipped", "unknown"),
    "bad": ("failed", "refused"),
}
# Outcomes of lines, and states of products, that keep a run from being done.
OPEN_ENDED = ("failed", "refused", "unknown")
NOT_AS_PLANNED = ("failed", "refused", "partial")
# States of products that somebody has to do something about: what Retry failed tries again.
NEED_YOU = (*NOT_AS_PLANNED, "aborted")


@dataclass(frozen=True, slots=True)
class Result:
    """`tone`: good, warn, bad, busy or plain; the word says the same."""

    word: str
    tone: str


def tone(state: str) -> str:
    """How good the news is, of an outcome or of a state."""
    return next((name for name, states in TONES.items() if state in states), "plain")


def troubled(lines: Mapping[str, int], products: Collection[str]) -> bool:
    """Whether something failed, was refused, or is not known to have happened. `lines`: outcome -> how many; `products`: the
    states that there are."""
    return any(lines.get(outcome) for outcome in OPEN_ENDED) or any(state in products for state in NOT_AS_PLANNED)


def result_of(state: str, word: str, lines: Mapping[str, int], *, trouble: bool) -> Result:
    """Of a store sync in this state, which has this word, with so many lines of each outcome. `trouble`: see `troubled`."""
    if state != "done" or not trouble:
        return Result(word, tone(state))
    bad = lines.get("failed") or lines.get("refused")
    if lines.get("unknown") and not bad:
        return Result(_("Unconfirmed"), "warn")
    if bad and not lines.get("done"):
        return Result(_("With problems"), "bad")
    return Result(_("Done in part"), "warn")
