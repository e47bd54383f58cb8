"""The fewest moves that bring a gallery into order, told as Shopify takes them: one after another."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Move:
    """Take the medium out and put it back at the zero-based position `to`."""

    id: str
    to: int


def stable(positions: Sequence[int]) -> set[int]:
    """The values of a longest increasing subsequence: what may stay where it is."""
    tails: list[int] = []
    tail_at: list[int] = []
    before: list[int] = []
    for at, value in enumerate(positions):
        length = bisect_left(tails, value)
        before.append(tail_at[length - 1] if length else -1)
        if length == len(tails):
            tails.append(value)
            tail_at.append(at)
        else:
            tails[length], tail_at[length] = value, at
    kept, at = set(), tail_at[-1] if tail_at else -1
    while at >= 0:
        kept.add(positions[at])
        at = before[at]
    return kept


def fewest_moves(current: Sequence[str], target: Sequence[str]) -> list[Move]:
    """Moves from `current` to `target`, which hold the same ids, each once. ValueError if they do not."""
    if len(set(current)) != len(current) or sorted(current) != sorted(target):
        raise ValueError("Current and target order must hold the same media, each once.")
    place = {id: at for at, id in enumerate(current)}
    staying = {current[at] for at in stable([place[id] for id in target])}
    working, moves = list(current), []
    for at, id in enumerate(target):
        if id not in staying:
            working.remove(id)
            to = working.index(target[at - 1]) + 1 if at else 0
            working.insert(to, id)
            moves.append(Move(id, to))
    return moves


def replay(current: Sequence[str], moves: Sequence[Move]) -> list[str]:
    """The order after the moves, applied one after another; a position beyond the end means the end."""
    working = list(current)
    for move in moves:
        working.remove(move.id)
        working.insert(move.to, move.id)
    return working
