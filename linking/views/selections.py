"""Link to Products: choose stores and fields, look at groups and matches."""

import uuid
from collections.abc import Mapping

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import trigger_client_event

from linking import queue
from linking.matching import asking
from linking.models import Selection
from linking.models.jobs import JobState
from linking.operations import recovery
from linking.pages.group_filter import counts_of
from linking.pages.group_list import chosen_context
from linking.pages.link_board import StoreCard, board_of, decided, store_card, store_cards
from linking.pages.link_page import actions_context, context_of, fetching_context, stores_context
from setup.models import Store
from setup.security.guards import MemberRequest, members


def selection_of(request: MemberRequest, key: uuid.UUID) -> Selection:
    """The member's own selection; anybody else's does not exist. Raises Unreadable, which becomes a page of its own."""
    mine = Selection.objects.select_related("environment").filter(member=request.member)
    selection = mine.filter(key=key).first()
    if selection is None:
        raise Http404
    selection.check_readable()
    return selection


@require_safe
@members
def page(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    selection = selection_of(request, key)
    cards = ask_stores(selection) if selection.state == JobState.DONE else None
    return render(request, "link/page.html", context_of(selection, asked=request.GET, cards=cards) | {"tab": "link"})


@require_safe
@members
def fetching(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """Polled while the assets' details come in; then the whole page follows."""
    recovery.sweep()
    selection = selection_of(request, key)
    if selection.state == JobState.DONE:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "link/_fetching.html", fetching_context(selection))


@require_POST
@members
def refresh(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """Ask every store again."""
    selection = selection_of(request, key)
    cards = ask_stores(selection, afresh=True)
    return render(request, "link/_board.html", context_of(selection, asked=request.POST, cards=cards))


@require_safe
@members
def stores(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """Polled while stores are being asked. When one more has answered, groups and numbers are told to follow."""
    selection = selection_of(request, key)
    cards = store_cards(selection)
    context = stores_context(selection, cards)
    if request.GET.get("seen") == context["seen"]:
        recovery.sweep()  # nothing has happened: somebody may have to be told again
        return HttpResponse(status=204)  # nothing is swapped under a hand that is about to click
    context["store_cards"] = decided(cards, board_of(selection, cards))
    response = render(request, "link/_stores.html", context)
    if request.GET.get("answered") != context["answered"]:
        trigger_client_event(response, "matches-changed")
    return response


@require_safe
@members
def actions(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """The numbers that follow from what stores answer: on the buttons, and of every filter."""
    selection = selection_of(request, key)
    cards = store_cards(selection)
    board = board_of(selection, cards)
    context = actions_context(board) | chosen_context(selection, cards)
    parts = [render_to_string("link/_actions.html", context, request)]
    parts += [
        render_to_string("link/_filter_count.html", {"code": code, "count": count, "oob": True})
        for code, _, count in counts_of(board)
    ]
    return HttpResponse("".join(parts))


def ask_stores(
    selection: Selection, known: Mapping[Store, bool] | None = None, *, afresh: bool = False
) -> list[StoreCard]:
    """Put the selection's question to every store that answers at all; new questions are enqueued. Returns all stores as they
    stand then. `known`: whether each is chosen, if that is known."""
    cards = store_cards(selection, known)
    fields = (str(selection.keying), selection.shopify_field)
    open = [card for card in cards if card.store.status == Store.Status.CONNECTED]
    stores = [card.store for card in open if afresh or card.match is None or not card.match.asks(*fields)]
    asked_before = [card.match for card in cards if card.match]
    new = asking.ask_all(selection, stores, now=timezone.now(), afresh=afresh, known=asked_before) if stores else []
    for match in new:
        queue.enqueue("match", match.pk)
    asked = {match.store_id: match for match in new}
    return [store_card(card.store, card.chosen, asked.get(card.store.pk, card.match)) for card in cards]
