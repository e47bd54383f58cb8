"""Edits of the arrangement: what is excluded, the order within a group, the view; and each of them taken back."""

import uuid
from collections.abc import Callable, Iterator

from django.http import Http404, HttpResponse, QueryDict
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from linking.domain.ranges import numbers_in
from linking.domain.reasons import field_named
from linking.models.selections import VIEWS
from linking.pages import alt_texts
from linking.pages.edits import announced, edited, stale
from linking.pages.group_cards import GroupCard
from linking.pages.group_list import above_context, chosen_context, groups_context, in_rows, look_context
from linking.pages.link_board import Board, board_of, drawn
from linking.pages.store_cards import store_cards
from linking.selection import editing, locking
from linking.selection.editing import NotThere, SelectionEdit
from linking.views.selections import opened, selection_of
from setup.numbers import row_number, whole
from setup.security.guards import MemberRequest, workers
from setup.words import _

# From so many tiles on, the list is loaded again instead of one tile after another.
MANY = 30

Edit = Callable[[SelectionEdit, QueryDict], None]


@require_POST
@workers
def arrange(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """One edit, as `do` names it: of assets by their numbers (`a`), of a group by its id (`g`)."""
    do = request.POST.get("do", "")
    if do == "view":
        return view(request, key)
    if do not in EDITS and do != "undo":
        selection_of(request, key)
        return HttpResponse(_("There is no such edit."), status=400)
    try:
        with opened(request, key) as found:
            edit = SelectionEdit.of(found.selection)
            if do == "undo":
                editing.take_back(edit, found.was)
            else:
                EDITS[do](edit, request.POST)
    except locking.Stale as error:
        return stale(request, error.selection)
    except NotThere:
        raise Http404 from None
    return done(request, edit)


def by_hand(edit: SelectionEdit, given: QueryDict) -> None:
    to = whole(given.get("value", "").strip()[:9])
    if to is None:
        raise NotThere
    editing.move(edit, given.get("g", ""), number(given), to)


def shifted(way: str) -> Edit:
    return lambda edit, given: editing.shift(edit, given.get("g", ""), number(given), way)


def number(given: QueryDict) -> int:
    return row_number(given.get("a"))


def restored(edit: SelectionEdit, given: QueryDict) -> None:
    # Kept in no language: the first field says which order it is.
    field = field_named(edit.selection.order_field, edit.selection.offered_fields)
    editing.restore(edit, given.get("g", ""), field)


EDITS: dict[str, Edit] = {
    "exclude": lambda edit, given: editing.exclude(edit, numbers_in(given.get("a", "")), out=True),
    "include": lambda edit, given: editing.exclude(edit, numbers_in(given.get("a", "")), out=False),
    "exclude-group": lambda edit, given: editing.exclude_group(edit, given.get("g", ""), out=True),
    "include-group": lambda edit, given: editing.exclude_group(edit, given.get("g", ""), out=False),
    "move": by_hand,
    "up": shifted("up"),
    "down": shifted("down"),
    "top": shifted("top"),
    "bottom": shifted("bottom"),
    "restore": restored,
}


def done(request: MemberRequest, edit: SelectionEdit) -> HttpResponse:
    """Heads of the groups and tiles that the edit touched, and the order of those whose order changed."""
    cards = store_cards(edit.selection)
    board = drawn(edit.selection, cards, edit.rows, edit.arranged)
    many = len(edit.numbers) > MANY
    parts = () if many else fragments(request, edit, board)
    response = edited(request, edit.selection, *parts, say=edit.said, board=board, cards=cards)
    if many:
        trigger_client_event(response, "list-changed")
    orders = {group.id: [card.number for card in group.assets] for group in board.groups if group.id in edit.ordered}
    if orders:
        trigger_client_event(response, "ordered", {"groups": orders})
    return response


def fragments(request: MemberRequest, edit: SelectionEdit, board: Board) -> Iterator[str]:
    look = look_context(edit.selection, request.POST) | {"oob": True}
    for group in (*board.groups, board.rest):
        if group.id in edit.groups:
            yield from (render_to_string(part, look | {"group": group}) for part in parts_of(edit, group, request))
        if group.id in edit.chosen:
            yield render_to_string("link/_group_answers.html", look | {"group": group})
        if not edit.numbers.isdisjoint(group.places):
            yield from tiles(request, edit, group, look)


def parts_of(edit: SelectionEdit, group: GroupCard, request: MemberRequest) -> Iterator[str]:
    yield "link/_group_head.html"
    if in_rows(edit.selection, group, request.POST):
        yield "link/_group_order.html"


def tiles(request: MemberRequest, edit: SelectionEdit, group: GroupCard, look: dict) -> Iterator[str]:
    template = "link/_row.html" if in_rows(edit.selection, group, request.POST) else "link/_tile.html"
    for at, card in enumerate(group.assets, 1):
        if card.number in edit.numbers:
            yield render_to_string(template, look | {"group": group, "asset": card, "at": at})


def view(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """The other view of all groups, from now on."""
    wanted = request.POST.get("value", "")
    if wanted not in dict(VIEWS):
        selection_of(request, key)
        return HttpResponse("There is no such view.", status=400)
    try:
        with opened(request, key) as found:
            row = found.selection
            row.view = wanted
    except locking.Stale as error:
        return stale(request, error.selection)
    cards = store_cards(row)
    board = board_of(row, cards)
    context = groups_context(row, board, {**request.POST.dict(), "open": "", "upto": ""}) | chosen_context(row, cards)
    context |= above_context(row, cards, board, request.POST) | {"alts": alt_texts.on_link(board)}
    parts = [render_to_string("link/_groups.html", context, request)]
    parts += [render_to_string("link/_tools.html", context | {"oob": True}, request)]
    response = edited(request, row, *parts, board=board, cards=cards)
    response["HX-Retarget"], response["HX-Reswap"] = "#groups", "outerHTML"
    return announced(response, _("Compact view") if wanted == "compact" else _("Regular view"))
