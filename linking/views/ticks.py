"""Stores that are ticked all at once, and that taken back."""

import uuid

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from linking.matching import asking
from linking.pages.edits import announced, configured, stale, version_of
from linking.pages.store_cards import store_cards
from linking.selection import locking, ticking
from linking.views.selections import selection_of
from setup.security.guards import MemberRequest, workers
from setup.words import _


@require_POST
@workers
def ticks(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """`do`: `tick-all` ticks every store that matches; `undo` takes that back. Another store is another column of every group, so
    the list follows."""
    selection = selection_of(request, key)
    do, was = request.POST.get("do", ""), selection.last_change.get("was", {})
    if do not in ("tick-all", "undo"):
        return HttpResponse(_("There is no such edit."), status=400)
    try:
        with locking.edit(selection, version_of(request)) as row:
            said = ticking.tick_all(row) if do == "tick-all" else ticking.take_back(row, was)
    except locking.Stale:
        return stale(request, selection)
    stores = row.store_choices()
    cards = store_cards(row, stores, asking.ask(row, stores))
    return announced(configured(request, row, cards, toast=True, regrouped=True), said)
