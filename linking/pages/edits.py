"""Edits as the page sends them: the state that was seen, what follows from the edit, and what to say about it."""

import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from linking.forms import SettingsForm
from linking.models import Selection
from linking.pages.bar_parts import to_draw
from linking.pages.group_list import groups_context
from linking.pages.link_board import Board, board_of
from linking.pages.link_page import bar_context, link_context, settings_context
from linking.pages.store_cards import StoreCard, store_cards
from setup.numbers import row_number
from setup.reasons import NONE, Reason
from setup.security.guards import MemberRequest
from setup.words import enumeration, gettext_lazy, ngettext

STALE_HEADER = "AssetLink-Stale"
LONGEST_TOKEN = 64  # characters that its column holds
# Of a form, what is not a decision; CSRF tokens differ each time they are drawn.
NO_DECISION = ("token", "csrfmiddlewaretoken")
STALE = gettext_lazy(
    "This selection changed in another tab or window. Here is its current state; make your change again."
)

BEHIND = gettext_lazy(
    "This selection changed in another tab or window, so nothing was started. Look at it and press again."
)

NOTHING_TO_DO = gettext_lazy("There is nothing left to do, so nothing was started.")


def version_of(request: HttpRequest) -> int:
    """Of the selection that the person saw; -1, which no selection has, if the page did not say."""
    return row_number(request.POST.get("version"))


def is_behind(request: HttpRequest, selection: Selection) -> bool:
    """Whether the button that was pressed was drawn before the last edit, or for other stores than are connected now: then
    nothing is started, and that is said."""
    edited = "version" in request.POST and version_of(request) != selection.version
    edited = edited or other_parts(request, selection)
    behind = str(BEHIND) if edited else other_stores(request, selection)
    if behind:
        messages.warning(request, behind)
    return bool(behind)


def other_parts(request: HttpRequest, selection: Selection) -> bool:
    """Whether another part of its chain was edited since the button was drawn, which counts that part, too."""
    if "parts" not in request.POST or selection.chain_id is None:
        return False
    return row_number(request.POST["parts"]) != sum(selection.whole().values_list("version", flat=True))


def other_stores(request: HttpRequest, selection: Selection) -> str:
    """How the ticked stores are others than those that the button names; nothing if it names the same. No edit tells: an admin
    disconnects, pauses or resumes a store, or its token expires."""
    if "to" not in request.POST:
        return ""
    named = set(request.POST["to"].split())
    usable = {str(pk) for pk in selection.stores.open_to(selection.member).values_list("pk", flat=True)}
    changed = [store for store in selection.environment.stores.in_order() if str(store.pk) in named ^ usable]
    gone = [str(store) for store in changed if str(store.pk) in named - usable]
    back = [str(store) for store in changed if str(store.pk) in usable - named]
    if gone:
        said = ngettext(
            "{stores} can no longer be used, so nothing was started. Look at the stores and press again.",
            "{stores} can no longer be used, so nothing was started. Look at the stores and press again.",
            len(gone),
        )
    else:
        said = ngettext(
            "{stores} can be used again, so nothing was started. Look at the stores and press again.",
            "{stores} can be used again, so nothing was started. Look at the stores and press again.",
            len(back),
        )
    return said.format(stores=enumeration(gone or back)) if gone or back else ""


def token_of(request: HttpRequest) -> str:
    """Of the button that was pressed: pressed many times, it begins one run. A page without one begins another each time.

    The form's own token names the page as it was drawn. Together with all that was sent it names the decision: a person who goes
    back and presses another button, or ticks otherwise, wants another run.
    """
    given = request.POST.get("token", "")
    if not 0 < len(given) <= LONGEST_TOKEN:
        return uuid.uuid4().hex
    sent = sorted((name, *values) for name, values in request.POST.lists() if name not in NO_DECISION)
    return hashlib.sha256(json.dumps([given, sent]).encode()).hexdigest()


def stale(request: MemberRequest, selection: Selection) -> HttpResponse:
    """The whole board as it is now, in place of an edit that was made on an older state."""
    fresh = Selection.objects.select_related("environment").get(pk=selection.pk)
    return as_stale(request, "link/_board.html", link_context(fresh, asked=request.POST))


def as_stale(request: MemberRequest, template: str, context: dict) -> HttpResponse:
    """A board in place of an edit: it says what happened, and a header says it to the page's scripts."""
    response = render(request, template, context | {"notice": STALE}, status=status_for(request, 409))
    response["HX-Retarget"], response["HX-Reswap"], response[STALE_HEADER] = "#board", "outerHTML", "true"
    return announced(response, str(STALE))


def status_for(request: MemberRequest, status: int) -> int:
    """Of an answer that says itself what is wrong. A page of ours shows it, and gets 200: a browser puts everything else into its
    console as an error. A script gets the `status`."""
    return 200 if request.htmx else status


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
    context = bar_context(selection, cards, board, request.POST) | {"oob": True}
    follows = render_to_string("link/_follows.html", context, request)
    return announced(HttpResponse("".join([*fragments, follows])), say)


def configured(
    request: MemberRequest,
    selection: Selection,
    cards: Sequence[StoreCard],
    *,
    form: SettingsForm | None = None,
    confirm: Mapping[str, object] | None = None,
    regrouped: bool = False,
    toast: bool = False,
    status: int = 200,
) -> HttpResponse:
    """What follows from a change of the settings. `form`: what the fields show, what is saved if it is not given. `confirm`: what
    has to be confirmed first (`order_to_confirm`). `regrouped`: the groups are others. `toast`: the change can be taken back."""
    board = board_of(selection, cards)
    context = groups_context(selection, board, request.POST) if regrouped else {}
    context |= settings_context(selection, board, form, request.POST, cards) | {"confirm": confirm}
    context |= {"to_draw": to_draw(context | {"request": request}, request.POST)}
    context |= {"regrouped": regrouped, "toast": toast, "oob": True}
    return render(request, "link/_configured.html", context, status=status)


def announced(response: HttpResponse, text: str | Reason) -> HttpResponse:
    """Has the page's live region say the text."""
    if text:
        known = json.loads(response.get("HX-Trigger", "{}"))
        response["HX-Trigger"] = json.dumps({**known, "announce": str(text)})
    return response
