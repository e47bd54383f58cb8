"""The settings of a selection: saved at once, one by one, with examples of what they do; and those of last time."""

import uuid
from collections.abc import Iterable, Mapping, Sequence

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from linking.domain.bounds import WRITTEN
from linking.forms import KeyingForm, SettingsForm, StoreSettingsForm
from linking.matching import asking
from linking.matching.bound_values import offered
from linking.models import Selection
from linking.pages.edits import announced, configured, stale, status_for, version_of
from linking.pages.link_page import keying_context, order_to_confirm, settings_of
from linking.pages.store_cards import store_cards
from linking.selection import last_settings, locking
from linking.selection.extracts import rows_of
from linking.views.selections import opened, selection_of
from setup.models import Store
from setup.security.guards import MemberRequest, workers
from setup.words import _, gettext_lazy

BY_HAND = gettext_lazy("Nothing has changed yet: some groups have a manual order. Discard that order, or keep it.")


@require_POST
@workers
def settings(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """Save what was chosen, and show what follows from it. What is not valid stays in its field, with the reason."""
    try:
        with opened(request, key) as found:
            row = found.selection
            form = SettingsForm(row, request.POST)
            own = [one for one in StoreSettingsForm.sent(row, request.POST) if one.names_sent]
            valid = form.is_valid()
            known = row.store_choices()
            before = grouped_by(row, known)
            stores = row.choose_stores(known, request.POST.getlist("stores"))
            form.save(row)
            own_valid = save_own(own, known)
    except locking.Stale as error:
        return stale(request, error.selection)
    if valid:
        form.show(settings_of(row))
    response = configured(
        request,
        row,
        store_cards(row, stores, asking.ask(row, stores)),
        form=form,
        confirm=order_to_confirm(row, form),
        toast=form.discarded,
        regrouped=form.discarded or grouped_by(row, stores) != before,
        status=200 if valid and own_valid else status_for(request, 422),
    )
    return response if form.to_confirm is None else announced(response, str(BY_HAND))


def save_own(forms: Sequence[StoreSettingsForm], stores: Iterable[Store]) -> bool:
    """What stores have otherwise than all, of those that there are; whether all of it was valid."""
    valid = [one.is_valid() for one in forms]
    known = {store.pk for store in stores}
    for one in forms:
        if one.pk in known:
            one.save()
    return all(valid)


@require_safe
@workers
def store_settings(request: MemberRequest, key: uuid.UUID, store: int) -> HttpResponse:
    """What a store has otherwise than all, to be changed: comes when a person opens it."""
    selection = selection_of(request, key)
    if not any(known.pk == store for known in selection.store_choices()):
        raise Http404
    context = {"selection": selection, "own": StoreSettingsForm(selection, store)}
    return render(request, "link/_store_own_fields.html", context)


def grouped_by(selection: Selection, stores: Mapping[Store, bool]) -> tuple:
    """What the list of groups is made of: it is sent again only if this has changed."""
    chosen = frozenset(store.pk for store, taken in stores.items() if taken)
    fields = [(pk, selection.for_store(pk).shopify_field) for pk in sorted(chosen)]
    return str(selection.keying), fields, selection.orders, selection.product_bound, chosen


@require_safe
@workers
def examples(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """What a pattern would do, while it is being written; nothing is saved."""
    selection = selection_of(request, key)
    form = KeyingForm(request.GET)
    if not form.is_valid():
        return render(request, "link/_examples.html", {"keying": {"problem": next(iter(form.errors.values()))[0]}})
    keying = form.keying
    assets = [row.asset for row in rows_of(selection, str(keying.field)) if row.known]
    keyless = sum(not keying.keys(asset) for asset in assets)
    return render(request, "link/_examples.html", keying_context(keying, assets, known=len(assets), keyless=keyless))


@require_safe
@workers
def bound_values(request: MemberRequest, key: uuid.UUID, part: str) -> HttpResponse:
    """Values to choose from for a part of what a run is bounded by, while one is being written; nothing is saved."""
    if part not in WRITTEN:
        raise Http404
    values = offered(selection_of(request, key), part, request.GET.get(f"bound_{part}", ""))
    return render(request, "link/_bound_values.html", {"values": values})


@require_POST
@workers
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
    response = configured(request, row, cards, regrouped=take)
    return announced(response, _("The settings of last time are in use.")) if take else response
