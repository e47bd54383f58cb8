"""What came of a run, in a sentence or two: what happened, to how much of it, and what to do next."""

from linking.domain.verdicts import GALLERIES, Ended, Verdict, counted
from linking.models import ProductSync, StoreSync, Sync
from linking.pages.run.numbers import RunNumbers

State = ProductSync.State
APPLY = "Apply this plan does exactly what is shown here;"
APPLIED = "Who applies it gets exactly what is shown here;"


def ended(sync: Sync, numbers: RunNumbers, *, retry: bool = False, undo: bool = False) -> Ended:
    """A run that is not busy, as its numbers tell. `retry`, `undo`: whether the page offers that."""
    aborted, stopped = numbers.named(StoreSync.State.ABORTED), numbers.named(StoreSync.State.FAILED)
    return Ended(sync.kind, numbers.counts, numbers.states, aborted, stopped, retry, undo)


def shown(sync: Sync, numbers: RunNumbers, unlinks: int, unlink_galleries: int, *, apply: bool) -> Verdict:
    """A dry run. So many media would leave so many galleries. `apply`: whether the page offers that."""
    stopped, states = numbers.named(StoreSync.State.FAILED), numbers.states
    refused = galleries(states.get(State.REFUSED, 0))
    if numbers.named(StoreSync.State.ABORTED):
        return Verdict("warn", "Aborted.", "Planning was stopped; nothing was written. Start again when you like.")
    if stopped and not numbers.planned:
        return Verdict("bad", "No plan could be made.", f"{stopped}: the reason is below. Nothing was written.")
    aside = f" {stopped} could not be planned and is left out; the reason is below." if stopped else ""
    aside += f" {refused} will be left alone; the reason is with each." if refused else ""
    if State.PLANNED not in states:
        explanation = "No asset found its product; the reasons are below."
        if states:
            explanation = (
                "Every gallery is as it should be already."
                if State.UNCHANGED in states
                else "No gallery changes by it."
            )
        return Verdict("warn" if aside else "plain", "Nothing is to be changed by this plan.", explanation + aside)
    text = f"{APPLY if apply else APPLIED} a gallery that somebody changes before is left alone."
    if sync.kind == "unlink" and numbers.variants:
        text += f" In {galleries(numbers.variants)} variants lose their picture; each is named."
    title = "This is a dry run: nothing was written."
    if unlinks:
        title = f"Nothing was written yet: {unlinks:,} media would leave {galleries(unlink_galleries)}."
        text = f"Confirm that number first. {text}" if apply else text
    return Verdict("warn" if aside else "plain", title, text + aside)


def galleries(n: int) -> str:
    return counted(n, GALLERIES) if n else ""
