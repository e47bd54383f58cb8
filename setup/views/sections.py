"""The sections of the Setup page besides Stores: each is saved by itself and answers with itself."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from setup.cloudinary import preparing, surroundings, trying
from setup.cloudinary.client import CloudinaryError
from setup.forms import SECTIONS, RenditionsForm, SectionForm
from setup.models import Environment
from setup.security import audit, limits
from setup.security.guards import MemberRequest, admins, members

SAVED = "Saved."
NOT_SAVED = "Not saved: see what is marked above."


@dataclass(frozen=True)
class Trial:
    """`delivered` is None where there was no asset to try it on."""

    label: str
    delivered: trying.Delivered | None


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
    except CloudinaryError as error:
        problem = error.text
    context = sections_context(environment) | {"looked": True, "look_problem": problem}
    return render(request, "setup/_sections.html", context)


@require_POST
@admins
def save(request: MemberRequest, slug: str) -> HttpResponse:
    """All of a section or nothing of it."""
    environment = request.member.environment
    form = SECTIONS[slug](environment, request.POST)
    if isinstance(form, RenditionsForm):
        limits.spend("look", request.member)
    tried = try_out(form) if isinstance(form, RenditionsForm) and form.is_valid() else {}
    if not form.is_valid():
        return answer(request, form, state=NOT_SAVED, tried=tried)
    before, after = form.save()
    if after:
        audit.record(request, f"setup.{slug}", environment, before, after)
    return answer(request, SECTIONS[slug](environment), state=SAVED, saved=True, tried=tried)


def answer(request: MemberRequest, form: SectionForm, *, state: str, saved: bool = False, **more: Any) -> HttpResponse:
    if not request.htmx:
        (messages.success if saved else messages.error)(request, SAVED if saved else first_error(form))
        return redirect("setup")
    context = {"environment": request.member.environment, "form": form, "state": state, "saved": saved, **more}
    return render(request, form.template, context, status=200 if saved else 422)


def first_error(form: SectionForm) -> str:
    name, errors = next(iter(form.errors.items()))
    return f"Not saved. {form.fields[name].label}: {errors[0]}"


def try_out(form: RenditionsForm) -> dict[str, Trial]:
    """By transformation, what was delivered. What is not delivered becomes an error of its field."""
    found: dict[str, Trial] = {}
    known = form.cleaned_data
    try:
        image = trying.sample(form.environment, "image", known["sample"])
        video = trying.sample(form.environment, "video")
    except CloudinaryError as error:
        form.add_error(None, error.text)
        return found
    if known["sample"] and image is None:
        form.add_error("sample", "There is no image with this public ID that is delivered publicly.")
        return found
    wishes = [
        ("image", image, known["image"]),
        ("video", video, known["video"]),
        ("in_files", image, known["in_files"] or known["image"]),
    ]
    wishes += [("allowed", image, f"t_{name}") for name in known["allowed"] if name not in form.initial["allowed"]]
    for at, (name, on, transformation) in enumerate(wishes):
        label = transformation if name == "allowed" else str(form.fields[name].label)
        try:
            found[f"{at}"] = Trial(label, trying.attempt(form.environment, on, transformation) if on else None)
        except trying.Untried as refusal:
            form.add_error(name, str(refusal))
    return found


@require_POST
@admins
def prepare(request: MemberRequest, slug: str) -> HttpResponse:
    """Create one thing in Cloudinary, if it is still missing."""
    environment, item = request.member.environment, preparing.BY_SLUG.get(slug)
    if item is None:
        raise Http404
    limits.spend("look", request.member)
    try:
        surroundings.look(environment)
        result = create(request, environment, item)
    except CloudinaryError as error:
        return prepared(request, f"{item.name} was not created. {error.text}", good=False)
    return prepared(request, result, good=True)


def create(request: MemberRequest, environment: Environment, item: preparing.Item) -> str:
    """What became of it. Raises CloudinaryError."""
    if preparing.state_of(item, environment.seen).exists:
        return f"{item.name} exists already and was not changed."
    preparing.create(environment, item)
    audit.record(request, "setup.prepare", f"{item.kind} {item.name}", {}, {"definition": "; ".join(item.lines)})
    surroundings.look(environment)
    return f"{item.name} was created."


def prepared(request: MemberRequest, result: str, *, good: bool) -> HttpResponse:
    if not request.htmx:
        (messages.success if good else messages.error)(request, result)
        return redirect("setup")
    context = sections_context(request.member.environment) | {"looked": True, "announce": result, "created": good}
    return render(request, "setup/_sections.html", context, status=200 if good else 422)


def sections_context(environment: Environment) -> dict[str, Any]:
    """`forms`: by the slug of the section, with underscores."""
    return {
        "environment": environment,
        "forms": {slug.replace("-", "_"): form(environment) for slug, form in SECTIONS.items()},
        "items": preparing.states(environment),
        "looked": surroundings.is_fresh(environment),
    }
