"""What came of a run, in a sentence or two: what happened, to how much of it, and what to do next."""

from linking.domain.verdicts import Ended, Verdict, joined
from linking.models import ProductSync, StoreSync, Sync
from linking.models.plans import successor_of
from linking.pages.run.numbers import RunNumbers
from setup.words import _, ngettext, number

State = ProductSync.State


def ended(sync: Sync, numbers: RunNumbers, *, retry: bool = False, undo: bool = False) -> Ended:
    """A run that is not busy, as its numbers tell. `retry`, `undo`: whether the page offers that."""
    aborted, stopped = numbers.named(StoreSync.State.ABORTED), numbers.named(StoreSync.State.FAILED)
    return Ended(sync.kind, numbers.counts, numbers.states, aborted, stopped, retry, undo)


def no_plan(numbers: RunNumbers) -> Verdict | None:
    """Of a dry run that was stopped; None if there is a plan."""
    if numbers.named(StoreSync.State.ABORTED):
        text = _("You stopped the planning; AssetLink wrote nothing. Start again when you like.")
        if successor_of(numbers.sync):
            text = _("A newer run of its rule took its place; AssetLink wrote nothing.")
        return Verdict("warn", _("Aborted."), text)
    stopped = numbers.named(StoreSync.State.FAILED)
    if stopped and not numbers.planned:
        text = _("{stores}: the reason is below. AssetLink wrote nothing.").format(stores=stopped)
        return Verdict("bad", _("AssetLink could make no plan."), text)
    return None


def not_planned(numbers: RunNumbers) -> str:
    """The stores that a plan is without; empty if there are none."""
    stopped = numbers.named(StoreSync.State.FAILED)
    return _("{stores} could not be planned; the reason is below.").format(stores=stopped) if stopped else ""


def shown(numbers: RunNumbers) -> Verdict:
    """A dry run, as far as it is no plan that can be applied as it is: the title is empty for one that can."""
    if none := no_plan(numbers):
        return none
    states, aside = numbers.states, not_planned(numbers)
    if refused := states.get(State.REFUSED, 0):
        said = ngettext(
            "{n} gallery stays as it is; the reason is shown below.",
            "{n} galleries stay as they are; the reasons are shown below.",
            refused,
        )
        aside = joined(aside, said.format(n=number(refused)))
    if State.PLANNED in states:
        return Verdict("warn" if aside else "plain", "", aside)
    explanation = _("No asset found its product. See the assets that are not linked.")
    if states:
        same = State.UNCHANGED in states
        explanation = _("Every gallery is unchanged.") if same else _("No gallery changes.")
    return Verdict("warn" if aside else "plain", _("This plan changes nothing."), joined(explanation, aside))
