"""Rules: the list, a rule with what it did, the form with its preview, and what admins do with one."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linking.domain.searching import Filters, expression
from linking.estimating import asking as estimating
from linking.matching import asking
from linking.models import Rule, Selection
from linking.models.writing import save_fields
from linking.operations import recovery
from linking.pages.estimate import line_of
from linking.pages.rules import list_context, preview_context, rule_context
from linking.rules import clock, looking, making
from linking.rules.forms import RuleForm, errors_of
from linking.rules.making import CannotSave
from linking.selection import presets
from linking.webhooks import changes
from setup.cloudinary.client import CloudinaryError
from setup.numbers import row_number
from setup.security import limits
from setup.security.actors import Actor
from setup.security.guards import MemberRequest, admins, members
from setup.words import _
from setup.zones import names


def rule_of(request: MemberRequest, key: uuid.UUID) -> Rule:
    environment = request.member.environment
    rule = get_object_or_404(Rule.objects.filter(environment=environment).select_related("owner"), key=key)
    rule.environment = environment
    return rule


@require_safe
@members
def page(request: MemberRequest) -> HttpResponse:
    context = {"tab": "rules", "zones": names(), **list_context(request.member.environment)}
    return render(request, "rules/page.html", context)


@require_safe
@members
def rule(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    context = rule_context(rule_of(request, key), request.GET.get("page"))
    if context["under_way"]:
        recovery.sweep_shown("firing")
    return render(request, "rules/rule.html", {"tab": "rules", **context})


@require_POST
@admins
def zone(request: MemberRequest) -> HttpResponse:
    """In which schedules are meant, and days end."""
    environment, wanted = request.member.environment, request.POST.get("zone", "")
    if wanted not in names():
        messages.error(request, _("AssetLink does not know this time zone. Choose one of the list."))
    elif wanted != environment.time_zone:
        before, environment.time_zone = environment.time_zone, wanted
        save_fields([environment], ["time_zone"])
        clock.set_again(environment, timezone.now())
        changes.set_again(environment, timezone.now())
        Actor.of(request).record("setup.zone", environment, {"time_zone": wanted}, before={"time_zone": before})
        messages.success(request, _("Saved: all schedules use the time zone {zone}.").format(zone=wanted))
    return redirect("rules")


@require_http_methods(["GET", "HEAD", "POST"])
@admins
def new(request: MemberRequest) -> HttpResponse:
    """GET may begin with a `preset`, and with the search of Choose Assets as its address says it."""
    environment = request.member.environment
    if request.method != "POST":
        preset = presets.visible_to(request.member).filter(pk=row_number(request.GET.get("preset", ""))).first()
        filters = Filters.of(dict(request.GET.lists()))
        form = RuleForm(
            environment,
            settings=preset.settings if preset else None,
            search=expression(filters, today=timezone.now().date()) if filters.pairs else "",
        )
        return drawn(request, form)
    form = RuleForm(environment, request.POST)
    made = saved(request, form)
    if made is None:
        return drawn(request, form, status=422)
    messages.success(request, _("{rule} is made. Look at what it would do, then switch it on.").format(rule=made))
    return redirect("rule", made.key)


@require_http_methods(["GET", "HEAD", "POST"])
@admins
def edit(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    known = rule_of(request, key)
    if request.method != "POST":
        return drawn(request, RuleForm(known.environment, rule=known))
    form = RuleForm(known.environment, request.POST, rule=known)
    if saved(request, form) is None:
        return drawn(request, form, status=422)
    messages.success(request, _("{rule} is saved.").format(rule=form.cleaned_data["name"]))
    return redirect("rule", key)


def drawn(request: MemberRequest, form: RuleForm, *, status: int = 200) -> HttpResponse:
    context = {
        "tab": "rules",
        "form": form,
        "rule": form.rule,
        "zone": form.environment.time_zone,
        "presets": [] if form.rule else presets.visible_to(request.member),
    }
    return render(request, "rules/form.html", context, status=status)


def saved(request: MemberRequest, form: RuleForm) -> Rule | None:
    """None where something is wrong, which the form says."""
    if not form.is_valid():
        return None
    actor = Actor.of(request)
    try:
        if refused := searched_wrong(request, form):
            raise CannotSave(("search", refused))
        if form.rule is None:
            return making.make(actor, form.wanted)
        version = form.cleaned_data.get("version")
        return making.change(actor, form.rule, form.wanted, -1 if version is None else version)
    except CannotSave as refusal:
        form.refuse(refusal)
        return None


def searched_wrong(request: MemberRequest, form: RuleForm) -> str:
    """What Cloudinary says against an expression that is another one than before."""
    if form.rule is not None and form.rule.search == form.cleaned_data["search"].strip():
        return ""
    limits.spend("look", request.member)
    return looking.wrong_search(form.environment, form.wanted)


@require_POST
@admins
def preview(request: MemberRequest) -> HttpResponse:
    """What the rule of the form would find and link now. It is not saved."""
    environment = request.member.environment
    form = RuleForm(environment, request.POST)
    form.fields["name"].required = False
    if not form.is_valid():
        return render(request, "rules/_preview.html", {"wrong": list(errors_of(form))})
    limits.spend("look", request.member)
    try:
        found = looking.look(environment, form.cleaned_data["search"])
    except looking.Refused as refusal:
        said = _("Cloudinary does not take the search: {said}").format(said=refusal)
        return render(request, "rules/_preview.html", {"wrong": [said]})
    except CloudinaryError as error:
        return render(request, "rules/_preview.html", {"wrong": [str(error.reason)]})
    selection = looking.preview(environment, found.ids, form.settings, form.chosen) if found.ids else None
    return render(request, "rules/_preview.html", {"look": found, "of": len(found.ids), "selection": selection})


@require_safe
@admins
def counted(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """Polled until the assets of a preview are read, the stores have answered, and the changes are counted."""
    environment = request.member.environment
    rows = Selection.objects.filter(environment=environment, member=looking.previewer(environment), key=key)
    selection = rows.select_related("member").first()
    if selection is None:
        raise Http404
    selection.environment = environment
    if selection.fetched:
        asking.ask(selection)
    context = dict(preview_context(selection))
    if context["board"]:
        if estimating.rests(selection, estimating.asked_of(selection)):
            estimating.ask(selection)
        context["estimate"] = line_of(selection, context["cards"])
    context["over"] = context["failed"] or ("estimate" in context and context["estimate"].over)
    recovery.sweep_shown()
    return render(request, "rules/_counted.html", context)


@require_POST
@admins
def switch(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    known, on = rule_of(request, key), request.POST.get("on") == "1"
    try:
        making.switch(Actor.of(request), known, on=on)
    except CannotSave as refusal:
        messages.error(request, str(refusal))
        return redirect("rules")
    said = _("{rule} is on.") if on else _("{rule} is off: it fires only by hand.")
    messages.success(request, said.format(rule=known))
    return redirect("rule", key)


@require_POST
@admins
def fire(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    known = rule_of(request, key)
    try:
        making.fire(Actor.of(request), known, "person")
    except CannotSave as refusal:
        messages.error(request, str(refusal))
        return redirect("rules")
    messages.success(request, _("{rule} fires. Its run appears below.").format(rule=known))
    return redirect("rule", key)


@require_http_methods(["GET", "HEAD", "POST"])
@admins
def delete(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """What would happen is said first; the button below it does it."""
    known = rule_of(request, key)
    if request.method != "POST":
        return render(request, "rules/delete.html", {"tab": "rules", "rule": known})
    try:
        making.delete(Actor.of(request), known)
        messages.success(request, _("{rule} is deleted. Its runs stay in History.").format(rule=known))
    except CannotSave as refusal:
        messages.error(request, str(refusal))
    return redirect("rules")
