"""The settings of a selection: saved at once, one by one, with examples of what they do; and those of last time."""

import uuid
from collections.abc import Mapping

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from linking.domain.fields import CloudinaryField
from linking.domain.keying import Keying
from linking.forms import KeyingForm, SettingsForm, ordered_by_hand
from linking.matching import asking
from linking.models import Selection
from linking.pages.edits import announced, stale, version_of
from linking.pages.link_board import store_cards
from linking.pages.link_page import keying_context, link_context
from linking.selection import last_settings, locking
from linking.views.selections import selection_of
from setup.security.guards import MemberRequest, members

BY_HAND = "Nothing was changed yet: groups are ordered by hand. Discard that order, or keep it."


@require_POST
@members
def settings(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """Save what was chosen, and show what follows from it. What is not valid stays in its field, with the reason."""
    selection = selection_of(request, key)
    form = SettingsForm(selection, request.POST)
    valid = form.is_valid()
    try:
        with locking.edit(selection, version_of(request)) as row:
            form.save(row)
            stores = row.choose_stores(row.store_choices(), request.POST.getlist("stores"))
            if form.discarded:
                row.last_change = discarding(form.discarded)
    except locking.Stale:
        return stale(request, selection)
    cards = store_cards(row, stores, asking.ask(row, stores))
    context = link_context(row, None if valid else form, request.POST, cards) | order_context(row, form, request.POST)
    context["toast"] = bool(form.discarded)
    response = render(request, "link/_board.html", context, status=200 if valid else 422)
    return response if form.to_confirm is None else announced(response, BY_HAND)


def discarding(orders: list[list]) -> dict:
    """For the toast, which brings the manual orders back."""
    groups = "1 group" if len(orders) == 1 else f"{len(orders)} groups"
    text = f"The manual order of {groups} is discarded."
    return {"text": text, "back": {"do": "undo"}, "url": "link-arrange", "was": {"groups": orders}}


def order_context(selection: Selection, form: SettingsForm, asked: Mapping[str, str]) -> dict:
    """`confirm`: what another ordering field would discard."""
    answered = {"order_answered": "discard_order" in asked or "keep_order" in asked}
    if form.to_confirm is None:
        return answered
    by = selection.field_label(form.to_confirm)
    confirm = {
        "code": form.to_confirm,
        "how": f"by {by}" if form.to_confirm else "as selected",
        "groups": ordered_by_hand(selection).count(),
    }
    form.data = dict(form.data.items()) | {"order_field": selection.order_field}  # the field shows what is in force
    return answered | {"confirm": confirm}


@require_safe
@members
def examples(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """What a pattern would do, while it is being written; nothing is saved."""
    selection = selection_of(request, key)
    form = KeyingForm(request.GET)
    if not form.is_valid():
        return render(request, "link/_examples.html", {"keying": {"problem": next(iter(form.errors.values()))[0]}})
    known = form.cleaned_data
    keying = Keying(
        CloudinaryField.parse(known["cloudinary_field"]), known["pattern"], known["separator"], known["fold"]
    )
    assets = [row.asset for row in selection.rows() if row.details]
    keyless = sum(not keying.keys(asset) for asset in assets)
    return render(request, "link/_examples.html", keying_context(keying, assets, known=len(assets), keyless=keyless))


@require_POST
@members
def last_time(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """Take over the settings of last time, or let them go."""
    selection = selection_of(request, key)
    take = request.POST.get("do") == "use"
    try:
        with locking.edit(selection, version_of(request)) as row:
            (last_settings.take if take else last_settings.decline)(row)
    except locking.Stale:
        return stale(request, selection)
    stores = row.store_choices()
    cards = store_cards(row, stores, asking.ask(row, stores))
    context = link_context(row, asked=request.POST, cards=cards)
    response = render(request, "link/_board.html", context)
    return announced(response, "The settings of last time are in force.") if take else response
