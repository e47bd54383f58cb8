"""Link to Products as its page and fragments show it."""

import uuid
from collections.abc import Iterable, Mapping, Sequence

from django.db.models import Count, Q

from linking import queue
from linking.domain.assets import Asset
from linking.domain.fields import ShopifyField
from linking.domain.keying import Keying, examples
from linking.forms import OF_VARIANTS, SAVED, SHOPIFY_FIELDS, SettingsForm
from linking.models import Selection
from linking.models.jobs import JobState
from linking.models.selections import ALT_POLICIES, MODES
from linking.pages import alt_texts
from linking.pages.group_list import chosen_context, groups_context
from linking.pages.link_board import AssetCard, Board, StoreCard, board_of, decided, store_cards
from linking.pages.versions import version_of
from linking.selection import editing, last_settings

# What an offer says in words.
OFFERED = ("cloudinary_field", "shopify_field", "link_mode", "order_field")
NOTHING_ASKED: Mapping[str, str] = {}


def link_context(
    selection: Selection,
    form: SettingsForm | None = None,
    asked: Mapping[str, str] = NOTHING_ASKED,
    cards: Sequence[StoreCard] | None = None,
) -> dict:
    """Everything the page needs. `form`: what is chosen, or what was asked for and cannot be. `asked`: the filter, and what else
    the page says of itself. `cards`: the stores, if they are known."""
    cards = store_cards(selection) if cards is None else cards
    board = board_of(selection, cards)
    form = form or SettingsForm(selection, initial=settings_of(selection))
    return {
        "form": form,
        "by_variant": form["shopify_kind"].value() in OF_VARIANTS,
        "alt_policies": ALT_POLICIES,
        "fetched": selection.state == JobState.DONE,
        "offered": selection.offered_fields,
        "shopify_fields": SHOPIFY_FIELDS,
        "modes": MODES,
        **board_keying_context(selection, board, form),
        **offer_context(selection, cards),
        "alts": alt_texts.numbers_of(card.row for cards in cards_of(board) for card in cards),
        **fetching_context(selection, (board.total, board.known)),
        **stores_context(selection, decided(cards, board)),
        **chosen_context(selection, cards),
        **groups_context(selection, board, asked),
        **actions_context(board),
    }


def settings_of(selection: Selection) -> dict:
    """The selection's settings as the form names them."""
    kind, _, metafield = selection.shopify_field.partition(":")
    names = [name for name in SAVED if name != "shopify_field"] + ["order_field"]
    return {name: getattr(selection, name) for name in names} | {"shopify_kind": kind, "metafield": metafield}


def cards_of(board: Board) -> list[Sequence[AssetCard]]:
    return [board.keyless, *(group.assets for group in board.groups)]


def offer_context(selection: Selection, cards: Sequence[StoreCard]) -> dict:
    """`offer`: what the settings of last time would change, in words; nothing if there is nothing to offer."""
    stores = {card.store.pk: str(card.store) for card in cards if card.state != "broken"}
    changes = last_settings.changes_of(selection)
    offered = [pk for pk in selection.offer.get("stores", ()) if pk in stores]
    if not changes and set(offered) <= {card.store.pk for card in cards if card.chosen}:
        return {}
    new = {name: getattr(selection, name) for name in OFFERED} | changes
    by = selection.field_label(new["cloudinary_field"])
    words = [f"{by} → {ShopifyField.parse(new['shopify_field']).label}", dict(MODES)[new["link_mode"]]]
    if new["order_field"]:
        words.append(f"ordered by {selection.field_label(new['order_field'])}")
    words += [f"to {', '.join(stores[pk] for pk in offered)}"] if offered else []
    return {"offer": {**selection.offer, "words": words}}


def order_context(selection: Selection, form: SettingsForm, asked: Mapping[str, str]) -> dict:
    """`confirm`: what another ordering field would discard."""
    answered = {"order_answered": "discard_order" in asked or "keep_order" in asked}
    if form.to_confirm is None:
        return answered
    by = selection.field_label(form.to_confirm)
    confirm = {
        "code": form.to_confirm,
        "how": f"by {by}" if form.to_confirm else "as selected",
        "groups": editing.ordered_by_hand(selection).count(),
    }
    form.data = dict(form.data.items()) | {"order_field": selection.order_field}  # the field shows what is in force
    return answered | {"confirm": confirm}


def board_keying_context(selection: Selection, board: Board, form: SettingsForm) -> dict:
    assets = [group.assets[0].asset for group in board.groups[:30]] + [card.asset for card in board.keyless[:5]]
    used = any(form[name].value() for name in ("pattern", "separator", "fold"))
    return keying_context(selection.keying, assets, known=board.known, keyless=len(board.keyless), used=used)


def keying_context(keying: Keying, assets: Iterable[Asset], *, known: int, keyless: int, used: bool = True) -> dict:
    """How keys are read, shown by some of the assets; `keyless` of the `known` assets have none."""
    return {"keying": {"examples": examples(keying, assets), "known": known, "keyless": keyless, "used": used}}


def fetching_context(selection: Selection, counts: tuple[int, int] | None = None) -> dict:
    """`known` of `total` assets have their details. `counts`: both, if they are known already."""
    queue_down = selection.busy and not queue.answers()
    total, known = counts or counted(selection)
    return {"selection": selection, "queue_down": queue_down, "total": total, "known": known}


def counted(selection: Selection) -> tuple[int, int]:
    counts = selection.assets.aggregate(total=Count("pk"), known=Count("pk", filter=~Q(details={})))
    return counts["total"], counts["known"]


def stores_context(selection: Selection, cards: Sequence[StoreCard]) -> dict:
    """`seen` changes with whatever the cards show, `answered` with what the stores are known to say."""
    pending = sum(card.state == "pending" or card.refreshing for card in cards)
    queue_down = bool(pending or selection.busy) and not queue.answers()
    shown = [
        (card.store.pk, card.chosen, card.state, card.refreshing, card.problem, card.doing, card.note) for card in cards
    ]
    return {
        "selection": selection,
        "store_cards": cards,
        "pending": pending,
        "queue_down": queue_down,
        "answered": version_of([(card.store.pk, card.state, card.refreshing, *answer_of(card)) for card in cards]),
        "seen": version_of([shown, queue_down]),
    }


def answer_of(card: StoreCard) -> tuple[int, ...]:
    match = card.match
    return (match.products, match.matched, match.ambiguous, match.unmatched) if match else ()


def actions_context(board: Board) -> dict:
    return {"board": board, "token": uuid.uuid4().hex}
