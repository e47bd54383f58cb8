"""Products that a person chooses by hand for a group, or excludes of those that match, in one store. Each edit is made within
`locking.edit` and leaves its way back in the selection's last_change."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from linking.domain.by_hand import MOST_CHOSEN, ByHand
from linking.selection.arrangement import ArrangedGroup, plain_card, without_reasons
from linking.selection.editing import SelectionEdit, keep
from setup.reasons import Reason

Titles = Mapping[str, str]


def choose(edit: SelectionEdit, id: str, store_pk: int, card: Mapping, *, also: bool) -> None:
    """`card`: as the store described the product just now; `also`: beside what matches. Who chose before goes on as they began.
    Raises NotThere."""
    group = edit.group(id)
    hand = group.hand(store_pk)
    if len(hand.picks) >= MOST_CHOSEN and card["id"] not in hand.picks:
        edit.said = Reason("find.most", most=MOST_CHOSEN)
        return
    after = hand.choose(plain_card(card), also=hand.also if hand.picks else also)
    _decide(edit, group, store_pk, after, Reason("edit.linked_to", key=group.key, title=card["title"]))


def leave(edit: SelectionEdit, id: str, store_pk: int, product_ids: Iterable[str], titles: Titles) -> None:
    """What was chosen is chosen no more. Raises NotThere."""
    group, ids = edit.group(id), list(product_ids)
    hand = group.hand(store_pk)
    named = next((titles[one] for one in ids if one in titles), "")
    after = hand.leave(ids)
    some = Reason("edit.not_chosen", key=group.key, title=named)
    _decide(edit, group, store_pk, after, some if after.picks else Reason("edit.left_out", key=group.key))


def exclude(
    edit: SelectionEdit, id: str, store_pk: int, product_ids: Iterable[str], titles: Titles, *, out: bool
) -> None:
    """Products that match get nothing, or get the assets again. Raises NotThere."""
    group, ids = edit.group(id), list(product_ids)
    hand = group.hand(store_pk)
    changed = [one for one in ids if (one in hand.out) != out]
    named = {"title": titles[changed[0]]} if len(changed) == 1 and changed[0] in titles else {}
    said = Reason(
        "edit.product_excluded" if out else "edit.product_included", key=group.key, count=len(changed), **named
    )
    _decide(edit, group, store_pk, hand.exclude(changed) if out else hand.include(changed), said)


def _decide(edit: SelectionEdit, group: ArrangedGroup, store_pk: int, hand: ByHand, said: Reason) -> None:
    edit.said = said
    edit.chosen.add(group.id)  # the page may have shown it otherwise
    if hand == group.hand(store_pk):
        return
    store, was = str(store_pk), {"picks": dict(group.picks), "by_hand": without_reasons(group.by_hand)}
    picks = {**group.picks, store: list(hand.picks)}
    by_hand = {**without_reasons(group.by_hand), store: hand.kept}
    now = {
        "picks": {at: ids for at, ids in picks.items() if ids},
        "by_hand": without_reasons({at: known for at, known in by_hand.items() if known}),
    }
    row = keep(edit, group, **now)
    edit.replace(replace(group, picks=row.picks, by_hand=row.by_hand))
    edit.say(said, groups=[[group.same, was]])
