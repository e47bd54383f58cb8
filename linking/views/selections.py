"""Link to Products: choose stores and fields, look at groups and matches."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import trigger_client_event

from linking.matching import asking
from linking.models import Selection
from linking.operations import recovery
from linking.pages.edits import configured, version_of
from linking.pages.link_board import board_of, decided
from linking.pages.link_page import OFTEN, bar_context, fetching_context, link_context, stores_context
from linking.pages.store_cards import StoreCard, store_cards
from linking.selection import locking, ticking, trying
from linking.selection.locking import Opened
from setup.security.guards import MemberRequest, workers


def mine(request: MemberRequest, key: uuid.UUID) -> QuerySet[Selection]:
    """The member's own selection; anybody else's does not exist."""
    return Selection.objects.filter(member=request.member, key=key)


@contextmanager
def opened(request: MemberRequest, key: uuid.UUID) -> Iterator[Opened]:
    """The same, locked for an edit on the version that the request names (linking.selection.locking)."""
    try:
        with locking.opened(mine(request, key), version_of(request)) as found:
            owned(found.selection, request)
            yield found
    except locking.Gone:
        raise Http404 from None


def selection_of(request: MemberRequest, key: uuid.UUID) -> Selection:
    """The member's own. Raises Unreadable, which becomes a page of its own."""
    selection = mine(request, key).first()
    if selection is None:
        raise Http404
    selection.check_readable()
    return owned(selection, request)


def owned(selection: Selection, request: MemberRequest) -> Selection:
    """With the person and the environment that are known already: they need not be read again."""
    selection.member = request.member
    if selection.environment_id == request.member.environment_id:
        selection.environment = request.member.environment
    return selection


@require_safe
@workers
def page(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    selection = selection_of(request, key)
    if selection.is_spare:
        return redirect("link", key=selection.whole()[0].key)
    context = link_context(selection, asked=request.GET) if selection.fetched else fetching_context(selection)
    return render(request, "link/page.html", context | {"tab": "link"})


@require_http_methods(["GET", "HEAD", "POST"])
@workers
def fetching(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """Polled while the assets' details come in; then the board takes their place. The page is not loaded again, which would
    take longer than the board itself. POST does not wait for the pause between two tries."""
    selection = selection_of(request, key)
    if request.method == "POST" and trying.try_now(selection):
        selection.refresh_from_db()
    if selection.fetched:
        context = link_context(selection, asked=request.GET)
        return render(request, "link/_board.html", context)
    return still_fetching(request, fetching_context(selection))


def still_fetching(request: MemberRequest, context: dict) -> HttpResponse:
    """How far it is. `context`: `fetching_context`."""
    if context["poll"] != OFTEN:  # nothing has happened for a while: an entry of the queue may be lost
        recovery.sweep_shown()
    return render(request, "link/_fetching.html", context)


@require_POST
@workers
def refresh(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """Ask every store again."""
    selection = selection_of(request, key)
    stores = selection.store_choices()
    cards = store_cards(selection, stores, asking.refresh(selection, stores))
    return configured(request, selection, cards)


@require_http_methods(["GET", "HEAD", "POST"])
@workers
def stores(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """Polled while stores are being asked. When one more has answered, an event makes groups and numbers follow. POST asks those
    that were connected since the others were asked."""
    selection, asked = selection_of(request, key), request.POST or request.GET
    cards = asked_cards(selection) if request.method == "POST" else store_cards(selection)
    context = stores_context(selection, cards)
    if request.GET.get("seen") == context["seen"]:
        if context["poll"] != OFTEN:  # nothing has happened for a while: an entry of the queue may be lost
            recovery.sweep_shown()
        return HttpResponse(status=204)  # nothing is swapped under a hand that is about to click
    board = board_of(selection, cards)
    context["store_cards"] = decided(cards, board)
    follow = request.GET.get("answered") != context["answered"]
    context |= bar_context(selection, cards, board, asked) | {"oob": True, "follow": follow}
    response = render(request, "link/_stores_answered.html", context)
    if follow:
        trigger_client_event(response, "matches-changed")
    return response


def asked_cards(selection: Selection) -> list[StoreCard]:
    stores = ticking.tick_the_only(selection, selection.store_choices())
    return store_cards(selection, stores, asking.ask(selection, stores) if selection.fetched else None)


# What follows the buttons, besides their own part.
FOLLOW = ("chain", "part_stores", "hints", "counts", "heads", "alts_count")


@require_safe
@workers
def actions(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """What follows from what stores answer: the buttons, which stores they are for, and the number of every filter."""
    selection = selection_of(request, key)
    cards = store_cards(selection)
    board = board_of(selection, cards)
    context = bar_context(selection, cards, board, request.GET)
    parts = [render_to_string("link/_actions.html", context, request)]
    parts += [render_to_string(f"link/_{name}.html", context | {"oob": True}, request) for name in FOLLOW]
    return HttpResponse("".join(parts))
