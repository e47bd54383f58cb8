"""Link Configuration: the sentence that says what will happen, and what is missing until something can."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from linking.domain import order_words
from linking.domain.galleries import TAKING, LinkMode
from linking.models import Selection
from linking.models.selections import MODES
from linking.models.setting_words import label_of, mode_words, with_differing
from linking.pages.chain import ChainBoard, chain_of
from linking.pages.estimate import estimate_context
from linking.pages.link_board import Board
from linking.pages.list_notes import without_key
from linking.pages.store_cards import StoreCard
from setup.models import Store
from setup.words import _, gettext_lazy, npgettext, number

# What a link mode does to a gallery, and whether pictures may leave it.
NOTES = {
    LinkMode.APPEND.value: gettext_lazy("Adds after what is there."),
    LinkMode.PREPEND.value: gettext_lazy("Adds before what is there."),
    LinkMode.POSITION.value: gettext_lazy("Adds from a position that you choose."),
    LinkMode.IN_PLACE.value: gettext_lazy("Replaces from position 1, skips the rest."),
    LinkMode.OVERWRITE_AND_ADD.value: gettext_lazy("Replaces from position 1, adds the rest."),
    LinkMode.RESET.value: gettext_lazy("Leaves only these assets in the gallery."),
    LinkMode.MIRROR.value: gettext_lazy("Removes earlier links that are not selected."),
}
CHOICES = [(code, label, NOTES[code]) for code, label in MODES]
# What is chosen from.
BY_EFFECT = {
    "keep": [choice for choice in CHOICES if choice[0] not in TAKING],
    "take": [choice for choice in CHOICES if choice[0] in TAKING],
}


@dataclass(frozen=True)
class Sentence:
    """The parts of the sentence as people read them. `mode`, `match`: with how many stores differ, which are `modes_differ` and
    `matches_differ`; `mode_alone`, `match_alone`: without. `field`: the Cloudinary field; `changed`: how many of the options that
    are rare are not as a new selection begins with them."""

    mode: str
    mode_alone: str
    modes_differ: int
    takes: bool
    plans_first: bool
    stores: Sequence[str]
    match: str
    match_alone: str
    matches_differ: int
    field: str
    order: str
    changed: int


def sentence_of(selection: Selection, cards: Sequence[StoreCard]) -> Sentence:
    chosen = [card.store.pk for card in cards if card.chosen]
    differing = Counter(name for own in selection.differing(chosen).values() for name in own_parts(own))
    field = selection.field_label(selection.cloudinary_field)
    mode = mode_words(selection.link_mode, selection.position)
    match = f"{field} = {label_of(selection.match_by)}"
    return Sentence(
        mode=with_differing(mode, differing["link_mode"]),
        mode_alone=mode,
        modes_differ=differing["link_mode"],
        takes=selection.takes_in(chosen),
        plans_first=selection.plans_first_in(chosen),
        stores=[str(card.store) for card in cards if card.chosen],
        match=matched_by(selection, with_differing(match, differing["shopify_field"])),
        match_alone=matched_by(selection, match),
        matches_differ=differing["shopify_field"],
        field=field,
        order=order_words.in_short(selection.orders, selection.offered_fields),
        changed=changed_options(selection) + bool(differing["transformation"] and not selection.transformation),
    )


@dataclass(frozen=True)
class Ordering:
    """What the order of a group's assets does. `ways`, `then_ways`: ascending and descending, in the field's own words; empty
    without a field."""

    words: str
    missing: Sequence[str]
    groups: str
    ways: Sequence[str]
    then_ways: Sequence[str]


def ordering_of(selection: Selection, board: Board) -> Ordering:
    orders, offered = selection.orders, selection.offered_fields
    ways = [order_words.directions(one) for order in orders for one in offered if one["code"] == str(order.field)]
    return Ordering(
        words=order_words.in_words(orders, offered),
        missing=order_words.missing(orders, board.lacking(len(orders)), offered, board.going) if orders else (),
        groups=order_words.of_groups(selection.group_order),
        ways=ways[0] if ways else (),
        then_ways=ways[1] if len(ways) > 1 else (),
    )


def own_parts(own: Mapping[str, object]) -> set[str]:
    """The parts of the sentence that a store has otherwise: of a mode its position is one."""
    return {"link_mode" if name == "position" else name for name in own}


def matched_by(selection: Selection, match: str) -> str:
    if not selection.product_bound:
        return match
    return _("{match}, only {products}").format(match=match, products=selection.product_bound.label)


def changed_options(selection: Selection) -> int:
    begins = selection.environment
    return sum(
        (
            bool(selection.pattern),
            bool(selection.separator),
            selection.fold != begins.default_fold,
            bool(selection.transformation),
            selection.alt_policy != begins.alt_policy,
            selection.variant_pictures,
            selection.variant_reach != begins.default_variant_reach,
        )
    )


def step_of(board: Board, cards: Sequence[StoreCard], chain: ChainBoard | None = None) -> str:
    """What has to be done before anything can be linked, as a code (link/_next.html has the words); empty: nothing. Of a
    `chain` it is enough that another part has something."""
    chosen = [card.state for card in cards if card.chosen]
    if not cards:
        return "connect"
    if all(card.state == "broken" for card in cards):
        return "paused" if all(card.store.status == Store.Status.PAUSED for card in cards) else "broken"
    if chosen and chain is not None and chain.linked_products:
        return ""
    if not board.groups:
        return "ungrouped"
    if not chosen:
        return "choose"
    if board.linked_products:
        return ""
    if "pending" in chosen:
        return "waiting"
    if "matched" not in chosen:
        return "failed"
    if board.left_out:
        return "left_out"
    if board.tally.ambiguous:
        return "ambiguous"
    return "outside" if board.tally.outside else "unmatched"


def left_out_by(board: Board) -> str:
    """The filter of the list that shows why what matches is left out: `excluded` by a person, or `error`."""
    by_hand = any(group.matched and (group.excluded or group.out) for group in board.groups)
    return "excluded" if by_hand else "error"


# What only admins can do, on Setup.
IN_SETUP = ("connect", "broken", "paused")


def matching_of(cards: Sequence[StoreCard]) -> list[StoreCard]:
    """The stores that have products for this selection."""
    return [card for card in cards if card.state == "matched" and card.numbers and card.numbers.matched]


def button_of(board: Board | ChainBoard) -> str:
    """What the button that links will do; of a chain, with all of its parts."""
    assets, groups, products = board.linked_assets, board.linked_groups, board.linked_products
    return _("Link {assets} in {groups} to {products}").format(
        assets=npgettext("link", "{n} asset", "{n} assets", assets).format(n=number(assets)),
        groups=npgettext("in", "{n} group", "{n} groups", groups).format(n=number(groups)),
        products=npgettext("to", "{n} product", "{n} products", products).format(n=number(products)),
    )


def configuration_context(selection: Selection, board: Board, cards: Sequence[StoreCard]) -> dict:
    chain = chain_of(selection, cards, board)
    step = step_of(board, cards, chain)
    return {
        "chain": chain,
        "sentence": sentence_of(selection, cards),
        "ordering": ordering_of(selection, board),
        "modes": BY_EFFECT,
        "step": step,
        "pattern_note": without_key(selection, selection.field_label(selection.cloudinary_field))
        if step == "ungrouped"
        else "",
        "button": button_of(chain or board),
        "in_setup": step in IN_SETUP,
        "left_out_by": left_out_by(board),
        "matching": matching_of(cards),
        "asking": sum(card.state == "pending" for card in cards),
        "late": [card for card in cards if card.chosen and card.state == "pending"],
        **estimate_context(selection, cards, board),
    }
