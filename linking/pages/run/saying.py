"""What the page of a run says in one sentence, and in its row of numbers."""

from dataclasses import dataclass

from linking.domain.amounts import out_of_galleries
from linking.domain.sentences import OTHERS, Sums, did, will
from linking.domain.verdicts import Verdict
from linking.models import StoreSync, Sync
from linking.pages.run.numbers import RunNumbers
from setup.words import ngettext, npgettext, number


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
    # A store whose galleries all stay as they are is none of them.
    planned = sum(
        one.part.state == StoreSync.State.PLANNED and bool(one.galleries.get("planned")) for one in numbers.stores
    )
    plan = will(sync.kind, sums, planned)
    return Says(plan.text or ("" if plan.aside else str(OTHERS)), plan.aside, plan.takes, said.text)


def undo_says(sums: Sums) -> str:
    """“309 pictures leave 66 galleries, 70 return to 12”: what undoing does, whatever the run was. The first names pictures."""
    said: list[str] = []
    if n := sums.did_add:
        text = ngettext("{n} picture leaves {galleries}", "{n} pictures leave {galleries}", n)
        said.append(text.format(n=number(n), galleries=out_of_galleries(sums.did_add_in)))
    if n := sums.did_lose:
        text = ngettext("{n} picture returns to {galleries}", "{n} pictures return to {galleries}", n)
        text = ngettext("{n} returns to {galleries}", "{n} return to {galleries}", n) if said else text
        galleries = npgettext("to", "{n} gallery", "{n} galleries", sums.did_lose_in)
        said.append(text.format(n=number(n), galleries=galleries.format(n=number(sums.did_lose_in))))
    if n := sums.did_replace:
        text = ngettext(
            "{n} picture goes back to the earlier version", "{n} pictures go back to the earlier version", n
        )
        short = ngettext("{n} goes back to the earlier version", "{n} go back to the earlier version", n)
        said.append((short if said else text).format(n=number(n)))
    if n := sums.did_move:
        text = ngettext("{n} picture moves back", "{n} pictures move back", n)
        text = ngettext("{n} moves back", "{n} move back", n) if said else text
        said.append(text.format(n=number(n)))
    if n := sums.did_adopt:
        text = ngettext("{n} picture is no longer adopted", "{n} pictures are no longer adopted", n)
        text = ngettext("{n} is no longer adopted", "{n} are no longer adopted", n) if said else text
        said.append(text.format(n=number(n)))
    if n := sums.did_show + sums.did_unshow:
        text = ngettext("{n} variant picture changes back", "{n} variant pictures change back", n)
        said.append(text.format(n=number(n)))
    if n := sums.did_swatch + sums.did_unset:
        said.append(ngettext("{n} swatch goes back", "{n} swatches go back", n).format(n=number(n)))
    return ", ".join(said)
