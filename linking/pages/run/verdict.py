"""What came of a run, in a sentence or two: what happened, to how much of it, and what to do next."""

from linking.domain.verdicts import GALLERIES, Ended, Verdict, counted
from linking.models import ProductSync, StoreSync, Sync

State = ProductSync.State


def ended(sync: Sync, numbers: dict, *, retry: bool = False, undo: bool = False) -> Ended:
    """A run that is not busy, as its numbers tell. `retry`, `undo`: whether the page offers that."""
    aborted, stopped = stores(numbers, StoreSync.State.ABORTED), stores(numbers, StoreSync.State.FAILED)
    return Ended(sync.kind, numbers["counts"], states_of(numbers), aborted, stopped, retry, undo)


def shown(sync: Sync, numbers: dict) -> Verdict:
    """A dry run."""
    stopped = stores(numbers, StoreSync.State.FAILED)
    states = states_of(numbers)
    refused = galleries(states.get(State.REFUSED, 0))
    if stores(numbers, StoreSync.State.ABORTED):
        return Verdict("warn", "Aborted.", "Planning was stopped; nothing was written. Start again when you like.")
    if stopped and not numbers["planned"]:
        return Verdict("bad", "No plan could be made.", f"{stopped}: the reason is below. Nothing was written.")
    aside = f" {stopped} could not be planned and is left out; the reason is below." if stopped else ""
    aside += f" {refused} will be left alone; the reason is with each." if refused else ""
    if State.PLANNED not in states:
        told = "No asset found its product; the reasons are below."
        if states:
            told = (
                "Every gallery is as it should be already."
                if State.UNCHANGED in states
                else "No gallery changes by it."
            )
        return Verdict("warn" if aside else "plain", "Nothing is to be changed by this plan.", told + aside)
    text = "Apply this plan does exactly what is shown here; a gallery that somebody changes before is left alone."
    if sync.kind == "unlink" and numbers["variants"]:
        text += f" In {galleries(numbers['variants'])} variants lose their picture; each is named."
    title = "This is a dry run: nothing was written."
    if n := numbers["unlinks"]:
        title = f"Nothing was written yet: {n:,} media would leave {galleries(numbers['unlink_galleries'])}."
        text = f"Confirm that number first. {text}"
    return Verdict("warn" if aside else "plain", title, text + aside)


def states_of(numbers: dict) -> dict[str, int]:
    found: dict[str, int] = {}
    for part in numbers["parts"]:
        for state, n in part.galleries.items():
            found[state] = found.get(state, 0) + n
    return found


def stores(numbers: dict, state: str) -> str:
    """The names of those that ended so."""
    return ", ".join(str(part.store) for part in numbers["parts"] if part.state == state)


def galleries(n: int) -> str:
    return counted(n, GALLERIES) if n else ""
