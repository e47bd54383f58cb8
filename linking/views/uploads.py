"""Upload to Store Files: the same selection, without products."""

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import trigger_client_event

from linking import runs
from linking.domain.ranges import numbers_in
from linking.forms import UploadForm
from linking.models import Selection
from linking.pages.edits import NOTHING_TO_DO, announced, as_stale, is_behind, token_of, version_of
from linking.pages.link_page import fetching_context
from linking.pages.run import files as run_files
from linking.pages.run.filter import RunFilter
from linking.pages.run.numbers import numbers_of
from linking.pages.upload_board import UploadBoard
from linking.pages.upload_page import FETCHING, board_context, chosen_way, upload_context
from linking.selection import editing, locking, trying
from linking.selection.arrangement import Arrangement
from linking.selection.editing import NotThere, SelectionEdit
from linking.selection.extracts import rows_of
from linking.views.launch import SELECTION, without_selection
from linking.views.selections import selection_of, still_fetching
from linking.views.syncs import sync_of
from setup.security.actors import Actor
from setup.security.guards import MemberRequest, members, workers
from setup.words import _

# Groups do not matter here.
NO_GROUPS = Arrangement((), (), frozenset())
# From so many assets on, the list is loaded again instead of one row after another.
MANY = 30


@require_safe
@workers
def home(request: MemberRequest) -> HttpResponse:
    """Upload to Store Files, with the selection of this session; without one where it begins."""
    key = request.session.get(SELECTION)
    return redirect("upload", key=key) if key else without_selection(request)


@require_safe
@workers
def page(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    selection = selection_of(request, key)
    if selection.is_spare:
        return redirect("upload", key=selection.whole()[0].key)
    return render(request, "uploads/page.html", upload_context(selection, request.GET) | {"tab": "upload"})


@require_http_methods(["GET", "HEAD", "POST"])
@workers
def fetching(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """As `selections.fetching`, with this page's own board at the end."""
    selection = selection_of(request, key)
    if request.method == "POST" and trying.try_now(selection):
        selection.refresh_from_db()
    if selection.fetched:
        answer = render(request, "uploads/_board.html", upload_context(selection, request.GET))
        answer["HX-Retarget"], answer["HX-Reswap"] = (
            "#upload-page",
            "innerHTML",
        )  # the page's head is the board's from now on
        return answer
    return still_fetching(request, fetching_context(selection, at=FETCHING))


@require_safe
@workers
def assets(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """The list that the filter names; with `after` only the rows that follow that place."""
    context = board_context(selection_of(request, key), request.GET)
    template = "uploads/_rows.html" if "after" in request.GET else "uploads/_list.html"
    return render(request, template, context)


@require_POST
@workers
def settings(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """Save the stores, the rendition and the policy for alt texts, and show what follows."""
    selection = selection_of(request, key)
    form = UploadForm(selection, request.POST)
    form.is_valid()
    try:
        with locking.edit(selection, version_of(request)) as row:
            form.save(row)
            stores = row.choose_stores(row.store_choices(), request.POST.getlist("stores"))
    except locking.Stale:
        return stale(request, selection)
    context = board_context(row, request.POST, stores=stores)
    response = render(request, "uploads/_follows.html", context | {"oob": True})
    return trigger_client_event(response, "list-changed")


@require_POST
@workers
def change(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """Exclude or include the assets at the places `a`, or take that back."""
    selection = selection_of(request, key)
    do, was = request.POST.get("do", ""), selection.last_change.get("was", {})
    if do not in EDITS and do != "undo":
        return HttpResponse(_("There is no such edit."), status=400)
    try:
        with locking.edit(selection, version_of(request)) as row:
            edit = SelectionEdit(row, rows_of(row), NO_GROUPS)
            if do == "undo":
                editing.take_back(edit, was)
            else:
                EDITS[do](edit, request.POST)
            row.last_change = row.last_change and row.last_change | {"url": "upload-edit"}
    except locking.Stale:
        return stale(request, selection)
    except NotThere:
        raise Http404 from None
    return edited(request, edit)


EDITS: dict[str, Callable[[SelectionEdit, QueryDict], None]] = {
    "exclude": lambda edit, given: editing.exclude(edit, numbers_in(given.get("a", "")), out=True),
    "include": lambda edit, given: editing.exclude(edit, numbers_in(given.get("a", "")), out=False),
}


def edited(request: MemberRequest, edit: SelectionEdit) -> HttpResponse:
    """The rows that the edit touched, and the numbers that follow."""
    context = board_context(edit.selection, request.POST, edit.rows) | {"oob": True}
    board: UploadBoard = context["board"]
    touched = [card for card in board.cards if card.number in edit.numbers]
    many = len(touched) > MANY
    rows = (
        [] if many else [render_to_string("uploads/_row.html", context | {"asset": card}, request) for card in touched]
    )
    rows.append(render_to_string("uploads/_follows.html", context, request))
    response = announced(HttpResponse("".join(rows)), edit.said)
    if many:
        trigger_client_event(response, "list-changed")
    return response


def stale(request: MemberRequest, selection: Selection) -> HttpResponse:
    """The whole board as it is now, in place of an edit that was made on an older state."""
    fresh = Selection.objects.select_related("environment").get(pk=selection.pk)
    return as_stale(request, "uploads/_board.html", upload_context(fresh, request.POST))


@require_POST
@workers
def start(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """Make one run of what the button says, however often it is pressed."""
    selection = selection_of(request, key)
    if is_behind(request, selection):
        return redirect("upload", key=key)
    context = board_context(selection, request.POST)
    if not context["ready"] or not context["board"].chosen:
        messages.warning(request, NOTHING_TO_DO)
        return redirect("upload", key=key)
    dry_run, way, token = "dry_run" in request.POST, chosen_way(request.POST), token_of(request)
    sync = runs.upload(Actor.of(request), selection, token, dry_run=dry_run, new_versions=way)
    return redirect("sync", key=sync.key)


@require_safe
@members
def files(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """The files of an upload that the filter names, page by page. The browser's address follows the filter."""
    sync = sync_of(request, key)
    chosen = RunFilter.of(sync, request.GET)
    if "page" in request.GET:
        return render(request, "uploads/_lines.html", run_files.files_context(sync, chosen, request.GET["page"]))
    context = run_files.upload_run_context(numbers_of(sync), chosen, request.GET, request.member)
    answer = render(request, "uploads/_run.html", context)
    answer["HX-Replace-Url"] = f"{reverse('sync', args=[key])}{'?' if chosen else ''}{chosen.query}"
    return answer
