"""Runs: starting one, watching it, stopping it, applying what a dry run showed, and the report."""

import uuid
from collections.abc import Callable, Iterable, Mapping

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from linking import jobs, reports, starting
from linking.board import board_of, store_cards
from linking.models import ChangeRow, ProductSync, Sync
from linking.views.run_page import context_of, numbers_of, products_context, tally
from linking.views.selections import selection_of
from setup.guards import MemberRequest, members

PER_PAGE = 30


def sync_of(request: MemberRequest, key: uuid.UUID) -> Sync:
    """A run of the member's environment; any other does not exist."""
    mine = Sync.objects.filter(environment=request.member.environment).select_related(
        "member", "selection", "environment", "origin"
    )
    sync = mine.filter(key=key).first()
    if sync is None:
        raise Http404
    return sync


@require_POST
@members
def start(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """Make one run of what the button says, however often it is pressed."""
    selection = selection_of(request, key)
    if not board_of(selection, store_cards(selection)).linked_products:
        return redirect("link", key=key)
    token = request.POST.get("token") or uuid.uuid4().hex
    sync = starting.link(selection, token, dry_run="dry_run" in request.POST)
    return redirect("sync", key=sync.key)


@require_safe
@members
def page(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    return render(request, "sync/page.html", context_of(sync_of(request, key)) | {"tab": "link"})


@require_safe
@members
def progress(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """Polled while the run is busy; the finished one renders without its trigger."""
    jobs.sweep()
    context = numbers_of(sync_of(request, key))
    if not context["busy"]:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "sync/_progress.html", context)


@require_safe
@members
def products(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """The galleries of a run, page by page, with their changes."""
    return render(request, "sync/_products.html", products_context(sync_of(request, key), request.GET))


@require_POST
@members
def abort(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    sync = sync_of(request, key)
    Sync.objects.filter(pk=sync.pk, abort_requested=None).update(abort_requested=timezone.now())
    starting.ring_for(sync)
    return redirect("sync", key=key)


@require_POST
@members
def apply(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """Apply what was shown. A run that takes media away wants their number confirmed, as it was shown."""
    sync = sync_of(request, key)
    if sync.destructive and sync.dry_run and request.POST.get("unlinks") != str(leaving := sync.unlinks()):
        messages.error(request, f"Confirm that {leaving} media leave their galleries; nothing was written.")
        return redirect("sync", key=key)
    try:
        starting.apply(sync)
    except starting.CannotStart as refusal:
        messages.error(request, str(refusal))
    return redirect("sync", key=key)


@require_POST
@members
def undo(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """Show the way back: of the whole run, of one store, or of one product."""
    sync = sync_of(request, key)
    only = [list(pair) for pair in chosen_products(sync, request.POST)]
    return follow(request, sync, lambda token: starting.undo(sync, request.member, token, only=only))


def chosen_products(sync: Sync, asked: Mapping[str, str]) -> Iterable[tuple[int, str]]:
    """(store pk, product id) of what a button names; nothing for the whole run. What is not in the run does not exist."""
    named = {part: asked[name] for name, part in (("product", "pk"), ("store", "part__store")) if name in asked}
    if not named:
        return []
    known = all(pk.isdecimal() for pk in named.values())
    rows = ProductSync.objects.filter(part__sync=sync, **named) if known else ProductSync.objects.none()
    if found := rows.values_list("part__store_id", "product_id"):
        return found
    raise Http404


@require_POST
@members
def retry(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    sync = sync_of(request, key)
    return follow(request, sync, lambda token: starting.retry(sync, request.member, token))


def follow(request: MemberRequest, sync: Sync, begin: Callable[[str], Sync]) -> HttpResponse:
    try:
        follower = begin(request.POST.get("token") or uuid.uuid4().hex)
    except starting.CannotStart as refusal:
        messages.error(request, str(refusal))
        return redirect("sync", key=sync.key)
    return redirect("sync", key=follower.key)


@require_safe
@members
def report(request: MemberRequest, key: uuid.UUID) -> StreamingHttpResponse:
    sync = sync_of(request, key)
    name = f"assetlink-{sync.created:%Y-%m-%d-%H%M}-{str(sync.key)[:8]}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(reports.lines(sync), content_type="text/csv; charset=utf-8", headers=headers)


@require_safe
@members
def history(request: MemberRequest) -> HttpResponse:
    syncs = Sync.objects.filter(environment=request.member.environment).select_related("member", "origin")
    page = Paginator(syncs.prefetch_related("parts__store"), PER_PAGE).get_page(request.GET.get("page"))
    outcomes = tally(ChangeRow.objects.filter(part__sync__in=list(page)), "outcome", by="part__sync_id")
    rows = [(sync, outcomes.get(sync.pk, {})) for sync in page]
    return render(request, "sync/history.html", {"tab": "history", "syncs": page, "rows": rows})
