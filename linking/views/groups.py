"""Groups as they are asked for: filtered, page by page, one by one, and more of a large one."""

import uuid
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from linking.domain.product_search import MOST_CHARACTERS
from linking.models import Selection
from linking.pages.asset_fields import chosen_of
from linking.pages.edits import announced
from linking.pages.group_cards import GroupCard
from linking.pages.group_filter import GroupFilter
from linking.pages.group_list import MORE, chosen_context, in_rows, list_context, look_context
from linking.pages.link_board import Board, board_of
from linking.pages.products_by_hand import of_stores
from linking.pages.store_cards import store_cards
from linking.views.selections import selection_of
from setup.numbers import whole
from setup.security.guards import MemberRequest, workers

MANY = 1_000_000  # more than any group has


@require_safe
@workers
def groups(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """The list, or with `after` what follows in it. A filter that was just changed is announced, and kept in the address."""
    selection = selection_of(request, key)
    cards = store_cards(selection)
    context = list_context(selection, board_of(selection, cards), request.GET) | chosen_context(selection, cards)
    if request.GET.get("after"):
        return render(request, "link/_page.html", context)
    response = render(request, "link/_list.html", context)
    if request.htmx.trigger != "filters":
        return response
    response["HX-Replace-Url"] = address(selection, context["wanted"])
    shown = context["shown"]
    return announced(response, shown.text)


def address(selection: Selection, wanted: GroupFilter) -> str:
    asked = {name: value for name, value in (("q", wanted.text), ("state", wanted.state)) if value}
    return reverse("link", args=[selection.key]) + (f"?{urlencode(asked)}" if asked else "")


@require_safe
@workers
def group(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """One group (`g`), in rows if it is among those that are `open`."""
    selection = selection_of(request, key)
    found = group_of(board_of(selection, store_cards(selection)), request.GET.get("g", ""))
    context = look_context(selection, request.GET) | {"group": found}
    return render(request, "link/_group.html", context)


@require_safe
@workers
def rows(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """What follows the first `from` pictures of a group (`g`)."""
    selection = selection_of(request, key)
    found = group_of(board_of(selection, store_cards(selection)), request.GET.get("g", ""))
    begin = whole(request.GET.get("from"), most=MANY) or 0
    by_rows = in_rows(selection, found, request.GET)
    end = begin + MORE[by_rows]
    context = look_context(selection, request.GET) | {
        "group": found,
        "assets": list(enumerate(found.assets, 1))[begin:end],
        "left": max(0, len(found.assets) - end),
    }
    return render(request, "link/_more_rows.html" if by_rows else "link/_more_tiles.html", context)


@require_safe
@workers
def menu(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """What can be done with a group (`g`), for those who have no pointer that hovers."""
    selection = selection_of(request, key)
    found = group_of(board_of(selection, store_cards(selection)), request.GET.get("g", ""))
    return render(request, "link/_group_menu.html", look_context(selection, request.GET) | {"group": found})


@require_safe
@workers
def answers(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """What a store (`s`; without it every chosen one) says about the key of a group (`g`), with what can be taken or left."""
    selection = selection_of(request, key)
    found = group_of(board_of(selection, store_cards(selection)), request.GET.get("g", ""))
    upto = whole(request.GET.get("many"), most=10_000) or 0
    shown = of_stores(selection, found, request.GET.get("s", ""), upto)
    context = {"selection": selection, "group": found, "shown": shown, "most_characters": MOST_CHARACTERS}
    return render(request, "link/_answers_pop.html", context)


@require_POST
@workers
def fields(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """The fields that the Regular view shows, ticked by a member and kept for every selection of theirs."""
    selection = selection_of(request, key)
    member = request.member
    member.asset_fields = chosen_of(selection, request.POST.getlist("fields"), member.asset_fields)
    member.save(update_fields=["asset_fields"])
    cards = store_cards(selection)
    context = list_context(selection, board_of(selection, cards), request.POST) | chosen_context(selection, cards)
    return render(request, "link/_list.html", context)


def group_of(board: Board, id: str) -> GroupCard:
    found = board.group(id)
    if found is None:
        raise Http404
    return found
