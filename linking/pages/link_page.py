"""Link to Products as its page and fragments show it."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache, partial
from math import ceil
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from linking import queue
from linking.domain import options, order_words
from linking.domain.assets import Asset
from linking.domain.bounds import PARTS, STATUSES, WRITTEN, status_word
from linking.domain.fields import METAFIELDS, OF_VARIANTS, ShopifyField, ShopifyKind
from linking.domain.keying import Keying, examples
from linking.domain.options import NAMED
from linking.domain.ordering import orders_by
from linking.forms import OTHER_OPTION, SAVED, SHOPIFY_FIELDS, SettingsForm, StoreSettingsForm
from linking.matching import asking, metafields
from linking.models import SelectedAsset, Selection, StoreMatch
from linking.models.jobs import JobState
from linking.models.selections import GROUP_ORDERS, MODES, ORDER_SETTINGS
from linking.pages import alt_texts, bar_parts
from linking.pages.chain import answers_of
from linking.pages.configuration import configuration_context
from linking.pages.group_cards import matched_products
from linking.pages.group_list import above_context, chosen_context, groups_context
from linking.pages.link_board import Board, board_of, decided
from linking.pages.store_cards import StoreCard, store_cards
from linking.pages.versions import version_of
from linking.selection import editing, embedding, last_settings
from setup.field_codes import REACHES
from setup.models import Store
from setup.models.environments import ALT_POLICIES
from setup.spelling import folded
from setup.words import _

# What an offer says in words.
OFFERED = ("cloudinary_field", "shopify_field", "link_mode", *ORDER_SETTINGS)
# How often the page looks for what is on its way: in the first seconds, when it may come any moment, more often than afterwards.
SOON = timedelta(seconds=20)
OFTEN, SELDOM = "400ms", "5s"
NOTHING_ASKED: Mapping[str, str] = {}


def link_context(
    selection: Selection,
    form: SettingsForm | None = None,
    asked: Mapping[str, str] = NOTHING_ASKED,
    cards: Sequence[StoreCard] | None = None,
) -> dict:
    """Everything the page needs. `form`: what its fields show, what is saved if it is not given. `asked`: the filter, and what
    else the page says of itself. `cards`: the stores, if they are known."""
    cards = store_cards(selection) if cards is None else cards
    board = board_of(selection, cards)
    return groups_context(selection, board, asked) | settings_context(selection, board, form, asked, cards)


def settings_context(
    selection: Selection,
    board: Board,
    form: SettingsForm | None,
    asked: Mapping[str, str],
    cards: Sequence[StoreCard],
) -> dict:
    """The same but for the list of groups."""
    connected = [card.store for card in cards if card.state != "broken"]
    form = form or SettingsForm(selection, initial=settings_of(selection))
    kind = form["shopify_kind"].value()
    return {
        "form": form,
        "by_variant": kind in OF_VARIANTS or by_variant_in(selection, cards),
        "by_metafield": kind in METAFIELDS,
        "alt_policies": ALT_POLICIES,
        "group_orders": GROUP_ORDERS,
        "reaches": REACHES,
        "fetched": selection.fetched,
        "offered": selection.labelled_fields(),
        "shopify_fields": SHOPIFY_FIELDS,
        "metafields": cache(
            partial(metafields.offered_by, connected, of_variants=kind == ShopifyKind.VARIANT_METAFIELD)
        ),
        "option": cache(partial(option_context, board, form)),
        "connected": len(connected),
        "bounds": partial(bounds_context, form),
        "confirm": None,
        **board_keying_context(selection, board),
        **offer_context(selection, cards),
        **fetching_context(selection, (board.total, board.known)),
        **stores_context(selection, decided(cards, board)),
        **bar_context(selection, cards, board, asked),
    }


def by_variant_in(selection: Selection, cards: Sequence[StoreCard]) -> bool:
    """Whether keys are those of variants in one of the chosen stores that are matched otherwise."""
    chosen = [card.store.pk for card in cards if card.chosen and card.own]
    return any(ShopifyField.parse(selection.for_store(pk).shopify_field).kind in OF_VARIANTS for pk in chosen)


def settings_of(selection: Selection) -> dict:
    """The selection's settings as the form names them."""
    kind, _sign, metafield = selection.shopify_field.partition(":")
    names = [name for name in SAVED if name != "shopify_field"] + ["order_field"]
    reach, _sign, option = selection.variant_reach.partition(":")
    found = {name: getattr(selection, name) for name in names} | {"shopify_kind": kind, "metafield": metafield}
    found |= {f"bound_{part}": list(getattr(selection.product_bound, part)) for part in PARTS}
    return found | {
        "variant_reach": reach,
        "variant_option": option,
        "option_choice": option and f"{NAMED}{option}",
    }


def bounds_context(form: SettingsForm) -> dict:
    """`statuses`: (code, word, whether it is chosen); `parts`: (name, label, the values that are chosen) of what is written."""
    chosen = {part: list(filter(None, form[f"bound_{part}"].value() or ())) for part in PARTS}
    return {
        "statuses": [(one, status_word(one), one in chosen["status"]) for one in STATUSES],
        "parts": [(part, form.fields[f"bound_{part}"].label, chosen[part]) for part in WRITTEN],
        "open": any(chosen[part] for part in WRITTEN),
    }


def option_context(board: Board, form: SettingsForm) -> dict:
    """`product_options`: what the products that get assets have, as (code, name, how many products); the one that is chosen is
    among them in any case. `option_written`: another one is to be written."""
    chosen = form["option_choice"].value() or ""
    known = [(f"{NAMED}{one.name}", one.name, one.products) for one in options.offered(_option_names(board))]
    name = chosen.removeprefix(NAMED)
    if chosen.startswith(NAMED):
        same = next((code for code, other, _products in known if folded(other) == folded(name)), "")
        known = known if same else [*known, (chosen, name, 0)]
        chosen = same or chosen
    return {
        "product_options": known,
        "option_chosen": chosen,
        "option_written": not known or chosen == OTHER_OPTION,
    }


def _option_names(board: Board) -> Iterable[set[str]]:
    """Of every product that gets assets: of the variants that were found of it."""
    found: dict[tuple[int, str], set[str]] = {}
    for group in board.groups:
        for answer in group.answers if group.linked else ():
            for product in matched_products(answer):
                found.setdefault((answer.store.pk, product["id"]), set()).update(product.get("options", ()))
    return found.values()


def offer_context(selection: Selection, cards: Sequence[StoreCard]) -> dict:
    """`offer`: what the settings of last time would change, in words; nothing if there is nothing to offer."""
    stores = {card.store.pk: str(card.store) for card in cards if card.state != "broken"}
    changes = last_settings.changes_of(selection)
    offered = [pk for pk in selection.offer.get("stores", ()) if pk in stores]
    if not changes and set(offered) <= {card.store.pk for card in cards if card.chosen}:
        return {}
    chosen = {card.store.pk for card in cards if card.chosen}
    words = _differences(selection, changes)
    if offered and set(offered) != chosen:
        words.append(_("to {stores}").format(stores=", ".join(stores[pk] for pk in offered)))
    mode = selection.offer.get("instead_of", "")
    return {"offer": {**selection.offer, "words": words, "instead_of": dict(MODES).get(mode, mode)}}


def _differences(selection: Selection, changes: dict) -> list[str]:
    """What the offer would change, as the bar says it."""
    new = {name: getattr(selection, name) for name in OFFERED} | changes
    words = [str(dict(MODES)[new["link_mode"]])] if "link_mode" in changes else []
    if {"cloudinary_field", "shopify_field"} & set(changes):
        by = selection.field_label(new["cloudinary_field"])
        words.append(f"{by} = {ShopifyField.parse(new['shopify_field']).label}")
    if set(ORDER_SETTINGS) & set(changes):
        words.append(_ordered(selection, new))
    return [*words, _("more options")] if set(changes) - set(OFFERED) else words


def _ordered(selection: Selection, new: Mapping[str, Any]) -> str:
    if not new["order_field"]:
        return _("ordered as selected")
    orders = orders_by(new, selection.offered_fields)
    return _("ordered by {field}").format(field=order_words.in_short(orders, selection.offered_fields))


def order_to_confirm(selection: Selection, form: SettingsForm) -> dict | None:
    """What another ordering field would discard, if it would."""
    if form.to_confirm is None:
        return None
    confirm = {
        "code": form.to_confirm,
        "field": selection.field_label(form.to_confirm) if form.to_confirm else "",
        "groups": editing.ordered_by_hand(selection).count(),
    }
    form.data = dict(form.data.items()) | {"order_field": selection.order_field}  # the field shows what is in force
    return confirm


def board_keying_context(selection: Selection, board: Board) -> dict:
    assets = [group.assets[0].asset for group in board.groups[:30]] + [card.asset for card in board.keyless[:5]]
    return keying_context(selection.keying, assets, known=board.known, keyless=len(board.keyless))


def keying_context(keying: Keying, assets: Iterable[Asset], *, known: int, keyless: int) -> dict:
    """How keys are read, shown by some of the assets; `keyless` of the `known` assets have none."""
    return {"keying": {"examples": examples(keying, assets), "known": known, "keyless": keyless}}


def fetching_context(selection: Selection, counts: tuple[int, int] | None = None, *, at: str = "link-fetching") -> dict:
    """`known` of `total` assets have their details. `counts`: both, if they are known already. `at`: the route that answers with
    the page's own board once all are read. `rest`: seconds until the next try, if it rests. `reading`: of a chain, the part that
    has most to say. `reading_failed`: the page asks no more. Else it does, even if none is being read any more: then the
    chain has become complete meanwhile."""
    now, reading = timezone.now(), reading_of(selection)
    queue_down = reading.busy and not queue.answers()
    total, known = counts if counts and selection.fetched else counted(selection)
    if selection.field_before and not selection.fetched:
        known = min(total, embedding.progress(selection))
    until = reading.not_before if reading.state == JobState.WAITING else None
    rest = ceil((until - now).total_seconds()) if until and until > now else 0
    # While it rests nothing is swapped so often that a click is lost.
    poll = "3s" if rest > 3 else OFTEN if now - selection.created < SOON else "1s"
    context = {"selection": selection, "queue_down": queue_down, "total": total, "known": known, "poll": poll}
    return context | {
        "asked_at": at,
        "rest": rest,
        "reading": reading,
        "reading_failed": reading.state == JobState.FAILED,
        "field_before": selection.field_label(selection.field_before) if selection.field_before else "",
    }


def reading_of(selection: Selection) -> Selection:
    """It alone; of a chain that is not read yet a part that has failed, or else one that rests, or is being read."""
    parts = [selection] if selection.fetched or selection.chain_id is None else list(selection.whole())
    states = (lambda one: one.state == JobState.FAILED, lambda one: one.busy and one.not_before, lambda one: one.busy)
    return next((one for fits in states for one in parts if fits(one)), selection)


def counted(selection: Selection) -> tuple[int, int]:
    assets = (
        SelectedAsset.objects.filter(selection__in=selection.whole().order_by())
        if not selection.fetched
        else selection.assets
    )
    counts = assets.aggregate(total=Count("pk"), known=Count("pk", filter=~Q(details={})))
    return counts["total"], counts["known"]


def stores_context(selection: Selection, cards: Sequence[StoreCard]) -> dict:
    """`seen` changes with whatever the cards show, `answered` with what the stores are known to say."""
    pending = sum(card.state == "pending" or card.refreshing for card in cards)
    queue_down = bool(pending or selection.busy) and not queue.answers()
    poll = poll_of(selection, cards, now=timezone.now())
    shown = [
        (
            card.store.pk,
            card.chosen,
            card.state,
            card.refreshing,
            card.problem,
            card.doing,
            card.note,
            progress_of(card),
        )
        for card in cards
    ]
    to_ask = asking.unasked(selection, *known_of(cards)) if selection.fetched else []
    others, waiting = answers_of(selection, cards) if selection.chain_id is not None else ([], False)
    poll = poll or ("1s" if waiting else "")
    return {
        "selection": selection,
        "store_cards": cards,
        "pending": pending,
        "poll": poll,
        "to_ask": to_ask,
        "queue_down": queue_down,
        "answered": version_of(
            [[(card.store.pk, card.state, card.refreshing, *answer_of(card)) for card in cards], others]
        ),
        "seen": version_of([shown, queue_down, poll, bool(to_ask), others]),
    }


def known_of(cards: Sequence[StoreCard]) -> tuple[list[Store], dict[int, StoreMatch]]:
    """The stores, and what each was asked, by its pk."""
    return [card.store for card in cards], {card.store.pk: card.match for card in cards if card.match}


def poll_of(selection: Selection, cards: Sequence[StoreCard], *, now: datetime) -> str:
    """How often the page looks for what stores answer: often while that may come any moment; seldom while it waits for a store to
    be connected; never, and empty, once all is there."""
    waiting = [card.match for card in cards if card.state == "pending" or card.refreshing]
    if not waiting:
        return "" if any(card.state != "broken" for card in cards) else SELDOM
    asked = [match.asked_at or selection.created if match else now for match in waiting]
    return OFTEN if now - max(asked) < SOON else "1s"


def progress_of(card: StoreCard) -> tuple[int, int] | None:
    """Of a ticked store; nobody waits for the others, and each step is drawn by the server."""
    return card.asked if card.chosen else None


def answer_of(card: StoreCard) -> tuple[int, ...]:
    match = card.match
    return (match.products, match.matched, match.ambiguous, match.unmatched) if match else ()


def own_forms(selection: Selection, asked: Mapping[str, str]) -> dict[int, StoreSettingsForm]:
    """The settings of the stores that are open on the page, by pk: as they are saved, but for what was sent and could not be."""
    forms = StoreSettingsForm.sent(selection, asked)
    return {
        form.pk: form if form.names_sent and not form.is_valid() else StoreSettingsForm(selection, form.pk)
        for form in forms
    }


def bar_context(selection: Selection, cards: Sequence[StoreCard], board: Board, asked: Mapping[str, str]) -> dict:
    """What stays in sight: the bar with its buttons, the count line, and the heads of the columns."""
    return {
        "board": board,
        "alts": alt_texts.on_link(board),
        "own_forms": own_forms(selection, asked),
        "shown_by": bar_parts.shown_by,
        "token": uuid.uuid4().hex,
        **chosen_context(selection, cards),
        **above_context(selection, cards, board, asked),
        **configuration_context(selection, board, cards),
    }
