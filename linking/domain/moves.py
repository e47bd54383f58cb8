"""Which media of a gallery may stay where they are when it is put into another order."""

from bisect import bisect_left
from collections.abc import Sequence


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
