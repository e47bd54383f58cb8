"""Prepare: the parts of the product workflow in Cloudinary, each with its state, a preview, and what makes it so."""

import json
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from setup.cloudinary import trying
from setup.cloudinary.client import CloudinaryError
from setup.models import Environment
from setup.preparing import add_ons, making
from setup.preparing.clashes import caution
from setup.preparing.forms import ChoicesForm, PresetForm
from setup.preparing.making import NotMade, Plan
from setup.preparing.parts import BY_SLUG, KINDS, PARTS, Part
from setup.preparing.shapes import State
from setup.security import limits
from setup.security.actors import Actor
from setup.security.guards import MemberRequest, admins, members
from setup.words import _, enumeration, gettext_lazy, pgettext_lazy

STATES: dict[State, tuple[str, Any]] = {
    State.THERE: ("good", pgettext_lazy("a part of Prepare", "There")),
    State.DIFFERS: ("warn", pgettext_lazy("a part of Prepare", "Differs")),
    State.MISSING: ("warn", pgettext_lazy("a part of Prepare", "Missing")),
    State.FIXED: ("bad", gettext_lazy("Differs in its type")),
    State.ABSENT: ("off", gettext_lazy("Not in this account")),
}
OPTIONAL = ("off", pgettext_lazy("a part of Prepare", "Optional"))


@require_safe
@members
def page(request: MemberRequest) -> HttpResponse:
    """Cloudinary is asked a moment later, by the page itself."""
    return render(request, "setup/prepare.html", {"looked": "look" in request.GET} | found(request))


@require_safe
@members
def part(request: MemberRequest, slug: str) -> HttpResponse:
    """One part: as it was chosen, or as somebody tries it."""
    one = known(slug)
    form = one.form(one, one.kept(request.member.environment), request.GET if "chosen" in request.GET else None)
    context = shown(request, one, form, look="look" in request.GET)
    response = render(request, "setup/prepare_part.html", context)
    if request.htmx and "state" in context:
        response["HX-Trigger"] = json.dumps({"announce": f"{one.label}: {context['state']}"})
    return response


@require_POST
@admins
def make(request: MemberRequest, slug: str) -> HttpResponse:
    """Create or update, exactly what was shown."""
    one = known(slug)
    form = one.form(one, {}, request.POST)
    problem = ""
    if form.is_valid():
        try:
            limits.spend("look", request.member)
            messages.success(
                request, making.make(Actor.of(request), one, form.cleaned_data, request.POST.get("seen", ""))
            )
            return redirect("setup-prepare-part", one.slug)
        except limits.TooMany as why:
            context = shown(request, one, form, look=False) | {"looked": True, "refused": why.text}
            return render(request, "setup/prepare_part.html", context, status=429)
        except NotMade as why:
            problem = str(why)
    context = shown(request, one, form, look=True) | {"refused": problem}
    return render(request, "setup/prepare_part.html", context, status=422)


@require_POST
@admins
def missing(request: MemberRequest) -> HttpResponse:
    """Everything that is missing and not optional; nothing that differs."""
    try:
        limits.spend("look", request.member)
        done = making.make_missing(Actor.of(request))
    except (NotMade, limits.TooMany) as why:
        messages.error(request, str(why))
        return redirect("setup-prepare-page")
    text = (
        _("Created: {names}.").format(names=enumeration(done))
        if done
        else _("Nothing that could be created is missing.")
    )
    messages.success(request, text)
    return redirect("setup-prepare-page")


def known(slug: str) -> Part:
    if slug not in BY_SLUG:
        raise Http404
    return BY_SLUG[slug]


def found(request: MemberRequest) -> dict[str, Any]:
    """The parts by their kinds; without a look only what they are called."""
    plans, more = dict[str, Plan](), dict[str, Any]()
    if "look" in request.GET:
        try:
            limits.spend("look", request.member)
            plans = {plan.part.slug: plan for plan in making.plans(request.member.environment)}
            more["creatable"] = sum(plan.is_new and not plan.part.optional for plan in plans.values())
        except (CloudinaryError, limits.TooMany) as error:
            more["problem"] = error.text
    kinds = [
        (label, [row(one, plans.get(one.slug)) for one in PARTS if one.kind == kind]) for kind, label in KINDS.items()
    ]
    return {"kinds": kinds, **more}


def row(one: Part, plan: Plan | None = None) -> dict[str, Any]:
    if plan is None:
        return {"part": one}
    tone, text = OPTIONAL if one.optional and plan.state == State.MISSING else STATES[plan.state]
    return {"part": one, "plan": plan, "tone": tone, "state": text, "changes": changes(plan)}


def changes(plan: Plan) -> list[dict[str, Any]]:
    """What would be written, or for what is there what it is."""
    if plan.state == State.ABSENT:
        return []
    lines = [(entry, [vars(one) for one in entry.differences if one.before or one.after]) for entry in plan.entries]
    return [
        {"name": entry.thing.name, "lines": found, "new": entry.state == State.MISSING}
        for entry, found in lines
        if found
    ]


def shown(request: MemberRequest, one: Part, form: ChoicesForm, *, look: bool) -> dict[str, Any]:
    environment = request.member.environment
    context: dict[str, Any] = {"part": one, "form": form, "looked": look, "kind": KINDS[one.kind]}
    if not look:
        return context
    try:
        limits.spend("look", request.member)
        if isinstance(form, PresetForm):
            form.say(add_ons.look(environment))
        if form.is_bound and not form.is_valid():
            return context
        choices = form.cleaned_data if form.is_bound else one.choices(environment)
        plan = making.plan(environment, one, choices)
    except (CloudinaryError, limits.TooMany) as error:
        return context | {"problem": error.text}
    only_ours = plan.state == State.THERE and not plan.clash and choices != one.choices(environment)
    context |= {"hidden": as_fields(form), "only_ours": only_ours, "caution": caution(environment, one, choices)}
    context["lacking"] = [(name, maker_of(name)) for name in plan.lacking]
    return context | row(one, plan) | trial(environment, plan)


def maker_of(name: str) -> Part | None:
    """The part that makes a field, a value of one (`asset_type (main)`) or a named transformation."""
    thing = name.partition(" (")[0]
    return BY_SLUG.get(f"field-{thing}") or BY_SLUG.get(f"transformation-{thing}")


def as_fields(form: ChoicesForm) -> list[tuple[str, Any]]:
    """What the form holds, as a form sends it."""
    pairs = []
    for bound in form:
        value = bound.value()
        if value is True:
            value = "on"
        values = value if isinstance(value, list | tuple) else [value]
        pairs += [(bound.name, each) for each in values if each is not None and each is not False and each != ""]
    return pairs


def trial(environment: Environment, plan: Plan) -> dict[str, Any]:
    """What a transformation makes of the environment's newest picture or video that is public."""
    if not plan.part.sample:
        return {}
    text = plan.entries[0].thing.definition["transformation"]
    try:
        sample = trying.sample(environment, plan.part.sample)
        return {
            "done": trying.Trial(str(plan.part.label), trying.attempt(environment, sample, text) if sample else None)
        }
    except CloudinaryError as error:
        return {"untried": error.text}
    except trying.Untried as why:
        return {"untried": str(why)}
