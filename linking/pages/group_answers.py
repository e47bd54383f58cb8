"""What each chosen store says about a key, the person's picks included."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from linking.domain.bounds import EVERY, Bound, within
from linking.matching import answers
from linking.matching.answers import Stamp
from linking.models import KeyRow
from linking.pages.group_cards import Answer, ShownStore
from linking.pages.store_cards import StoreCard
from linking.selection.arrangement import ArrangedGroup, bounded, decision
from setup.reasons import Reason

Ask = Callable[[str, ArrangedGroup], Answer]


class ChosenStore(NamedTuple):
    """A store as groups have to do with it: two that are equal say the same about every key. `match`: the pk of what it was
    asked; `stamp`: of what it answered; `problem`: why it could not be asked, if it could not. `bound`: which of its products
    count, and `members`: what is known of them for that."""

    store: ShownStore
    match: int | None
    stamp: Stamp | None
    problem: Reason | None
    bound: Bound = EVERY
    members: tuple[tuple[str, tuple[str, ...] | None], ...] = ()


def chosen_of(cards: Sequence[StoreCard], bound: Bound = EVERY) -> tuple[ChosenStore, ...]:
    """One query."""
    chosen = [card for card in cards if card.chosen]
    asked = [card.match for card in chosen if card.match is not None]
    stamps = answers.stamps_of([card.match for card in chosen if card.match and card.state in ("matched", "pending")])
    pks = {match.store_id: match.pk for match in asked}
    return tuple(
        ChosenStore(
            ShownStore(card.store.pk, str(card.store), card.store.admin_base),
            match := pks.get(card.store.pk),
            stamps.get(match) if match else None,
            card.problem if card.state == "failed" else None,
            bound,
            members_of(card) if bound.collections else (),
        )
        for card in chosen
    )


def members_of(card: StoreCard) -> tuple[tuple[str, tuple[str, ...] | None], ...]:
    members = card.match.members if card.match else {}
    return tuple((name, None if ids is None else tuple(ids)) for name, ids in sorted(members.items()))


def asks_of(stores: Sequence[ChosenStore], same: Callable[[str], str]) -> list[Ask]:
    """For every store a function from what identifies a key (`same` of it) and its group, as the person arranged that, to what
    the store says about it. One query at most."""
    found = answers.of_matches({store.match: store.stamp for store in stores if store.match and store.stamp})
    known = {pk: {same(row.key): row for row in rows} for pk, rows in found.items()}
    return [_asker(one, known.get(one.match or 0, {})) for one in stores]


def _asker(one: ChosenStore, known: Mapping[str, KeyRow]) -> Ask:
    # Of what a person chose, or took over, a store is not asked which collections have it.
    asked = {product["id"] for row in known.values() for product in row.products} if one.bound.collections else None
    outside = within(one.bound, dict(one.members), asked)

    def answer(key: str, group: ArrangedGroup) -> Answer:
        if one.problem is not None:
            return Answer(one.store, "failed", one.problem)
        row, hand = known.get(key), group.hand(one.store.pk)
        found = decision(row, hand)
        if found is None:
            return Answer(one.store, "pending")
        found = bounded(found, outside)
        picked, out = tuple(found.picked), tuple(card["id"] for card in found.out)
        said = (one.store, found.verdict, found.reason, found.products, picked, row, out, hand.also)
        return Answer(*said, found.outside, found.beyond)

    return answer
