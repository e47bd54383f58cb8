"""Edits as the page sends them: the state that was seen, what follows from the edit, and what to say about it."""

import json
import uuid
from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from linking.models import Selection
from linking.pages.group_filter import counts_of
from linking.pages.group_list import chosen_context
from linking.pages.link_board import Board, StoreCard, board_of, store_cards
from linking.pages.link_page import actions_context, link_context
from setup.numbers import row_number
from setup.reasons import NONE, Reason

LONGEST_TOKEN = 64  # characters that its column holds
STALE = "This selection was changed in another tab or window. Here is its present state; make your change again."

BEHIND = "This selection was changed in another tab or window, so nothing was started. Look at it and press again."


def version_of(request: HttpRequest) -> int:
    """Of the selection that the person saw; -1, which no selection has, if the page did not say."""
    return row_number(request.POST.get("version"))


def is_behind(request: HttpRequest, selection: Selection) -> bool:
    """Whether the button that was pressed was drawn before the last edit: then nothing is started, and that is said."""
    behind = "version" in request.POST and version_of(request) != selection.version
    if behind:
        messages.warning(request, BEHIND)
    return behind


def token_of(request: HttpRequest) -> str:
    """Of the button that was pressed: pressed many times, it begins one run. A page without one begins another each time."""
    given = request.POST.get("token", "")
    return given if 0 < len(given) <= LONGEST_TOKEN else uuid.uuid4().hex


def stale(request: HttpRequest, selection: Selection) -> HttpResponse:
    """The whole board as it is now, in place of an edit that was made on an older state."""
    fresh = Selection.objects.select_related("environment").get(pk=selection.pk)
    response = render(
        request, "link/_board.html", link_context(fresh, asked=request.POST) | {"notice": STALE}, status=409
    )
    response["HX-Retarget"], response["HX-Reswap"] = "#board", "outerHTML"
    return announced(response, STALE)


def edited(
    request: HttpRequest,
    selection: Selection,
    *fragments: str,
    say: Reason = NONE,
    board: Board | None = None,
    cards: Sequence[StoreCard] | None = None,
) -> HttpResponse:
    """Rendered fragments, and beside them what follows every edit: version, numbers, and the way back. `board` and `cards`: after
    the edit, if they are known."""
    cards = store_cards(selection) if cards is None else cards
    board = board_of(selection, cards) if board is None else board
    context = actions_context(board) | chosen_context(selection, cards) | {"counts": counts_of(board), "oob": True}
    follows = render_to_string("link/_follows.html", context, request)
    return announced(HttpResponse("".join([*fragments, follows])), say)


def announced(response: HttpResponse, text: str | Reason) -> HttpResponse:
    """Has the page's live region say the text."""
    if text:
        known = json.loads(response.get("HX-Trigger", "{}"))
        response["HX-Trigger"] = json.dumps({**known, "announce": str(text)})
    return response
