"""The sections of the Setup page besides Stores: each is saved by itself and answers with itself."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import trigger_client_event

from setup import beginnings
from setup.captions.words import add_on_context
from setup.cloudinary import surroundings, swatches, trying
from setup.cloudinary.client import CloudinaryError
from setup.drawn import Overtaken, said
from setup.file_names import MOST_TEMPLATE, BadTemplate
from setup.forms import RenditionsForm, SectionForm, SwatchForm
from setup.models import Environment
from setup.name_forms import example
from setup.preparing.parts import standing
from setup.sections import SECTIONS
from setup.security import audit, limits
from setup.security.guards import MemberRequest, admins, members
from setup.spelling import plain
from setup.words import _, gettext_lazy, pgettext

SAVED = gettext_lazy("Saved.")
NOT_SAVED = gettext_lazy("Not saved. Check the fields marked above.")


@require_safe
@members
def page(request: MemberRequest) -> HttpResponse:
    """All sections, once Cloudinary was looked at: the page asks for them when what was seen is not fresh. An admin may
    have it looked at again."""
    environment, problem = request.member.environment, ""
    try:
        if request.member.is_admin or not surroundings.is_fresh(environment):
            limits.spend("look", request.member)
            surroundings.look(environment)
    except (CloudinaryError, limits.TooMany) as error:
        problem = error.text
    context = sections_context(environment) | {"looked": True, "look_problem": problem}
    return render(request, "setup/_sections.html", context)


@require_POST
@admins
def save(request: MemberRequest, slug: str) -> HttpResponse:
    """All of a section or nothing of it: what the person changed, over what others have saved since the page was drawn."""
    environment, tried = request.member.environment, {}
    form = SECTIONS[slug](environment, request.POST).rebased()
    if isinstance(form, RenditionsForm):
        limits.spend("look", request.member)
    try:
        if form.is_valid():
            form.settle(form.read(environment))  # nothing is tried that would have to be asked about
            tried = form.try_out() if isinstance(form, RenditionsForm) else {}
        if not form.is_valid():
            return answer(request, form, state=NOT_SAVED, tried=tried)
        before, after = form.save()
    except Overtaken as other:
        return answer(request, overtaken(request, form, other), state=NOT_SAVED, status=409, overtaken=True)
    if after:
        audit.record(request, f"setup.{slug}", environment, before, after)
    environment.refresh_from_db()
    return answer(request, SECTIONS[slug](environment), state=SAVED, saved=True, tried=tried)


def overtaken(request: MemberRequest, form: SectionForm, other: Overtaken) -> SectionForm:
    """The person's values, each with what another has saved in its place: saved once more, they replace that."""
    environment = form.environment
    environment.refresh_from_db()
    now = form.read(environment)
    shown = type(form)(environment, form.over_theirs(now))
    for name in other.names:
        shown.add_error(name, said(request.member, spoken(shown, name, now[name]), f"setup.{form.slug}"))
    return shown


def spoken(form: SectionForm, name: str, value: Any) -> str:
    """A field's value as the page calls it."""
    field = form.fields[name]
    choices: Any = field.choices if isinstance(field, forms.ChoiceField) else []
    if isinstance(value, bool):
        return pgettext("setting", "on") if value else pgettext("setting", "off")
    if isinstance(value, list):
        return ", ".join(value)
    return str(dict(choices).get(value) or value)


def answer(
    request: MemberRequest, form: SectionForm, *, state: Any, saved: bool = False, status: int = 422, **more: Any
) -> HttpResponse:
    if not request.htmx:
        (messages.success if saved else messages.error)(request, SAVED if saved else first_error(form))
        return redirect("setup")
    context = {"environment": request.member.environment, "form": form, "state": state, "saved": saved, **more}
    response = render(request, form.template, context, status=200 if saved else status)
    return trigger_client_event(response, "section-saved") if saved and form.below else response


def first_error(form: SectionForm) -> str:
    """Of a field, or of the whole section: Cloudinary could not be asked."""
    name, errors = next(iter(form.errors.items()))
    if name not in form.fields:
        return _("Not saved. {error}").format(error=errors[0])
    return _("Not saved. {field}: {error}").format(field=form.fields[name].label, error=errors[0])


@require_safe
@admins
def swatch_rule(request: MemberRequest) -> HttpResponse:
    """A rule that is being chosen, not saved: the values of its field, and how many assets it finds."""
    environment, context = request.member.environment, dict[str, Any]()
    form = SwatchForm(environment, request.GET)
    form.suggest()
    limits.spend("look", request.member)
    field, value = form.chosen, plain(form.data.get("value", ""))
    if form.off or (form.has_value and not value):
        context["asked"] = False
    else:
        try:
            context["found"] = swatches.count(environment, field if form.has_value else "", value)
        except CloudinaryError as error:
            context["problem"] = error.text
    return render(request, "setup/_swatch_rule.html", context | {"form": form})


@require_safe
@admins
def file_name(request: MemberRequest) -> HttpResponse:
    """What a template that is being written, not saved, would make of an asset: of the environment's newest image, which the page
    keeps as `asset` once it was asked for; without an answer of an invented one."""
    template, asset = request.GET.get("name", ""), plain(request.GET.get("asset", ""))
    if "asset" not in request.GET:
        limits.spend("look", request.member)
        try:
            newest = trying.sample(request.member.environment, "image")
            asset = newest.name if newest else ""
        except CloudinaryError:
            asset = ""
    context: dict[str, Any] = {"asset": asset, "asked": True}
    try:
        context |= example(template[: 4 * MOST_TEMPLATE], asset)
    except BadTemplate as wrong:
        context["wrong"] = "" if "refused" in request.GET else str(wrong)  # the field says it already
    return render(request, "setup/_file_name_example.html", context)


def sections_context(environment: Environment) -> dict[str, Any]:
    """`forms`: by the slug of the section, with underscores."""
    return {
        "environment": environment,
        "forms": {slug.replace("-", "_"): form(environment) for slug, form in SECTIONS.items()},
        "prepared": standing(environment),
        "looked": surroundings.is_fresh(environment),
        "default_preset": beginnings.of(environment),
        **add_on_context(environment),
    }
