"""Link to Products: choose stores and fields, look at groups and matches."""

import uuid

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import trigger_client_event

from linking import jobs, matching
from linking.board import PER_PAGE, Board, board_of, store_cards
from linking.forms import SHOPIFY_FIELDS, SettingsForm
from linking.models import Selection
from linking.models.jobs import JobState
from linking.models.selections import MODES
from setup.guards import MemberRequest, members
from setup.models import Store


def selection_of(request: MemberRequest, key: uuid.UUID) -> Selection:
    """The member's own selection; anybody else's does not exist."""
    mine = Selection.objects.select_related("environment").filter(member=request.member)
    selection = mine.filter(key=key).first()
    if selection is None:
        raise Http404
    return selection


@require_safe
@members
def page(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    selection = selection_of(request, key)
    if selection.state == JobState.DONE:
        ask_stores(selection)
    return render(request, "link/page.html", context_of(selection) | {"tab": "link"})


@require_safe
@members
def fetching(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """Polled while the assets' details come in; then the whole page follows."""
    jobs.sweep()
    selection = selection_of(request, key)
    if selection.state == JobState.DONE:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "link/_fetching.html", {"selection": selection, "queue_down": not jobs.queue_answers()})


@require_POST
@members
def settings(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """Save what was chosen, at once, and show what follows from it."""
    selection = selection_of(request, key)
    form = SettingsForm(selection, request.POST)
    if not form.is_valid():
        return render(request, "link/_board.html", context_of(selection) | {"form": form}, status=422)
    ask_stores(form.save())
    return render(request, "link/_board.html", context_of(selection))


@require_POST
@members
def refresh(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """Ask every store again."""
    selection = selection_of(request, key)
    ask_stores(selection, afresh=True)
    return render(request, "link/_board.html", context_of(selection))


@require_safe
@members
def stores(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """Polled while stores are being asked. When one more has answered, groups and numbers are told to follow."""
    jobs.sweep()
    selection = selection_of(request, key)
    context = stores_context(selection)
    response = render(request, "link/_stores.html", context)
    if request.GET.get("pending") != str(context["pending"]):
        trigger_client_event(response, "matches-changed")
    return response


@require_safe
@members
def groups(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    selection = selection_of(request, key)
    return render(
        request, "link/_groups.html", groups_context(selection, board_of(selection), request.GET.get("page", "1"))
    )


@require_safe
@members
def actions(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    selection = selection_of(request, key)
    return render(request, "link/_actions.html", actions_context(selection, board_of(selection)))


def ask_stores(selection: Selection, *, afresh: bool = False) -> None:
    """Put the selection's question to every store that answers at all; new questions are rung for."""
    for store in selection.environment.stores.filter(status=Store.Status.CONNECTED):
        match, new = matching.ask(selection, store, now=timezone.now(), afresh=afresh)
        if new:
            jobs.ring(jobs.match, match.pk)


def context_of(selection: Selection) -> dict:
    """Everything the page needs. `offered`: fields to choose from, `kind` and `metafield`: the Shopify field in parts."""
    kind, _, metafield = selection.shopify_field.partition(":")
    board = board_of(selection)
    return {
        "selection": selection,
        "fetched": selection.state == JobState.DONE,
        "total": selection.assets.count(),
        "offered": selection.offered_fields,
        "shopify_fields": SHOPIFY_FIELDS,
        "modes": MODES,
        "kind": kind,
        "metafield": metafield,
        **stores_context(selection),
        **groups_context(selection, board, "1"),
        **actions_context(selection, board),
    }


def stores_context(selection: Selection) -> dict:
    cards = store_cards(selection)
    pending = sum(card.state == "pending" for card in cards)
    return {
        "selection": selection,
        "store_cards": cards,
        "pending": pending,
        "queue_down": pending and not jobs.queue_answers(),
    }


def groups_context(selection: Selection, board: Board, number: str) -> dict:
    page = Paginator(board.groups, PER_PAGE).get_page(number)
    return {"selection": selection, "board": board, "groups": page}


def actions_context(selection: Selection, board: Board) -> dict:
    chosen = selection.stores.count()
    return {"selection": selection, "board": board, "chosen": chosen, "token": uuid.uuid4().hex}
