"""Cloudinary's events on Setup: everybody sees whether they come, admins have them sent."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from setup.cloudinary.client import CloudinaryError
from setup.events import addresses, followed, triggers
from setup.events.forms import EventSecretForm
from setup.models import EventAddress
from setup.security import limits
from setup.security.guards import MemberRequest, admins, members
from setup.words import _


@require_safe
@members
def page(request: MemberRequest) -> HttpResponse:
    return shown(request, EventSecretForm())


def shown(request: MemberRequest, form: EventSecretForm, *, status: int = 200) -> HttpResponse:
    environment = request.member.environment
    context: dict[str, Any] = {"tab": "setup", "form": form, "address": addresses.of(environment)}
    if address := context["address"]:
        context["last"] = addresses.last_event(address)
        context["silent"] = addresses.is_silent(address, now=timezone.now())
        context["followed"] = followed.of(environment)
        context["secrets"] = environment.event_secrets.select_related("created_by").order_by("pk")
        context["url"] = addresses.url_of(address)
    return render(request, "setup/events.html", context, status=status)


@require_POST
@admins
def make(request: MemberRequest) -> HttpResponse:
    addresses.make(request)
    return redirect("setup-events")


@require_safe
@admins
def trigger(request: MemberRequest) -> HttpResponse:
    """What Cloudinary has; the page asks for it once it is there."""
    context: dict[str, Any] = {"most": triggers.MOST}
    if address := addresses.of(request.member.environment):
        try:
            limits.spend("look", request.member)
            context["triggers"] = triggers.look(request.member.environment, addresses.url_of(address))
        except (CloudinaryError, limits.TooMany) as error:
            context["problem"] = error.text
    return render(request, "setup/_event_trigger.html", context)


@require_POST
@admins
def make_trigger(request: MemberRequest) -> HttpResponse:
    limits.spend("look", request.member)
    try:
        triggers.make(request, addresses.url_of(addresses.make(request)))
    except CloudinaryError as error:
        messages.error(request, error.text)
    else:
        messages.success(request, _("Cloudinary sends its events to AssetLink from now on."))
    return redirect("setup-events")


@require_POST
@admins
def remove_trigger(request: MemberRequest) -> HttpResponse:
    address: EventAddress | None = addresses.of(request.member.environment)
    limits.spend("look", request.member)
    try:
        if address and triggers.remove(request, addresses.url_of(address)):
            messages.success(request, _("Cloudinary sends no more events to AssetLink."))
    except CloudinaryError as error:
        messages.error(request, error.text)
    return redirect("setup-events")


@require_POST
@admins
def add_secret(request: MemberRequest) -> HttpResponse:
    form = EventSecretForm(request.POST)
    if form.is_valid():
        try:
            addresses.add_secret(request, form.cleaned_data["secret"])
        except addresses.TooManySecrets:
            form.add_error("secret", _("There are five secrets already. Remove one of them first."))
    if not form.is_valid():
        return shown(request, form, status=422)
    messages.success(request, _("Events that this secret signed are taken from now on."))
    return redirect("setup-events")


@require_POST
@admins
def remove_secret(request: MemberRequest, pk: int) -> HttpResponse:
    addresses.remove_secret(request, get_object_or_404(request.member.environment.event_secrets, pk=pk))
    messages.success(request, _("The secret is removed."))
    return redirect("setup-events")
