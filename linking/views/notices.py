"""Notices: what a person hears of, the address that ends their e-mails, and an environment's chat on Setup."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linking.domain import notices
from linking.models import NoticeChannel
from linking.notices import channels, choices
from linking.notices.forms import ChannelForm, ChoiceForm
from setup.security.guards import MemberRequest, admins, members, public
from setup.signing_in import mail
from setup.words import _


@require_safe
@members
def page(request: MemberRequest) -> HttpResponse:
    choice = choices.choice_of(request.member)
    known = {"causes": notices.chosen(choice.causes), "often": choice.often, "by_mail": choice.by_mail}
    return _shown(request, ChoiceForm(initial=known))


def _shown(request: MemberRequest, form: ChoiceForm, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "mails": mail.is_set_up(), "address": choices.address_of(request.member)}
    return render(request, "notices/page.html", context, status=status)


@require_POST
@members
def save(request: MemberRequest) -> HttpResponse:
    form = ChoiceForm(request.POST)
    if not form.is_valid():
        return _shown(request, form, status=422)
    choices.choose(request.member, **form.cleaned_data)
    messages.success(request, _("Saved: AssetLink notifies you so from now on."))
    return redirect("notices")


@csrf_exempt  # the address is signed; mail programs send the one click of RFC 8058 without a session
@require_http_methods(["GET", "HEAD", "POST"])
@public
def off(request: HttpRequest, token: str) -> HttpResponse:
    """The page asks: what opens links by itself, as scanners of e-mails do, ends nothing."""
    member = choices.member_at(token)
    if member is None:
        return render(request, "notices/off.html", {"gone": True}, status=404)
    if request.method == "POST":
        choices.stop(member)
    context = {"environment": member.environment, "done": request.method == "POST"}
    return render(request, "notices/off.html", context)


@require_safe
@members
def setup(request: MemberRequest) -> HttpResponse:
    channel = channels.of(request.member.environment)
    known: dict[str, Any] = {"causes": notices.USUAL, "often": notices.Every.SOON, "language": settings.LANGUAGE_CODE}
    if channel:
        known = {"style": channel.style, "causes": notices.chosen(channel.causes), "often": channel.often}
        known["language"] = channel.language or settings.LANGUAGE_CODE
    return _setup(request, channel, ChannelForm(initial=known, has_url=channel is not None))


def _setup(
    request: MemberRequest, channel: NoticeChannel | None, form: ChannelForm, *, status: int = 200
) -> HttpResponse:
    context = {"tab": "setup", "channel": channel, "form": form}
    return render(request, "setup/notices.html", context, status=status)


@require_POST
@admins
def setup_save(request: MemberRequest) -> HttpResponse:
    channel = channels.of(request.member.environment)
    form = ChannelForm(request.POST, has_url=channel is not None)
    if not form.is_valid():
        return _setup(request, channel, form, status=422)
    channels.save(request, **form.cleaned_data)
    messages.success(request, _("Saved. Send a test to see whether it arrives."))
    return redirect("notices-setup")


@require_POST
@admins
def setup_test(request: MemberRequest) -> HttpResponse:
    if channels.test(request):
        messages.success(request, _("A test is on its way. Reload this page to see what became of it."))
    return redirect("notices-setup")


@require_POST
@admins
def setup_remove(request: MemberRequest) -> HttpResponse:
    channels.remove(request)
    messages.success(request, _("The chat is removed: no notices are posted there."))
    return redirect("notices-setup")
