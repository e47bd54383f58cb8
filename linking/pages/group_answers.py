"""What each chosen store says about a key, the person's picks included."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from linking.matching import answers
from linking.matching.answers import Stamp
from linking.models import KeyRow
from linking.pages.group_cards import Answer, ShownStore
from linking.pages.store_cards import StoreCard
from linking.selection.arrangement import decision
from setup.reasons import Reason

Picks = Mapping[str, Sequence[str]]
Ask = Callable[[str, Picks], Answer]


class ChosenStore(NamedTuple):
    """A store as groups have to do with it: two that are equal say the same about every key. `match`: the pk of what it was
    asked; `stamp`: of what it answered; `problem`: why it could not be asked, if it could not."""

    store: ShownStore
    match: int | None
    stamp: Stamp | None
    problem: Reason | None


def chosen_of(cards: Sequence[StoreCard]) -> tuple[ChosenStore, ...]:
    """One query."""
    chosen = [card for card in cards if card.chosen]
    asked = [card.match for card in chosen if card.match is not None]
    stamps = answers.stamps_of([card.match for card in chosen if card.match and card.state in ("matched", "pending")])
    pks = {match.store_id: match.pk for match in asked}
    return tuple(
        ChosenStore(
            ShownStore(card.store.pk, str(card.store)),
            match := pks.get(card.store.pk),
            stamps.get(match) if match else None,
            card.problem if card.state == "failed" else None,
        )
        for card in chosen
    )


def asks_of(stores: Sequence[ChosenStore], same: Callable[[str], str]) -> list[Ask]:
    """For every store a function from what identifies a key (`same` of it) and the person's picks to what the store says about
    it. One query at most."""
    found = answers.of_matches({store.match: store.stamp for store in stores if store.match and store.stamp})
    known = {pk: {same(row.key): row for row in rows} for pk, rows in found.items()}
    return [_asker(one, known.get(one.match or 0, {})) for one in stores]


def _asker(one: ChosenStore, known: Mapping[str, KeyRow]) -> Ask:
    def answer(key: str, picks: Picks) -> Answer:
        if one.problem is not None:
            return Answer(one.store, "failed", one.problem)
        if (row := known.get(key)) is None:
            return Answer(one.store, "pending")
        found = decision(row, picks.get(str(one.store.pk), ()))
        return Answer(one.store, found.verdict, found.reason, found.products, found.picked, row)

    return answer
