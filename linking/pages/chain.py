"""The parts of a chain as a page of one of them shows them: which there are, and what all of them together come to."""

import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from linking.models import Selection, StoreMatch
from linking.pages.link_board import Board, board_of
from linking.pages.store_cards import StoreCard, store_cards
from linking.pages.upload_board import UploadBoard
from linking.pages.upload_board import board_of as upload_board_of
from linking.runtime.kept import Kept
from setup.models import Store

# What a process keeps of parts that it does not show: it is counted again when they change, and once a minute, as an asset may be
# shown from some hour on.
MOST_KEPT, FRESH = 200, 60


@dataclass(frozen=True)
class Sums:
    """What one part comes to. `products`: store pk -> ids of those that get assets; `waiting`: a ticked store is still asked."""

    assets: int = 0
    keys: int = 0
    linked_assets: int = 0
    linked_groups: int = 0
    not_linked: int = 0
    products: Mapping[int, frozenset[str]] | None = None
    waiting: bool = False

    @classmethod
    def of(cls, board: Board, cards: Iterable[StoreCard]) -> "Sums":
        return cls(
            assets=board.total,
            keys=len(board.groups),
            linked_assets=board.linked_assets,
            linked_groups=board.linked_groups,
            not_linked=board.assets.not_linked,
            products={pk: frozenset(board.products_of(pk)) for pk in board.stores},
            waiting=any(card.chosen and card.state == "pending" for card in cards),
        )


@dataclass(frozen=True)
class ChainPart:
    """`shown`: it is the page's own."""

    number: int
    key: uuid.UUID
    shown: bool
    sums: Sums


@dataclass(frozen=True)
class ChainBoard:
    """Read alike by templates as a board of one selection."""

    parts: Sequence[ChainPart]
    most: int
    # Of all parts: another one after each edit of any of them.
    version: int

    @property
    def own(self) -> ChainPart:
        return next(part for part in self.parts if part.shown)

    @property
    def large(self) -> bool:
        """Whether this part has more assets than a part should: they share one group, or groups that share assets."""
        return self.own.sums.assets > self.most

    @property
    def linked_assets(self) -> int:
        return sum(part.sums.linked_assets for part in self.parts)

    @property
    def linked_groups(self) -> int:
        return sum(part.sums.linked_groups for part in self.parts)

    @property
    def not_linked(self) -> int:
        return sum(part.sums.not_linked for part in self.parts)

    @cached_property
    def linked_products(self) -> int:
        """Once in each store, in however many parts there are groups of it."""
        found: dict[int, set[str]] = {}
        for part in self.parts:
            for store, ids in (part.sums.products or {}).items():
                found.setdefault(store, set()).update(ids)
        return sum(map(len, found.values()))

    @property
    def waiting(self) -> int:
        return sum(part.sums.waiting for part in self.parts)


kept = Kept[Sums](MOST_KEPT)


def chain_of(selection: Selection, cards: Sequence[StoreCard], board: Board) -> ChainBoard | None:
    """None for a selection that is no part of one. `board`: its own."""
    if selection.chain is None:
        return None
    others, own = selection.others(), ChainPart(selection.part, selection.key, True, Sums.of(board, cards))
    stores, matches = {card.store: card.chosen for card in cards}, matches_of(others)
    parts = [ChainPart(one.part, one.key, False, _sums_of(one, stores, matches.get(one.pk, {}))) for one in others]
    return ChainBoard(
        sorted([own, *parts], key=lambda part: part.number), selection.chain.most, version_of(selection, others)
    )


def version_of(selection: Selection, others: Sequence[Selection]) -> int:
    return sum(one.version for one in (selection, *others))


def matches_of(parts: Sequence[Selection]) -> dict[int, dict[int, StoreMatch]]:
    """By part and store. One query."""
    found: dict[int, dict[int, StoreMatch]] = {}
    for match in StoreMatch.objects.filter(selection__in=parts):
        found.setdefault(match.selection_id, {})[match.store_id] = match
    return found


def _sums_of(part: Selection, stores: Mapping[Store, bool], matches: Mapping[int, StoreMatch]) -> Sums:
    states = sorted((pk, one.question, one.state, one.known, one.matched) for pk, one in matches.items())
    chosen = sorted(store.pk for store, taken in stores.items() if taken and store.is_open)
    stamp = (part.version, part.assets_version, part.reread, states, chosen, int(time.time() // FRESH))
    found = kept.get(part.pk, repr(stamp))
    if found is None:
        cards = store_cards(part, stores, matches)
        found = Sums.of(board_of(part, cards), cards)
        kept.put(part.pk, repr(stamp), found, 1)
    return found


def answers_of(selection: Selection, cards: Sequence[StoreCard]) -> tuple[list[tuple], bool]:
    """What the other parts were answered, as a value that tells whether it has changed, and whether a ticked store has still to
    answer one. One query."""
    others = selection.others()
    matches, chosen = matches_of(others), [card.store.pk for card in cards if card.chosen]
    found = [
        (one.pk, one.question, one.state, one.matched, one.whole)
        for known in matches.values()
        for one in known.values()
    ]
    each = [matches.get(part.pk, {}).get(pk) for part in others for pk in chosen]
    return sorted(found), any(match is None or (match.busy and not match.whole) for match in each)


@dataclass(frozen=True)
class UploadChain:
    """The same for an upload, of all parts. `ready`: assets that can be uploaded; `coming`: those that at least one of the stores
    lacks."""

    parts: Sequence[ChainPart]
    ready: int
    coming: int
    version: int

    @property
    def own(self) -> ChainPart:
        return next(part for part in self.parts if part.shown)


def upload_chain_of(selection: Selection, own: UploadBoard, stores: Mapping[Store, bool]) -> UploadChain | None:
    """`own`: the board of the selection itself."""
    if selection.chain_id is None:
        return None
    others = selection.others()
    boards = [(selection, own), *((one, upload_board_of(one, stores=stores)) for one in others)]
    parts = [
        ChainPart(one.part, one.key, one is selection, Sums(len(board.cards) + len(board.missing)))
        for one, board in boards
    ]
    ready, coming = (sum(getattr(board, name) for _one, board in boards) for name in ("ready", "coming"))
    return UploadChain(sorted(parts, key=lambda part: part.number), ready, coming, version_of(selection, others))
