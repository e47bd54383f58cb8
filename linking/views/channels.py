"""Channels on Setup, and a selection as a channel takes it."""

import uuid

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from linking.channels import manifest
from linking.channels.forms import ChannelForm, NewChannelForm
from linking.domain.channels import PRESETS, BadChannel, Profile
from linking.models import Channel
from linking.views.selections import selection_of
from setup.cloudinary.client import CloudinaryError
from setup.numbers import whole
from setup.security import audit, limits
from setup.security.guards import MemberRequest, admins, members, workers
from setup.words import _, enumeration

AT_MOST, SHOWN = 30, 100
WRITERS = {"csv": (manifest.as_csv, "text/csv; charset=utf-8"), "json": (manifest.as_json, "application/json")}


def channel_of(request: MemberRequest, pk: int) -> Channel:
    rows = Channel.objects.filter(environment=request.member.environment).select_related("environment")
    return get_object_or_404(rows, pk=pk)


@require_safe
@members
def page(request: MemberRequest) -> HttpResponse:
    return _listed(request, NewChannelForm(request.member.environment))


def _listed(request: MemberRequest, form: NewChannelForm, *, status: int = 200) -> HttpResponse:
    rows = [(one, names_of(one)) for one in request.member.environment.channels.all()]
    return render(request, "channels/page.html", {"tab": "setup", "channels": rows, "form": form}, status=status)


def names_of(channel: Channel) -> str:
    """Of its renditions; empty for what nobody can have saved."""
    try:
        return enumeration([one.name for one in Profile.of(channel.settings).renditions])
    except BadChannel:
        return ""


@require_POST
@admins
def add(request: MemberRequest) -> HttpResponse:
    environment = request.member.environment
    form = NewChannelForm(environment, request.POST)
    if form.is_valid() and environment.channels.count() >= AT_MOST:
        form.add_error(None, _("An environment has 30 channels at most. Remove one first."))
    if not form.is_valid():
        return _listed(request, form, status=422)
    known = form.cleaned_data
    with transaction.atomic():
        settings = PRESETS[known["preset"]][1].kept()
        channel = Channel.objects.create(environment=environment, name=known["name"], settings=settings)
        audit.record(request, "channel.add", f"channel {channel}", {}, {"preset": known["preset"]})
    return redirect("channel", channel.pk)


@require_safe
@members
def channel(request: MemberRequest, pk: int) -> HttpResponse:
    found = channel_of(request, pk)
    try:
        return _one(request, found, ChannelForm(found))
    except BadChannel as error:
        messages.error(request, str(error))
        return _one(request, found, None)


def _one(request: MemberRequest, found: Channel, form: ChannelForm | None, *, status: int = 200) -> HttpResponse:
    context = {"tab": "setup", "channel": found, "form": form, "profile": form and Profile.of(found.settings)}
    return render(request, "channels/channel.html", context, status=status)


@require_POST
@admins
def save(request: MemberRequest, pk: int) -> HttpResponse:
    found = channel_of(request, pk)
    try:
        form = ChannelForm(found, request.POST)
    except BadChannel as error:
        messages.error(request, str(error))
        return redirect("channels")
    if not form.is_valid():
        return _one(request, found, form, status=422)
    with transaction.atomic():
        found.name, before, found.settings = form.cleaned_data["name"], found.settings, form.profile.kept()
        Channel.objects.filter(pk=pk).update(name=found.name, settings=found.settings)
        audit.record(request, "channel.change", f"channel {found}", before, found.settings)
    messages.success(request, _("Saved: the channel takes this from now on."))
    return redirect("channel", pk)


@require_POST
@admins
def remove(request: MemberRequest, pk: int) -> HttpResponse:
    found = channel_of(request, pk)
    with transaction.atomic():
        audit.record(request, "channel.remove", f"channel {found}", found.settings, {})
        Channel.objects.filter(pk=pk).delete()
    messages.success(
        request, _("The channel {name} is removed. Nothing that was downloaded for it changes.").format(name=found)
    )
    return redirect("channels")


@require_safe
@workers
def preview(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """By what is known of the assets: a manifest looks once more."""
    selection = selection_of(request, key)
    channels = request.member.environment.channels.all()
    chosen = channels.filter(pk=whole(request.GET.get("channel")) or 0).first() or channels.first()
    context = {"tab": "link", "selection": selection, "channels": channels, "chosen": chosen}
    if chosen and selection.fetched:
        try:
            export = manifest.previewed(selection, Profile.of(chosen.settings))
        except BadChannel as error:
            messages.error(request, str(error))
        else:
            # One picture of each rendition: Cloudinary counts each that it makes.
            firsts = list({line["rendition"]: line for line in reversed(export.lines)}.values())[::-1]
            context |= {"export": export, "lines": export.lines[:SHOWN], "problems": export.problems[:SHOWN]}
            context["firsts"] = firsts
    return render(request, "channels/preview.html", context)


@require_safe
@workers
def download(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    selection, format = selection_of(request, key), request.GET.get("format", "csv")
    chosen = channel_of(request, whole(request.GET.get("channel")) or 0)
    if format not in WRITERS or not selection.fetched:
        raise Http404
    limits.spend("look", request.member)
    try:
        export = manifest.exported(selection, Profile.of(chosen.settings))
    except (CloudinaryError, BadChannel) as error:
        messages.error(request, str(error.reason) if isinstance(error, CloudinaryError) else str(error))
        return redirect(f"{reverse('link-channels', args=[key])}?channel={chosen.pk}")
    write, media_type = WRITERS[format]
    answer = HttpResponse(write(export), content_type=media_type)
    answer["Content-Disposition"] = f'attachment; filename="assetlink-channel-{chosen.pk}-{str(key)[:8]}.{format}"'
    return answer
