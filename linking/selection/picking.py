"""The products that a person picks for a key where the match alone does not decide. Each pick is made within `locking.edit` and
leaves its way back in the selection's last_change."""

from collections.abc import Mapping, Sequence

from linking.models import GroupArrangement, KeyMatch, Selection
from linking.selection.arrangement import decided_of
from setup.reasons import Reason


def pick(selection: Selection, answer: KeyMatch, do: str, ids: Sequence[str]) -> Reason:
    """`pick` or `unpick` the products with these `ids` for the answer's key, or choose exactly them; without ids all that
    matched. Only what the store offers can be picked. Within `locking.edit`; the caller saves the row. Answers what was done."""
    offered = [product["id"] for product in answer.products]
    named = list(ids) or offered
    offered += [found["product"]["id"] for found in answer.suggestions]
    same = selection.keying.same(answer.key)
    known = decided_of(selection).get(same) or GroupArrangement(selection=selection, keying=str(selection.keying))
    known.key = same
    store = str(answer.store_match.store_id)
    by_hand = [card["id"] for card in known.by_hand.get(store, {}).get("cards", ())]
    before = list(known.picks.get(store, ()))
    if do == "pick":
        wanted = {*before, *named}
    elif do == "unpick":
        wanted = set(before).difference(ids or before)
    else:
        wanted = set(ids)
    after = [id for id in dict.fromkeys([*offered, *by_hand]) if id in wanted]
    said = _said(answer, before, after, known.by_hand.get(store, {}).get("cards", ()))
    if after == before:
        return said
    known.picks = {**known.picks, store: after} if after else {at: v for at, v in known.picks.items() if at != store}
    known.save(update_fields=["key", "picks"] if known.pk else None)
    back = {"do": "choose", "k": answer.pk, "p": " ".join(before)}
    selection.last_change = {"text": said, "back": back, "url": "link-pick"}
    return said


def _said(answer: KeyMatch, before: Sequence[str], after: Sequence[str], by_hand: Sequence[Mapping]) -> Reason:
    titles = {card["id"]: card["title"] for card in by_hand}
    titles |= {product["id"]: product["title"] for product in answer.products}
    titles |= {found["product"]["id"]: found["product"]["title"] for found in answer.suggestions}
    if not after:
        return Reason("edit.left_out", key=answer.key)
    new = [titles[id] for id in after if id not in before] or [titles[id] for id in after]
    if len(after) < len(before):
        return Reason("edit.some_left", key=answer.key, count=len(after))
    if len(new) > 1:
        return Reason("edit.linked_to_several", key=answer.key, count=len(new))
    return Reason("edit.linked_to", key=answer.key, title=new[0])
