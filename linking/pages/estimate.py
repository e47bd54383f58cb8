"""The line under the buttons of Link to Products: what a run would do now, as far as that is counted."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.utils import timezone

from linking import queue
from linking.domain.counting import Fate, words_for
from linking.domain.estimates import Counted
from linking.estimating import asking
from linking.models import Estimate, Selection
from linking.pages.group_filter import STATES
from linking.pages.link_board import Board
from linking.pages.store_cards import StoreCard
from setup.reasons import NONE, Reason, ended
from setup.words import _, gettext_lazy, ngettext, npgettext, number

# The filters of the list that show assets of a fate, in groups of which that is true, and what the way to them is called;
# empty: Show.
FILTERS: Mapping[Fate, Mapping[str, object]] = {
    Fate.KEYLESS: {"keyless": ""},
    Fate.AMBIGUOUS: {"ambiguous": ""},
    Fate.OUTSIDE: {"outside": ""},
    Fate.UNMATCHED: {"unmatched": ""},
    Fate.EXCLUDED: {"excluded": gettext_lazy("Show groups"), "out": gettext_lazy("Show partly excluded")},
    Fate.UNLINKABLE: {"error": ""},
}


@dataclass(frozen=True)
class EstimateLine:
    """`state`: `resting` (nothing was asked yet, it will be), `counting`, `late` (nobody counts), `known`, or `failed`. `left`:
    stores that are not counted, each with why. `risky`: the link mode may remove pictures. `run`: what a run will cost;
    `points`, `requests`: what the count has cost."""

    state: str
    risky: bool = False
    counted: Counted = field(default_factory=Counted)
    left: Sequence[tuple[str, Reason]] = ()
    problem: Reason = NONE
    run: Mapping[str, int] = field(default_factory=dict)
    points: int = 0
    requests: int = 0

    @property
    def whole(self) -> bool:
        return self.state == "known" and self.counted.whole and not self.left

    @property
    def may_take(self) -> bool:
        """Whether it has to be said that pictures may leave, because nobody knows that none do."""
        return self.risky and not self.whole and not self.counted.taken

    @property
    def over(self) -> bool:
        """Whether the page asks no more."""
        return self.state not in ("resting", "counting")

    @property
    def classes(self) -> str:
        """For the bar, which is red where pictures leave or may leave, and whose button stands back where nothing changes."""
        red = " takes-out" if self.counted.taken or self.may_take else ""
        if not self.over:
            return f"counting{red}"
        quiet = " changes-nothing" if self.whole and self.counted.changes_nothing else ""
        return ("known" if self.state == "known" else "failed") + red + quiet

    @property
    def words(self) -> tuple[str, str, str]:
        return self.counted.words if self.whole else self.counted.at_least

    @property
    def said(self) -> str:
        return "".join(self.words)

    @property
    def not_counted(self) -> str:
        """The stores that are left to the run: the first by its name."""
        if not self.left:
            return ""
        store, more = self.left[0][0], len(self.left) - 1
        if not more:
            return _("{store} is not counted").format(store=store)
        said = ngettext(
            "{store} and {n} other store are not counted", "{store} and {n} other stores are not counted", more
        )
        return said.format(store=store, n=number(more))

    @property
    def costs(self) -> list[str]:
        """In sentences."""
        return list(_costs(self.run, self.points, self.requests))

    @property
    def text(self) -> str:
        """For the page's live region, once there is something to say."""
        if not self.over:
            return ""
        said = [_("This may remove pictures.")] if self.may_take else []
        if self.state != "known":
            return " ".join([*said, _("Not counted.")])
        said.append(ended("".join(self.words)))
        return " ".join([*said, *([ended(self.not_counted)] if self.left else [])])


def _costs(run: Mapping[str, int], points: int, requests: int) -> Iterator[str]:
    """What a run will cost, and what counting has cost, a sentence each."""
    if run.get("points"):
        asked, written = run.get("requests", 0), run.get("mutations", 0)
        found = npgettext("cost", "{n} request", "{n} requests", asked).format(n=number(asked))
        if written:
            said = ngettext(
                "About {points} API points, {requests} and {n} mutation.",
                "About {points} API points, {requests} and {n} mutations.",
                written,
            )
        else:
            said = _("About {points} API points and {requests} to look; AssetLink writes nothing.")
        yield said.format(points=number(run["points"]), requests=found, n=number(written))
    if points:
        found = npgettext("in", "{n} request", "{n} requests", requests).format(n=number(requests))
        said = ngettext("Counting took {n} point in {requests}.", "Counting took {n} points in {requests}.", points)
        yield said.format(n=number(points), requests=found)
    else:
        yield _("Counting took no points: the galleries had just been read.")


def line_of(selection: Selection, stores: Sequence[StoreCard]) -> EstimateLine:
    """Reads only: nothing is asked here. Two queries, and Redis while something is counted."""
    asked = [(card.store, card.match) for card in stores if card.chosen]
    row = Estimate.objects.filter(selection=selection).first()
    risky = selection.takes_in(store.pk for store, _match in asked)
    if row is None or not asking.rests(selection, asked):
        return EstimateLine("resting", risky)
    found = _line(row, asking.question_of(selection, asked), {store.pk: str(store) for store, _match in asked})
    return replace(found, risky=risky)


def _line(row: Estimate, question: str, names: Mapping[int, str]) -> EstimateLine:
    """`names`: of the stores that are asked, by pk."""
    now = timezone.now()
    if row.question == question and row.busy:  # also while an answer that leaves stores out is counted once more
        return EstimateLine("late" if asking.is_late(row, now=now) or not queue.answers() else "counting")
    if row.answers(question, now=now):
        counted = Counted.read(row.result.get("counted"))
        left = [(names[pk], why) for pk, why in row.result["left"] if pk in names]
        state = "failed" if (left or counted.unread) and not counted.galleries else "known"
        cost = {"run": row.result["run"], "points": row.points, "requests": row.requests}
        return EstimateLine(state, counted=counted, left=left, problem=left[0][1] if left else NONE, **cost)
    failed = row.question == question and row.problem
    return EstimateLine("failed", problem=row.problem) if failed else EstimateLine("resting")


def estimate_context(selection: Selection, stores: Sequence[StoreCard], board: Board) -> dict:
    """`unlinked`: how many assets are linked nowhere, why, and the filters that show them."""
    words = words_for(selection.field_label(selection.cloudinary_field))
    unlinked = [(number, words[why], _filters(board, why)) for why, number in board.assets.reasons]
    return {"estimate": line_of(selection, stores), "unlinked": unlinked}


def _filters(board: Board, why: Fate) -> list[tuple[str, object]]:
    listed = (*board.groups, board.rest)
    return [(code, do) for code, do in FILTERS.get(why, {}).items() if any(map(STATES[code], listed))]
