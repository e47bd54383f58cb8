"""Which of a board's groups a page shows: those that the person looks for, as many as fit."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from linking.domain.matching import Verdict
from linking.pages.link_board import AssetCard, Board, GroupCard
from linking.pages.text_search import asked_text
from setup.spelling import searched

# So many groups, and so many pictures or rows of them, come at a time; of one group so many at first.
GROUPS = 32
TILES = 96
ROWS = 40
TILES_OF_A_GROUP = 60


def match_of(group: GroupCard) -> str:
    """What the chosen stores make of a group, one Verdict however many they are: ambiguous where somebody has to decide, else
    matched if any store has it, unmatched if none has. Empty while a store may still say more, and for an excluded group."""
    if group.excluded or group.out == len(group.assets):
        return ""
    if not group.key:
        return Verdict.UNMATCHED
    said = {answer.state for answer in group.answers}
    known = (Verdict.AMBIGUOUS, Verdict.MATCHED, *(() if "pending" in said else (Verdict.UNMATCHED,)))
    return next((verdict for verdict in known if verdict in said), "")


def in_trouble(group: GroupCard) -> bool:
    """Whether a store could not be asked, or an asset that is not left out cannot be linked."""
    failed = any(answer.state == "failed" for answer in group.answers)
    return failed or (not group.excluded and any(card.trouble and not card.excluded for card in group.assets))


# What a group can be asked for. By what stores say it is one of the first three, or none yet.
STATES: Mapping[str, tuple[str, Callable[[GroupCard], bool]]] = {
    "matched": ("Matched", lambda group: match_of(group) == Verdict.MATCHED),
    "unmatched": ("Unmatched", lambda group: match_of(group) == Verdict.UNMATCHED),
    "ambiguous": ("Ambiguous", lambda group: match_of(group) == Verdict.AMBIGUOUS),
    "excluded": ("Excluded", lambda group: group.excluded or group.out > 0),
    "error": ("Errors", in_trouble),
}


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
        if self.state and not STATES[self.state][1](group):
            return False
        return not self.text or self._says(group)

    def _says(self, group: GroupCard) -> bool:
        said = searched("\n".join(words_of(group)))
        return all(word in said for word in searched(self.text).split())


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
    at the very end, and count as one group each. `found` of `total` groups pass the filter; they hold these `assets`."""

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


def page_of(board: Board, wanted: GroupFilter, *, rows: bool, after: str = "", upto: str = "") -> Page:
    """The groups that follow the one with the id `after`, or all of them up to `upto`, or the first ones. `rows`: each asset
    takes a row, not only a tile."""
    place = {group.id: at for at, group in enumerate(board.groups)}
    begin, until = place.get(after, -1), place.get(upto, -1)
    fitting = [(at, group) for at, group in enumerate(board.groups) if wanted.fits(group)]
    following = [(at, group) for at, group in fitting if at > begin]
    known = [group for at, group in following if at <= until]
    groups = known or [group for _, group in following][: _fitting_in(following, rows=rows)]
    more = len(following) > len(groups)
    keyless = board.keyless if board.keyless and wanted.fits(board.rest) else ()
    missing = () if wanted.text or wanted.state not in ("", "error") else board.missing
    found = len(fitting) + bool(keyless) + bool(missing)
    assets = {card.number: card for _, group in fitting for card in group.assets}
    last = groups[-1].id if more else ""
    keyless, missing = ((), ()) if more else (keyless, missing)
    return Page(groups, last, found, total_of(board), keyless, missing, list(assets.values()))


def _fitting_in(groups: Sequence[tuple[int, GroupCard]], *, rows: bool) -> int:
    """How many of them one page holds; at least one."""
    taken = 0
    for count, (_, group) in enumerate(groups[:GROUPS]):
        taken += min(len(group.assets), ROWS if rows else TILES_OF_A_GROUP)
        if count and taken > (ROWS if rows else TILES):
            return count
    return GROUPS


def total_of(board: Board) -> int:
    """What the list shows without a filter: groups, the assets without a key, and those that Cloudinary has no more."""
    return len(board.groups) + bool(board.keyless) + bool(board.missing)


def counts_of(board: Board) -> list[tuple[str, str, int]]:
    """Code, label and number of groups of every state: as many as its filter shows."""
    listed = [*board.groups, board.rest] if board.keyless else board.groups
    return [
        (code, label, sum(map(test, listed)) + (code == "error" and bool(board.missing)))
        for code, (label, test) in STATES.items()
    ]
