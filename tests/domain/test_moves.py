"""Moves: the fewest, and they give the planned order when applied one after another as Shopify does."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linking.domain.moves import fewest_moves, replay

orders = st.integers(0, 12).flatmap(lambda n: st.tuples(*[st.permutations([f"m{i}" for i in range(n)])] * 2))


@given(orders)
def test_the_moves_give_the_planned_order_one_after_another(pair):
    current, target = pair
    assert replay(current, fewest_moves(current, target)) == list(target)


def longest_common(current, target):
    table = [[0] * (len(target) + 1) for _ in range(len(current) + 1)]
    for i, a in enumerate(current, 1):
        for j, b in enumerate(target, 1):
            table[i][j] = table[i - 1][j - 1] + 1 if a == b else max(table[i - 1][j], table[i][j - 1])
    return table[-1][-1]


@given(orders)
def test_the_moves_are_the_fewest(pair):
    current, target = pair
    assert len(fewest_moves(current, target)) == len(current) - longest_common(current, target)


def test_no_shorter_way_exists_for_any_order_of_four():
    """By brute force: the orders that k moves can reach are exactly those for which at most k moves are told."""
    reached, frontier, told = {"abcd"}, {"abcd"}, {"abcd": 0}
    for count in range(1, 4):
        frontier = {
            "".join([*rest[:to], x, *rest[to:]])
            for order in frontier
            for x in order
            for rest in [[y for y in order if y != x]]
            for to in range(4)
        } - reached
        reached |= frontier
        told |= dict.fromkeys(frontier, count)
    assert {"".join(p): len(fewest_moves("abcd", p)) for p in permutations("abcd")} == told


def test_orders_of_different_media_are_refused():
    with pytest.raises(ValueError, match="same media"):
        fewest_moves(["a"], ["b"])
