"""Transcripts of videos: which have one, and asking Cloudinary's add-on for those that do not, with what it costs."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from setup.captions import transcripts
from setup.captions.transcripts import Asked, Page
from setup.cloudinary.client import CloudinaryError
from setup.preparing.forms import ADD_ONS, MOST_LANGUAGES, Languages
from setup.preparing.parts import BY_SLUG
from setup.security import limits
from setup.security.actors import Actor
from setup.security.guards import MemberRequest, admins, members
from setup.words import _, enumeration, gettext_lazy, ngettext, number

NAME = ADD_ONS["transcribe"]


class AskForm(forms.Form):
    use_required_attribute = False
    translate = Languages(
        label=gettext_lazy("Translate transcripts to"),
        most=MOST_LANGUAGES,
        help_text=gettext_lazy("Codes with commas between them, for example de, fr. Each may count by itself."),
    )


@require_safe
@members
def page(request: MemberRequest) -> HttpResponse:
    """Cloudinary is asked a moment later, by the page itself."""
    languages = preset_languages(request)
    context: dict[str, Any] = {"looked": "look" in request.GET, "name": NAME}
    if context["looked"]:
        try:
            limits.spend("look", request.member)
            found = transcripts.look(request.member.environment, request.GET.get("after", "")[:500], languages)
            context |= {
                "page": found,
                "cost": cost(found),
                "form": AskForm(initial={"translate": languages}, label_suffix=""),
            }
            context["askable"] = [one.asset_id for one in found.videos if one.can_be_asked]
        except (CloudinaryError, limits.TooMany) as error:
            context["problem"] = error.text
    return render(request, "setup/transcripts.html", context)


@require_POST
@admins
def ask(request: MemberRequest) -> HttpResponse:
    form = AskForm(request.POST)
    ids = request.POST.getlist("listed" if "all" in request.POST else "video")
    if not form.is_valid():
        messages.error(request, str(form.errors["translate"][0]))
        return redirect("setup-transcripts")
    if not ids:
        messages.error(request, _("Choose at least one video."))
        return redirect("setup-transcripts")
    try:
        limits.spend("look", request.member)
        report(request, transcripts.ask(Actor.of(request), ids, form.cleaned_data["translate"]))
    except (CloudinaryError, limits.TooMany) as error:
        messages.error(request, error.text)
    return redirect("setup-transcripts")


def preset_languages(request: MemberRequest) -> list[str]:
    """As admins chose them for uploads."""
    return list(BY_SLUG["preset-product_assets"].kept(request.member.environment).get("translate", ()))


def cost(found: Page) -> str:
    """Before anybody presses the button."""
    if found.left is None or found.limit is None:
        return _("Cloudinary’s report does not say what is left of the add-on {name}, or whether it is there.").format(
            name=NAME
        )
    text = ngettext(
        "{left} of {n} call of the add-on {name} is left this month, by Cloudinary’s report.",
        "{left} of {n} calls of the add-on {name} are left this month, by Cloudinary’s report.",
        found.limit,
    )
    return text.format(left=number(found.left), n=number(found.limit), name=NAME)


def report(request: MemberRequest, done: Asked) -> None:
    if done.names:
        n = len(done.names)
        text = ngettext("Cloudinary was asked for {n} transcript.", "Cloudinary was asked for {n} transcripts.", n)
        messages.success(request, text.format(n=number(n)))
    if done.refused:
        text = _("Cloudinary refused {names}. Cloudinary says: {said}")
        messages.error(request, text.format(names=enumeration(done.refused), said=done.word))
    if done.unanswered:
        text = _("Cloudinary did not answer for {names}. Whether it took them shows here later.")
        messages.warning(request, text.format(names=enumeration(done.unanswered)))
    if done.left_out:
        text = ngettext(
            "AssetLink did not ask for {n} video: it has a transcript, was asked for already, or may not be shown.",
            "AssetLink did not ask for {n} videos: they have transcripts, were asked for already, or may not be shown.",
            done.left_out,
        )
        messages.warning(request, text.format(n=number(done.left_out)))
