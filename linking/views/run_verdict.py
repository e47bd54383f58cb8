"""What came of a run, in a sentence or two: what happened, to how much of it, and what to do next."""

from dataclasses import dataclass

from linking.models import ProductSync, StoreSync, Sync

State = ProductSync.State
# What is said where nothing came of a run that does not link.
NOTHING = {"unlink": "Nothing was unlinked.", "undo": "Nothing was undone."}


@dataclass(frozen=True)
class Verdict:
    """`tone`: good, plain, warn or bad, with the words that say the same."""

    tone: str
    title: str
    text: str


def verdict_of(sync: Sync, numbers: dict) -> Verdict:
    """Of a run that is not busy."""
    return shown(sync, numbers) if sync.dry_run else done(sync, numbers)


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
    return Verdict("warn" if aside else "plain", "This is a dry run: nothing was written.", text + aside)


def done(sync: Sync, numbers: dict) -> Verdict:
    states, counts = states_of(numbers), numbers["counts"]
    finished, stopped = stores(numbers, StoreSync.State.DONE), stores(numbers, StoreSync.State.FAILED)
    n = galleries(states.get(State.DONE, 0))
    left = {
        name: galleries(states.get(name, 0)) for name in (State.PARTIAL, State.FAILED, State.REFUSED, State.ABORTED)
    }
    if stores(numbers, StoreSync.State.ABORTED):
        text = f"{n or 'No gallery'} done; that stays. Retry failed does the rest, Undo takes back what was done."
        return Verdict("warn", "Aborted.", text)
    if stopped:
        text = f"{stopped} had to stop; the reason is below. What is done stays: {n or 'no gallery'}. "
        return Verdict(
            "bad", "Done in part." if finished or n else "Stopped.", text + "Then Retry failed does the rest."
        )
    if not any(left.values()):
        return all_well(sync, states, counts, n)
    told = [
        f"{n} done." if n else "",
        f"{left[State.PARTIAL]} done in part." if left[State.PARTIAL] else "",
        f"{left[State.FAILED]} failed." if left[State.FAILED] else "",
        f"{left[State.REFUSED]} left alone, because somebody changed them or they would not fit."
        if left[State.REFUSED]
        else "",
        "The reasons are below; Retry failed plans these galleries anew, and no others.",
    ]
    some = n or left[State.PARTIAL]
    nothing = NOTHING.get(sync.kind, "Nothing was linked.")
    return Verdict("warn" if some else "bad", "Done in part." if some else nothing, " ".join(filter(None, told)))


def all_well(sync: Sync, states: dict[str, int], counts: dict[str, int], n: str) -> Verdict:
    skipped = f" {counts['skipped']:,} left out, each with its reason below." if counts["skipped"] else ""
    if set(states) == {State.UNCHANGED}:
        return Verdict("good", "Everything was already as planned: nothing was written.", skipped.strip())
    if not states:
        why = "" if sync.kind in NOTHING else "No asset found its product."
        return Verdict("warn", NOTHING.get(sync.kind, "Nothing was linked."), f"{why}{skipped}".strip())
    also = galleries(states.get(State.UNCHANGED, 0))
    return Verdict("good", "Done.", f"{n} as planned{f', {also} were so already' if also else ''}.{skipped}")


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
    return f"{n:,} galler{'y' if n == 1 else 'ies'}" if n else ""
