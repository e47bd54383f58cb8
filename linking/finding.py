"""Which of a board's groups a page shows: those that the person looks for, as many as fit."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from linking.board import AssetCard, Board, GroupCard
from linking.domain.matching import Verdict

# So many groups, and so many pictures or rows of them, come at a time; of one group so many at first.
GROUPS = 32
TILES = 96
ROWS = 40
TILES_OF_A_GROUP = 60


def answered(*states: str) -> Callable[[GroupCard], bool]:
    """Groups for which at least one store says so."""
    return lambda group: any(answer.state in states for answer in group.answers)


# What a group can be asked for. One may be several of them, where stores differ.
STATES: Mapping[str, tuple[str, Callable[[GroupCard], bool]]] = {
    "matched": ("Matched", answered(Verdict.MATCHED)),
    "unmatched": ("Unmatched", answered(Verdict.UNMATCHED)),
    "ambiguous": ("Ambiguous", answered(Verdict.AMBIGUOUS)),
    "excluded": ("Excluded", lambda group: group.excluded or group.out > 0),
    "error": ("Errors", lambda group: answered("failed")(group) or any(card.trouble for card in group.assets)),
}


@dataclass(frozen=True)
class Filter:
    """`text`: words that all have to be in a group. `state`: one of STATES; empty: any."""

    text: str = ""
    state: str = ""

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> "Filter":
        """As a page sends it. A state that does not exist is none."""
        state = asked.get("state", "")
        return cls(asked.get("q", "").strip()[:200], state if state in STATES else "")

    def __bool__(self) -> bool:
        return bool(self.text or self.state)

    def fits(self, group: GroupCard) -> bool:
        if self.state and not STATES[self.state][1](group):
            return False
        return not self.text or self._says(group)

    def _says(self, group: GroupCard) -> bool:
        said = "\n".join(words_of(group)).casefold()
        return all(word in said for word in self.text.casefold().split())


def words_of(group: GroupCard) -> Iterable[str]:
    """The key, names and tags of assets, and titles of products, also of those that are only offered."""
    yield group.key
    for card in group.assets:
        yield card.name
        yield from card.asset.tags
    for answer in group.answers:
        yield from (product["title"] for product in answer.products)
        if answer.offered is not None:
            yield from (product["title"] for product in answer.offered.products)
            yield from (near["product"]["title"] for near in answer.offered.suggestions)


@dataclass(frozen=True)
class Page:
    """`groups` of a board that are shown together; `after`: the id of the last one, if more follow. `keyless` and `missing` come
    at the very end. `found` of `total` groups pass the filter; they hold the assets with these `numbers`."""

    groups: Sequence[GroupCard]
    after: str
    found: int
    total: int
    keyless: Sequence[AssetCard] = ()
    missing: Sequence[str] = field(default_factory=tuple)
    assets: Sequence[AssetCard] = ()

    @property
    def nothing(self) -> bool:
        return not self.groups and not self.keyless and not self.missing


def page_of(board: Board, wanted: Filter, *, rows: bool, after: str = "", upto: str = "") -> Page:
    """The groups that follow the one with the id `after`, or all of them up to `upto`, or the first ones. `rows`: each asset
    takes a row, not only a tile."""
    place = {group.id: at for at, group in enumerate(board.groups)}
    begin, until = place.get(after, -1), place.get(upto, -1)
    fitting = [(at, group) for at, group in enumerate(board.groups) if wanted.fits(group)]
    following = [(at, group) for at, group in fitting if at > begin]
    known = [group for at, group in following if at <= until]
    groups = known or [group for _, group in following][: _fitting_in(following, rows=rows)]
    more = len(following) > len(groups)
    keyless = () if more or wanted.state not in ("", "unmatched") else _saying(board.rest, wanted)
    missing = () if more or wanted.text or wanted.state not in ("", "error") else board.missing
    assets = {card.number: card for _, group in fitting for card in group.assets}
    last = groups[-1].id if more else ""
    return Page(groups, last, len(fitting), len(board.groups), keyless, missing, list(assets.values()))


def _fitting_in(groups: Sequence[tuple[int, GroupCard]], *, rows: bool) -> int:
    """How many of them one page holds; at least one."""
    taken = 0
    for count, (_, group) in enumerate(groups[:GROUPS]):
        taken += min(len(group.assets), ROWS if rows else TILES_OF_A_GROUP)
        if count and taken > (ROWS if rows else TILES):
            return count
    return GROUPS


def _saying(group: GroupCard, wanted: Filter) -> Sequence[AssetCard]:
    return group.assets if Filter(wanted.text).fits(group) else ()


def counts_of(board: Board) -> list[tuple[str, str, int]]:
    """Code, label and number of groups of every state."""
    found = []
    for code, (label, test) in STATES.items():
        rest = (code == "unmatched" and bool(board.keyless)) + (code == "error" and bool(board.missing))
        found.append((code, label, sum(map(test, board.groups)) + rest))
    return found
