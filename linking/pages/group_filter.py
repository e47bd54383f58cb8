"""Which of a board's groups a page shows: those that the person looks for, as many as fit."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import NamedTuple

from linking.domain.counting import Standing, Tally, one
from linking.domain.ranges import ranges
from linking.pages.group_cards import AssetCard, GroupCard
from linking.pages.link_board import Board
from linking.pages.text_search import asked_text
from setup.spelling import searched
from setup.words import _, ngettext, number

# So many groups, and so many pictures or rows of them, come at a time; of one group so many at first. A row of Regular weighs
# 2.4 KiB, a picture 0.35, an answer 0.4, what stands above them 38: with three stores it makes 100 KiB. More come before one has
# scrolled to the end.
GROUPS = 18
TILES = 72
ROWS = 20
TILES_OF_A_GROUP = 24


def stands(wanted: Standing) -> Callable[[GroupCard], bool]:
    """Of groups with a key: assets without one are no group that a store could have."""
    return lambda group: bool(group.key) and group.standing == wanted


# What a group can be asked for. It is one of the first four, or none yet; the rest may be true of any.
STATES: Mapping[str, Callable[[GroupCard], bool]] = {
    "matched": stands(Standing.MATCHED),
    "ambiguous": stands(Standing.AMBIGUOUS),
    "unmatched": stands(Standing.UNMATCHED),
    "excluded": stands(Standing.EXCLUDED),
    "hand": lambda group: group.by_hand and not group.excluded,
    "less": lambda group: not group.excluded and any(answer.out for answer in group.answers),
    "out": lambda group: not group.excluded and group.standing != Standing.EXCLUDED and group.out > 0,
    "keyless": lambda group: not group.key,
    "outside": lambda group: bool(group.outside),
    "error": lambda group: group.in_trouble,
}


def states_of(group: GroupCard) -> Sequence[str]:
    """Those of STATES that are true of it. Ten questions to each of hundreds of groups: asked once, and kept with the group."""
    if "states" not in group.notes:
        group.notes["states"] = tuple(code for code, test in STATES.items() if test(group))
    return group.notes["states"]


@dataclass(frozen=True)
class GroupFilter:
    """`text`: words that all have to be in a group. `state`: one of STATES; empty: any."""

    text: str = ""
    state: str = ""

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> "GroupFilter":
        """As a page sends it. A state that does not exist is none."""
        state = asked.get("state", "")
        return cls(asked_text(asked), state if state in STATES else "")

    def __bool__(self) -> bool:
        return bool(self.text or self.state)

    def fits(self, group: GroupCard) -> bool:
        if self.state and not STATES[self.state](group):
            return False
        return all(word in group.words for word in self._words)

    @cached_property
    def _words(self) -> Sequence[str]:
        return searched(self.text).split()


@dataclass(frozen=True)
class Page:
    """`groups` of a board that are shown together; `after`: the id of the last one, if more follow. `keyless` and `missing` come
    at the very end, and count as no group. `found` of `total` groups pass the filter, and their assets have these `numbers`; so
    do `stray` assets without a key."""

    groups: Sequence[GroupCard]
    after: str
    found: int
    total: int
    keyless: Sequence[AssetCard] = ()
    missing: Sequence[str] = field(default_factory=tuple)
    numbers: str = ""
    stray: int = 0

    @property
    def text(self) -> str:
        """“57 of 61 groups”, and what is listed besides."""
        groups = ngettext("{found} of {n} group", "{found} of {n} groups", self.total)
        groups = groups.format(found=number(self.found), n=number(self.total))
        if not self.stray:
            return groups
        said = ngettext("{groups}, {n} asset in no group", "{groups}, {n} assets in no group", self.stray)
        return said.format(groups=groups, n=number(self.stray))

    @property
    def nothing(self) -> bool:
        return not self.groups and not self.keyless and not self.missing


def page_of(board: Board, wanted: GroupFilter, *, rows: bool, after: str = "", upto: str = "") -> Page:
    """The groups that follow the one with the id `after`, or all of them up to `upto`, or the first ones. `rows`: each asset
    takes a row, not only a tile."""
    place = {group.id: at for at, group in enumerate(board.groups)}
    begin, until = place.get(after, -1), place.get(upto, -1)
    fitting = [(at, group) for at, group in enumerate(board.groups) if wanted.fits(group)]
    following = [(at, group) for at, group in fitting if at > begin]
    known = [group for at, group in following if at <= until]
    groups = known or [group for _at, group in following][: _fitting_in(following, rows=rows)]
    more = len(following) > len(groups)
    keyless = board.keyless if board.keyless and wanted.fits(board.rest) else ()
    missing = () if wanted.text or wanted.state not in ("", "error") else board.missing
    found = len(fitting)
    numbers = ranges(chain.from_iterable(group.places for _at, group in fitting))
    last = groups[-1].id if more else ""
    stray = len(keyless)
    keyless, missing = ((), ()) if more else (keyless, missing)
    return Page(groups, last, found, len(board.groups), keyless, missing, numbers, stray)


def _fitting_in(groups: Sequence[tuple[int, GroupCard]], *, rows: bool) -> int:
    """How many of them one page holds; at least one."""
    taken = 0
    for count, (_at, group) in enumerate(groups[:GROUPS]):
        taken += min(len(group.assets), ROWS if rows else TILES_OF_A_GROUP)
        if count and taken > (ROWS if rows else TILES):
            return count
    return GROUPS


class Filter(NamedTuple):
    """A state that the list can be filtered by. `text`: its number with what it counts, in words. `offered`: whether there is
    anything of it; the one that is chosen is offered in any case."""

    code: str
    text: str
    offered: bool


def filters_of(board: Board, wanted: GroupFilter, label: str, bound: str = "", *, part: bool = False) -> list[Filter]:
    """The count line. `label`: of the key's field; `bound`: of the products that the run is for. The first four count keys, and
    add up to all of them with those that no store has said anything of yet, and those whose products are all outside of the
    bound. `part`: the board is of one part of a chain, beside buttons that count all of them."""
    listed = [*board.groups, board.rest] if board.keyless else board.groups
    found = Counter(chain.from_iterable(map(states_of, listed)))
    counts = {code: found[code] for code in STATES}
    tally, stray = board.tally, len(board.keyless)
    words = {
        "matched": _matched(tally, label),
        "ambiguous": _("{n} ambiguous").format(n=number(tally.ambiguous)),
        "unmatched": _("{n} unmatched").format(n=number(tally.unmatched)),
        "excluded": _("{n} excluded").format(n=number(tally.excluded)),
        "hand": _("{n} chosen by hand").format(n=number(counts["hand"])),
        "less": _("{n} with excluded products").format(n=number(counts["less"])),
        "out": _("{n} partly excluded").format(n=number(counts["out"])),
        "keyless": _("{n} without {a_field}").format(n=number(stray), a_field=one(label)),
        "outside": _outside(board.outside, bound, part=part),
        "error": _("{n} with problems").format(n=number(counts["error"])),
    }
    there = {code: count > 0 for code, count in counts.items()} | {"matched": tally.answered}
    return [Filter(code, text, there[code] or wanted.state == code) for code, text in words.items()]


def _outside(n: int, bound: str, *, part: bool) -> str:
    if part:
        said = ngettext(
            "{n} matched product in this part is outside of {bound}",
            "{n} matched products in this part are outside of {bound}",
            n,
        )
    else:
        said = ngettext("{n} matched product is outside of {bound}", "{n} matched products are outside of {bound}", n)
    return said.format(n=number(n), bound=bound)


def _matched(tally: Tally, label: str) -> str:
    if tally.groups == 1:
        return _("{n} of 1 {field} matched").format(n=number(tally.matched), field=label)
    return _("{n} of {all} {keys} matched").format(n=number(tally.matched), all=number(tally.groups), keys=tally.label)
