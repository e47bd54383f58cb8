"""History: every run of the environment, newest first, and running one of them again."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from linking import runs
from linking.pages.history import choices_context, rows_context
from linking.pages.history_filter import HistoryFilter
from linking.selection import run_again
from linking.views.launch import SELECTION
from linking.views.syncs import sync_of
from setup.numbers import whole
from setup.security.actors import Actor
from setup.security.guards import MemberRequest, members


@require_safe
@members
def history(request: MemberRequest) -> HttpResponse:
    """The runs that the filter names; with `before` only the rows that follow that run."""
    context = rows_context(request.member, HistoryFilter.of(request.GET), whole(request.GET.get("before")))
    if "before" in request.GET and request.htmx:
        return render(request, "history/_rows.html", context)
    context |= {"tab": "history", **choices_context(request.member)}
    return render(request, "history/page.html", context)


@require_POST
@members
def again(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """A new selection from a run, in its tab, with its settings."""
    sync = sync_of(request, key)
    try:
        selection = runs.again(Actor.of(request), sync)
    except run_again.CannotRepeat as refusal:
        messages.error(request, str(refusal))
        return redirect("sync", key=key)
    request.session[SELECTION] = str(selection.key)
    return redirect("upload" if sync.kind == "upload" else "link", key=selection.key)
