"""Presets of Link to Products: shown with what each would change, used in one click and taken back, and kept."""

import uuid
from collections.abc import Callable, Mapping

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from linking.matching import asking
from linking.models import Preset, Selection
from linking.pages.edits import announced, configured, stale, status_for, version_of
from linking.pages.presets import LAST, last_time, presets_context
from linking.pages.store_cards import store_cards
from linking.selection import locking, presets
from linking.selection.last_settings import offer_to
from linking.selection.presets import CannotSave
from linking.selection.taking_over import take, take_back, weighed
from linking.views.choosing import grouped_by
from linking.views.selections import selection_of
from setup.numbers import row_number
from setup.reasons import Reason
from setup.security.actors import Actor
from setup.security.guards import MemberRequest, workers
from setup.words import _, gettext_lazy

Change = Callable[[Actor, Preset, Selection, str], None]
# What is done with a preset that is there, and what is said then.
CHANGES: Mapping[str, tuple[Change, object]] = {
    "rename": (lambda actor, one, row, name: presets.rename(actor, one, name), gettext_lazy("{name} is saved.")),
    "update": (
        lambda actor, one, row, name: presets.update(actor, one, row),
        gettext_lazy("{name} has the current settings now."),
    ),
    "share": (lambda actor, one, row, name: presets.share(actor, one), gettext_lazy("{name} is shared.")),
    "delete": (lambda actor, one, row, name: presets.delete(actor, one), gettext_lazy("{name} is deleted.")),
    "default": (
        lambda actor, one, row, name: presets.make_default(actor, one, default=True),
        gettext_lazy("New selections begin with {name}."),
    ),
    "no-default": (
        lambda actor, one, row, name: presets.make_default(actor, one, default=False),
        gettext_lazy("New selections no longer begin with {name}."),
    ),
}


@require_http_methods(["GET", "HEAD", "POST"])
@workers
def presets_of(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """GET: the list, with the form of the `row`. POST, `do`: `use` takes over the `preset`, `undo` takes that back."""
    selection = selection_of(request, key)
    if request.method != "POST":
        context = presets_context(selection, request.member, request.GET.get("row", ""))
        return render(request, "link/_presets.html", context)
    do, was = request.POST.get("do", ""), selection.last_change.get("was", {})
    if do not in ("use", "undo"):
        return HttpResponse(_("There is no such edit."), status=400)
    try:
        with locking.edit(selection, version_of(request)) as row:
            before = grouped_by(row, row.store_choices())
            said = _used(request, row) if do == "use" else take_back(row, was)
    except locking.Stale:
        return stale(request, selection)
    stores = row.store_choices()
    cards = store_cards(row, stores, asking.ask(row, stores))
    regrouped = grouped_by(row, stores) != before
    return announced(configured(request, row, cards, toast=True, regrouped=regrouped), said)


def _used(request: MemberRequest, row: Selection) -> Reason:
    code = request.POST.get("preset", "")
    if code == LAST:
        last = offer_to(request.member)
        settings, stores, name = last.get("settings", {}), last.get("stores", []), last_time()
    else:
        preset = _preset(request, code)
        settings, name = preset.settings, preset.name
        stores = list(preset.stores.values_list("pk", flat=True))
    return take(row, weighed(row, settings, stores, row.store_choices()), name)


def _preset(request: MemberRequest, code: str) -> Preset:
    """One that the member sees; any other does not exist."""
    found = presets.visible_to(request.member).filter(pk=row_number(code)).first()
    if found is None:
        raise Http404
    return found


@require_POST
@workers
def keep(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """`do`: keep the selection's settings as a further preset (`add`), or change the `preset`. Answers with the list; what cannot
    be kept leaves its form open, with the reason."""
    selection, do = selection_of(request, key), request.POST.get("do", "")
    code = request.POST.get("preset", "")
    if do != "add" and do not in CHANGES:
        return HttpResponse(_("There is no such edit."), status=400)
    try:
        said = _add(request, selection) if do == "add" else _change(request, selection, _preset(request, code), do)
    except CannotSave as refusal:
        context = presets_context(selection, request.member, code or "new")
        in_form = not code or any(row.code == code and row.mine for row in context["rows"])
        context |= {"problem": str(refusal), "in_form": in_form, "written": request.POST.get("name", "")}
        return render(request, "link/_presets.html", context, status=status_for(request, 422))
    return announced(render(request, "link/_presets.html", presets_context(selection, request.member)), said)


def _add(request: MemberRequest, selection: Selection) -> str:
    shared = request.POST.get("shared") == "on"
    made = presets.save_as(Actor.of(request), selection, request.POST.get("name", ""), shared=shared)
    return _("{name} is saved.").format(name=made.name)


def _change(request: MemberRequest, selection: Selection, preset: Preset, do: str) -> str:
    if not presets.may_change(request.member, preset):
        raise CannotSave(_("Only admins can change shared presets."))
    change, said = CHANGES[do]
    change(Actor.of(request), preset, selection, request.POST.get("name", ""))
    return str(said).format(name=preset.name)
