"""Link to Products: choose stores and fields, look at groups and matches."""

import uuid

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import trigger_client_event

from linking.matching import asking
from linking.models import Selection
from linking.models.jobs import JobState
from linking.operations import recovery
from linking.pages.group_filter import counts_of
from linking.pages.group_list import chosen_context
from linking.pages.link_board import board_of, decided, store_cards
from linking.pages.link_page import actions_context, fetching_context, link_context, stores_context
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
    stores = selection.store_choices()
    matches = asking.ask(selection, stores) if selection.state == JobState.DONE else None
    cards = store_cards(selection, stores, matches)
    return render(request, "link/page.html", link_context(selection, asked=request.GET, cards=cards) | {"tab": "link"})


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
    stores = selection.store_choices()
    cards = store_cards(selection, stores, asking.refresh(selection, stores))
    return render(request, "link/_board.html", link_context(selection, asked=request.POST, cards=cards))


@require_safe
@members
def stores(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """Polled while stores are being asked. When one more has answered, an event makes groups and numbers follow."""
    selection = selection_of(request, key)
    cards = store_cards(selection)
    context = stores_context(selection, cards)
    if request.GET.get("seen") == context["seen"]:
        recovery.sweep()  # nothing has happened: an entry of the queue may be lost
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
