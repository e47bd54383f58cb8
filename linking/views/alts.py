"""Alt texts on the Link to Products page: typed, filled from a field, proposed by AI, saved to Cloudinary."""

import uuid
from collections.abc import Callable

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import trigger_client_event

from linking.domain.fields import BadField, CloudinaryField
from linking.domain.ranges import numbers_in
from linking.domain.reasons import field_named
from linking.domain.stored import alts_before
from linking.models import SelectedAsset, Selection
from linking.operations import recovery
from linking.pages import alt_texts, edits, upload_board
from linking.pages.alt_texts import captions_context, jobs_context
from linking.pages.caption_offer import asked_context
from linking.pages.edits import announced, status_for, version_of
from linking.pages.group_cards import card_of
from linking.pages.link_board import Board, board_of
from linking.pages.store_cards import store_cards
from linking.pages.upload_board import UploadBoard
from linking.selection import locking
from linking.selection.alt_texts import asking, deciding
from linking.selection.alt_texts.deciding import BadAlt
from linking.selection.arrangement import group_ids
from linking.views import uploads
from linking.views.selections import selection_of
from setup.captions import words
from setup.reasons import Reason
from setup.security.guards import MemberRequest, workers
from setup.words import _, gettext_lazy, ngettext, number

# What it returns is said where it changed nothing.
Edit = Callable[[Selection, QueryDict], Reason | None]


@require_http_methods(["GET", "HEAD", "POST"])
@workers
def alts(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """Numbers and buttons, loaded when the part of the page is opened; and every edit of alt texts."""
    selection = selection_of(request, key)
    if request.method == "POST":
        return change(request, selection)
    panel = alt_texts.panel(selection, board_shown(request, selection).with_alt)
    known = {"panel": panel, "to_files": on_uploads(request)} | asked_context(selection.environment, panel.images)
    return render(request, "link/_alts_body.html", jobs_context(selection) | captions_context(selection) | known)


@require_safe
@workers
def jobs(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """Polled while something is done at Cloudinary. Proposals follow as they come; its end is announced."""
    recovery.sweep_shown()
    context = jobs_context(selection_of(request, key))
    if request.GET.get("seen") == context["seen"]:
        return HttpResponse(status=204)
    parts = [render_to_string("link/_alts_work.html", context, request), counts(request, context["selection"])]
    response = HttpResponse("".join(parts))
    if context["jobs"] and not context["busy"]:
        trigger_client_event(response, "alts-changed")
        return announced(response, max(context["jobs"], key=lambda one: one.job.heartbeat_at).ending)
    if request.GET.get("offered") != str(context["offered"]):
        trigger_client_event(response, "captions-changed")
    return response


@require_safe
@workers
def captions(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """The proposals that wait for a decision."""
    return render(request, "link/_captions.html", captions_context(selection_of(request, key)))


def change(request: MemberRequest, selection: Selection) -> HttpResponse:
    """One edit, or one job for Cloudinary, as `do` names it."""
    do = request.POST.get("do", "")
    if do in JOBS:
        return JOBS[do](request, selection)
    if do not in EDITS:
        return HttpResponse(status=400)
    was, version = alts_before(selection.last_change.get("was")), version_of(request)
    unchanged: str | Reason = str(NOTHING_CHANGED)
    try:
        with locking.edit(selection, version) as row:
            if do == "take-back" and was and selection.version == version:
                deciding.take_back(row, was)
            else:
                unchanged = EDITS[do](row, request.POST) or unchanged
    except locking.Stale:
        return (uploads if on_uploads(request) else edits).stale(request, selection)
    except (BadAlt, BadField) as wrong:
        return refused(request, selection, do, str(wrong))
    changed = row.last_change != selection.last_change
    return decided(request, row, do, row.last_change.get("text", str(TAKEN_BACK)) if changed else unchanged)


def on_uploads(request: MemberRequest) -> bool:
    """Whether the editor stands on Upload to Store Files, which has a board of its own."""
    try:
        return resolve(request.htmx.current_url_abs_path or "").url_name == "upload"
    except (Resolver404, ValueError):  # an address that is none
        return False


def board_shown(request: MemberRequest, selection: Selection) -> Board | UploadBoard:
    """Of the page that the editor stands on."""
    return upload_board.board_of(selection) if on_uploads(request) else board_of(selection, store_cards(selection))


def numbers_of(request: MemberRequest, selection: Selection) -> alt_texts.Numbers:
    board = board_shown(request, selection)
    return alt_texts.on_upload(board) if isinstance(board, UploadBoard) else alt_texts.on_link(board)


def of_asset(decide: Callable[[Selection, SelectedAsset], None]) -> Edit:
    """An edit of the asset at the place that the request names as `at`."""
    return lambda selection, given: decide(selection, deciding.asset_at(selection, given.get("at", "")))


def write(selection: Selection, given: QueryDict) -> Reason:
    return deciding.write(selection, deciding.asset_at(selection, given.get("at", "")), given.get("value", ""))


def accept(selection: Selection, given: QueryDict) -> None:
    deciding.accept(selection, deciding.asset_at(selection, given.get("at", "")), given.get("value"))


def fill(selection: Selection, given: QueryDict) -> None:
    field = CloudinaryField.parse(given.get("field", ""))
    deciding.fill(selection, field, field_named(str(field), selection.offered_fields))


def gone(selection: Selection, given: QueryDict) -> None:
    raise BadAlt(_("There is nothing left to undo."))


EDITS: dict[str, Edit] = {
    "alt": write,
    "empty": of_asset(deciding.leave_empty),
    "revert": of_asset(deciding.revert),
    "fill": fill,
    "accept": accept,
    "accept-all": lambda selection, given: deciding.accept_all(selection, given.get("count", "")),
    "reject": of_asset(deciding.reject),
    "reject-all": lambda selection, given: deciding.reject_all(selection, given.get("count", "")),
    "take-back": gone,
}
TAKEN_BACK, NOTHING_CHANGED = gettext_lazy("Undone."), gettext_lazy("Nothing changed.")
OF_PROPOSALS = ("accept", "reject", "accept-all", "reject-all")


def decided(request: MemberRequest, selection: Selection, do: str, said: str | Reason) -> HttpResponse:
    """What follows from an edit: the asset's editors, the proposals, version and way back; after one of many assets, the list.

    The numbers on the button do not: no alt text changes what is linked.
    """
    parts, numbers = editors(request, selection, request.POST.get("at", "")), numbers_of(request, selection)
    if do in OF_PROPOSALS:
        parts.insert(0, render_to_string("link/_captions.html", captions_context(selection, numbers.offered), request))
    known = {"selection": selection, "alts": numbers, "oob": True}
    parts.append(render_to_string("link/_alts_follows.html", known, request))
    response = aim(HttpResponse("".join(parts)), "#captions" if do in OF_PROPOSALS else "")
    if "at" not in request.POST:
        trigger_client_event(response, "list-changed")
    trigger_client_event(response, "alts-changed" if do in ("fill", "take-back") else "alt-changed")
    return announced(response, said)


def refused(request: MemberRequest, selection: Selection, do: str, why: str) -> HttpResponse:
    """Why nothing was changed, where it was to be changed. What was typed stays in its field."""
    status = status_for(request, 422)
    if do in OF_PROPOSALS:
        context = captions_context(selection) | {"error": why}
        response = aim(render(request, "link/_captions.html", context, status=status), "#captions")
    else:
        parts = editors(request, selection, request.POST.get("at", ""), error=why)
        response = aim(HttpResponse("".join(parts), status=status), "")
    return announced(response, why)


def aim(response: HttpResponse, target: str) -> HttpResponse:
    """Where the answer goes; without a target only what names its own place is swapped in."""
    response["HX-Reswap"] = "outerHTML" if target else "none"
    if target:
        response["HX-Retarget"] = target
    return response


def suggest(request: MemberRequest, selection: Selection) -> HttpResponse:
    """Ask for captions of the asset at the place `at`, of those that were selected (`a`, as ranges), or else of all images
    without an alt text."""
    places = numbers_in(request.POST.get("at") or request.POST.get("a", ""))
    try:
        count = asking.ask_for_captions(selection, places)
    except asking.CaptionsOff as refusal:
        return begun(request, selection, str(refusal))
    asked = ngettext("Cloudinary’s AI describes {n} image.", "Cloudinary’s AI describes {n} images.", count)
    begins = " ".join([asked.format(n=number(count)), words.cost(selection.environment)])
    return begun(request, selection, begins if count else str(NOTHING_TO_ASK))


def save(request: MemberRequest, selection: Selection) -> HttpResponse:
    count = asking.ask_for_saving(selection)
    saving = ngettext("Saving {n} alt text to Cloudinary.", "Saving {n} alt texts to Cloudinary.", count)
    return begun(request, selection, saving.format(n=number(count)) if count else _("Every alt text is saved."))


def stop(request: MemberRequest, selection: Selection) -> HttpResponse:
    asking.stop(selection, request.POST.get("kind", ""))
    return begun(request, selection, asking.STOPPED)


JOBS = {"suggest": suggest, "save": save, "stop": stop}
NOTHING_TO_ASK = gettext_lazy("Nothing to suggest: AI describes images only, and each one once.")


def counts(request: MemberRequest, selection: Selection) -> str:
    return render_to_string(
        "link/_alts_count.html", {"selection": selection, "alts": numbers_of(request, selection), "oob": True}, request
    )


def begun(request: MemberRequest, selection: Selection, text: str | Reason) -> HttpResponse:
    """What is done at Cloudinary now, as the page shows it."""
    parts: list[str] = [render_to_string("link/_alts_work.html", jobs_context(selection) | {"oob": True}, request)]
    parts += editors(request, selection, request.POST.get("at", ""))
    response = aim(HttpResponse("".join(parts)), "")
    return announced(trigger_client_event(response, "alts-begun"), text)


def editors(request: MemberRequest, selection: Selection, at: str, *, error: str = "") -> list[str]:
    """The editors of the assets at these places, in every group they are in; with an error only what is below the text."""
    rows = list(selection.assets.filter(place__in=numbers_in(at)).exclude(details={}))
    template, oob = ("link/_alt_note.html", "note") if error else ("link/_alt.html", "alt")
    known = {"selection": selection, "oob": oob, "error": error}
    return [
        render_to_string(template, known | {"asset": card, "group": {"id": id}}, request)
        for row in rows
        for card in [card_of(selection.environment, row, row.asset)]
        for id in group_ids(selection.keying, card.asset)
    ]
