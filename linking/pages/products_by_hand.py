"""What a group's popover shows of one store: products that were chosen, and those that match, page by page."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from linking.domain.matching import Verdict
from linking.models import Selection
from linking.pages.group_cards import Answer, GroupCard, matched_products
from setup.natural_order import natural

FIRST, MORE = 12, 48


@dataclass(frozen=True)
class Shown:
    """A product that matches. `number`: its place, from 1; `excluded`: by hand."""

    number: int
    product: Mapping
    excluded: bool


@dataclass(frozen=True)
class Page:
    """Products that match, from `begin` on; `left` follow it."""

    answer: Answer
    begin: int
    products: Sequence[Shown]
    left: int

    @property
    def end(self) -> int:
        return self.begin + len(self.products)


def page_of(answer: Answer, begin: int = 0, upto: int = FIRST) -> Page:
    """The first ones by title, as many as were shown before, or the next ones."""
    found = sorted(answer.besides, key=lambda one: (natural(one["title"]), one["id"]))
    some = found[begin : begin + MORE] if begin else found[: max(FIRST, upto)]
    excluded = set(answer.out)
    shown = [Shown(begin + at, one, one["id"] in excluded) for at, one in enumerate(some, 1)]
    return Page(answer, begin, shown, max(0, len(found) - begin - len(some)))


@dataclass(frozen=True)
class OfStore:
    """One store's part of the popover. `how`: what choosing a product does: it is the first, comes beside others, or takes their
    place."""

    answer: Answer
    page: Page
    how: str

    @property
    def gets(self) -> str:
        """Numbers of the products that get the assets, of those that are not on the page, too: a search may find them."""
        return numbers(one["id"] for one in matched_products(self.answer))

    @property
    def may_go(self) -> str:
        """Of those, the ones that can be excluded."""
        if self.answer.replaced:
            return ""
        return numbers(one["id"] for one in self.answer.besides if one["id"] not in self.answer.out)

    @property
    def out(self) -> str:
        return numbers(self.answer.out)


def numbers(ids: Iterable[str]) -> str:
    return " ".join(id.rpartition("/")[2] for id in ids)


def of_stores(selection: Selection, group: GroupCard, store: str, upto: int) -> list[OfStore]:
    """`store`: pk as text; empty: every chosen one. `upto`: so many products were shown of one."""
    answers = [answer for answer in group.answers if store in ("", str(answer.store.pk))]
    shared = {one.store.pk: selection.for_store(one.store.pk).match_by.shared for one in answers}
    return [OfStore(one, page_of(one, upto=upto), how(one, shared=shared[one.store.pk])) for one in answers]


def how(answer: Answer, *, shared: bool) -> str:
    if answer.picked:
        return "too"
    if answer.offered is None or answer.offered.verdict != Verdict.MATCHED:
        return "this"
    return "too" if shared else "instead"
