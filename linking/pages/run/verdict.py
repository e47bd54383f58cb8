"""What came of a run, in a sentence or two: what happened, to how much of it, and what to do next."""

from linking.domain.verdicts import GALLERIES, Ended, Verdict, joined
from linking.models import ProductSync, StoreSync, Sync
from linking.pages.run.numbers import RunNumbers
from setup.reasons import plural

State = ProductSync.State


def ended(sync: Sync, numbers: RunNumbers, *, retry: bool = False, undo: bool = False) -> Ended:
    """A run that is not busy, as its numbers tell. `retry`, `undo`: whether the page offers that."""
    aborted, stopped = numbers.named(StoreSync.State.ABORTED), numbers.named(StoreSync.State.FAILED)
    return Ended(sync.kind, numbers.counts, numbers.states, aborted, stopped, retry, undo)


def no_plan(numbers: RunNumbers) -> Verdict | None:
    """Of a dry run that was stopped; None if there is a plan."""
    if numbers.named(StoreSync.State.ABORTED):
        return Verdict("warn", "Aborted.", "Planning was stopped; nothing was written. Start again when you like.")
    stopped = numbers.named(StoreSync.State.FAILED)
    if stopped and not numbers.planned:
        return Verdict("bad", "No plan could be made.", f"{stopped}: the reason is below. Nothing was written.")
    return None


def not_planned(numbers: RunNumbers) -> str:
    """The stores that a plan is without; empty if there are none."""
    stopped = numbers.named(StoreSync.State.FAILED)
    return f"{stopped} could not be planned; the reason is below." if stopped else ""


def shown(numbers: RunNumbers) -> Verdict:
    """A dry run, as far as it is no plan that can be applied as it is: the title is empty for one that can."""
    if none := no_plan(numbers):
        return none
    states, aside = numbers.states, not_planned(numbers)
    if refused := states.get(State.REFUSED, 0):
        aside = joined(
            aside, f"{galleries(refused)} {'stays as it is' if refused == 1 else 'stay as they are'}; each says why."
        )
    if State.PLANNED in states:
        return Verdict("warn" if aside else "plain", "", aside)
    explanation = "No asset found its product; the reasons are below."
    if states:
        same = State.UNCHANGED in states
        explanation = "Every gallery stays as it is." if same else "No gallery changes."
    title = "This plan changes nothing."
    return Verdict("warn" if aside else "plain", title, joined(explanation, aside))


def galleries(n: int) -> str:
    return plural(n, *GALLERIES)
