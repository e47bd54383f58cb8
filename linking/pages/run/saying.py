"""What the page of a run says in one sentence, and in its row of numbers."""

from dataclasses import dataclass

from linking.domain.sentences import OTHERS, PICTURES, SWATCHES, VARIANTS, Sums, did, will
from linking.domain.verdicts import GALLERIES, Verdict
from linking.models import StoreSync, Sync
from linking.pages.run.numbers import RunNumbers
from setup.reasons import plural


@dataclass(frozen=True)
class Says:
    """The sentence of the page, and what has to be known beside it."""

    text: str
    aside: str = ""
    takes: bool = False
    note: str = ""

    @property
    def whole(self) -> str:
        return " ".join(filter(None, [self.text, self.aside, self.note]))


def says(sync: Sync, numbers: RunNumbers, sums: Sums, said: Verdict) -> Says:
    if not sync.dry_run:
        did_it = did(sync.kind, sums) if sums.did_anything else ""
        return Says(did_it or said.title, said.text)
    if said.title:
        return Says(said.title, said.text)
    planned = sum(part.state == StoreSync.State.PLANNED for part in numbers.parts)
    plan = will(sync.kind, sums, planned)
    return Says(plan.text or ("" if plan.aside else OTHERS), plan.aside, plan.takes, said.text)


def undo_says(sync: Sync, sums: Sums) -> str:
    """“309 pictures leave 66 galleries, 70 return to 12”: what undoing does, whatever the run was."""
    swatches = sums.did_swatch + sums.did_unset
    clauses = [
        (sums.did_add, "leaves", "leave", f" {plural(sums.did_add_in, *GALLERIES)}"),
        (sums.did_lose, "returns to", "return to", f" {plural(sums.did_lose_in, *GALLERIES)}"),
        (sums.did_replace, "goes back to the earlier version", "go back to the earlier version", ""),
        (sums.did_move, "moves back", "move back", ""),
    ]
    found = [(n, f"{one if n == 1 else more}{where}") for n, one, more, where in clauses if n]
    said = [f"{f'{n:,}' if at else plural(n, *PICTURES)} {words}" for at, (n, words) in enumerate(found)]
    if n := sums.did_show + sums.did_unshow:
        said.append(
            f"{plural(n, *VARIANTS)} {'gets its earlier picture' if n == 1 else 'get their earlier pictures'} back"
        )
    if swatches:
        said.append(f"{plural(swatches, *SWATCHES)} {'is' if swatches == 1 else 'are'} taken back")
    return ", ".join(said)
