"""Why no product can be linked, in a sentence above the list: the store was not asked, nothing is inside of what the run is for,
no asset has a key, or no value is equal."""

from collections.abc import Iterator, Mapping, Sequence

from linking.domain.bounds import Bound, facts_of
from linking.models import Selection
from linking.pages.chain import matches_of
from linking.pages.group_answers import ChosenStore
from linking.pages.group_cards import GroupCard
from linking.pages.link_board import Board
from setup.spelling import folded
from setup.words import _, quoted


def without_key(selection: Selection, field: str) -> str:
    """Of assets that come to no group: they have no value, or the pattern takes nothing out of those that they have."""
    known = next((one for one in selection.offered_fields if one["code"] == selection.cloudinary_field), None)
    if selection.pattern and known and known["filled"]:
        text = _(
            "The pattern {pattern} finds no key in {field}. Change it under More options, or choose another field."
        )
        return text.format(pattern=quoted(selection.pattern), field=field)
    return ""


def nothing_linked(board: Board, bound: Bound) -> str:
    """Empty where it is not one of these, so that values are not equal."""
    if board.left_out:
        return _("None of the assets that match can be linked; each says why.")
    answers = [answer for group in board.groups for answer in group.answers]
    if answers and all(answer.state == "failed" for answer in answers):
        problems = {answer.store.pk: f"{answer.store}: {answer.reason}" for answer in answers if answer.reason}
        return " ".join(problems.values())
    if board.tally.outside and not board.tally.matched:
        return _("What matches is outside of the chosen products ({products}).").format(products=bound.label)
    return ""


def unknown_values(bound: Bound, groups: Sequence[GroupCard], stores: Sequence[ChosenStore]) -> list[str]:
    """Of what a run is for, values that a store does not have, as far as its answers tell: of collections it says so; vendor,
    type and tags are known only of products that match."""
    return [said for one in stores for said in _unknown(bound, groups, one)] if bound else []


def _unknown(bound: Bound, groups: Sequence[GroupCard], store: ChosenStore) -> Iterator[str]:
    members = dict(store.members)
    for name in bound.collection:
        if members.get(folded(name), ()) is None:
            yield _("{store} has no collection {value}.").format(store=store.store, value=quoted(name))
    answers = [answer for group in groups for answer in group.answers if answer.store.pk == store.store.pk]
    products: dict[str, Mapping] = {
        product["id"]: product
        for answer in answers
        for product in (*answer.products, *(product for product, _why in answer.outside))
    }
    facts = [facts_of(product, None) for product in products.values()]
    texts = {
        "vendor": _("No matching product of {store} has the vendor {value}."),
        "product_type": _("No matching product of {store} has the product type {value}."),
        "tag": _("No matching product of {store} has the tag {value}."),
    }
    for part, text in texts.items():
        known = [values for one in facts if (values := one.values(part)) is not None]
        if not known or len(known) < len(facts):
            continue
        there = {folded(value) for values in known for value in values}
        for value in getattr(bound, part):
            if folded(value) not in there:
                yield text.format(store=store.store, value=quoted(value))


def in_other_parts(selection: Selection, text: str) -> list[int]:
    """The numbers of the other parts of a chain that have exactly this key. Two queries; none of a selection by itself."""
    if selection.chain_id is None or not text.strip():
        return []
    others, same = selection.others(), selection.keying.same
    matches = matches_of(others)
    wanted = same(text.strip())
    found = []
    for one in others:
        asked = list(matches.get(one.pk, {}).values())
        if asked and any(same(key) == wanted for key in asked[0].keys.values_list("key", flat=True)):
            found.append(one.part)
    return sorted(found)
