"""Runs: starting one, watching it, stopping it, and applying what a dry run showed."""

import uuid
from collections.abc import Callable, Iterable, Mapping

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linking import rights, runs
from linking.models import ProductSync, Sync
from linking.pages.chain import chain_of
from linking.pages.edits import NOTHING_TO_DO, is_behind, token_of
from linking.pages.link_board import board_of
from linking.pages.run.filter import RunFilter
from linking.pages.run.galleries import choices_of, galleries_context, more_context, undone_of, unlinked_context
from linking.pages.run.numbers import numbers_of
from linking.pages.run.page import run_context
from linking.pages.run.progress import progress_of
from linking.pages.run.there import decision_of, there_context
from linking.pages.store_cards import store_cards
from linking.rights import Verb
from linking.views.selections import selection_of
from setup.models.members import HINTS
from setup.numbers import whole
from setup.security.actors import Actor
from setup.security.guards import MemberRequest, members, workers

# A run's frozen arrangement is for the planner; no page shows it.
HEAVY = ("arrangement", "origin__arrangement")


def sync_of(request: MemberRequest, key: uuid.UUID) -> Sync:
    """A run of the member's environment; any other does not exist."""
    mine = Sync.objects.filter(environment=request.member.environment).defer(*HEAVY)
    sync = mine.select_related("member", "selection", "environment", "origin__member").filter(key=key).first()
    if sync is None:
        raise Http404
    return sync


@require_POST
@workers
def start(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """Make one run of what the button says, however often it is pressed."""
    selection = selection_of(request, key)
    if is_behind(request, selection):
        return redirect("link", key=key)
    cards = store_cards(selection)
    board = board_of(selection, cards)
    if not (chain_of(selection, cards, board) or board).linked_products:
        messages.warning(request, NOTHING_TO_DO)
        return redirect("link", key=key)
    token = token_of(request)
    sync = runs.link(Actor.of(request), selection, token, dry_run="dry_run" in request.POST)
    request.member.dismiss_hints(*HINTS)  # who got this far needs none
    return redirect("sync", key=sync.key)


@require_safe
@members
def page(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    sync = sync_of(request, key)
    tab = {"link": "link", "upload": "upload"}.get(sync.kind, "history") if sync.dry_run else "history"
    return render(request, "sync/page.html", run_context(sync, request.GET, request.member) | {"tab": tab})


@require_safe
@members
def progress(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """Polled while the run is busy, with the version that is `seen`; a finished one loads its page."""
    sync = sync_of(request, key)
    numbers = numbers_of(sync)
    if not numbers.busy:
        return HttpResponse(headers={"HX-Refresh": "true"})
    shown = progress_of(sync, numbers, now=timezone.now())
    if request.GET.get("seen") == shown.version:
        return HttpResponse(status=204)
    return render(request, "sync/_under_way.html", {"sync": sync, "progress": shown})


@require_safe
@members
def products(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """The galleries of a run that the filter names, page by page. The browser's address follows the filter."""
    sync = sync_of(request, key)
    chosen = RunFilter.of(sync, request.GET)
    if "unlinked" in request.GET:
        return render(request, "sync/_unlinked.html", unlinked_context(chosen, request.GET["unlinked"]))
    parts = list(sync.parts.select_related("store"))
    undo = rights.may(request.member, Verb.UNDO, sync)
    context = galleries_context(chosen, request.GET, parts, undone_of(sync), undo=undo)
    if "page" in request.GET:
        return render(request, "sync/_galleries.html", context)
    context |= {"unlinked_n": chosen.unlinked().count(), **choices_of(chosen, parts)}
    answer = render(request, "sync/_products.html", context)
    answer["HX-Replace-Url"] = f"{reverse('sync', args=[key])}{'?' if chosen else ''}{chosen.query}"
    return answer


@require_safe
@members
def lines(request: MemberRequest, key: uuid.UUID, pk: int) -> HttpResponse:
    """Of one gallery what its row does not show: the ways to it, its variants, and every change in words."""
    sync = sync_of(request, key)
    product = ProductSync.objects.filter(part__sync=sync, pk=pk).select_related("part__store", "part__sync").first()
    if product is None:
        raise Http404
    undo = rights.may(request.member, Verb.UNDO, sync)
    return render(request, "sync/_more.html", more_context(sync, product, undone_of(sync), undo=undo))


@require_POST
@members
def abort(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    sync = sync_of(request, key)
    try:
        runs.abort(Actor.of(request), sync)
    except runs.CannotStart as refusal:
        messages.error(request, str(refusal))
    return redirect("sync", key=key)


@require_POST
@members
def apply(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """Apply what was shown, with the numbers that the person confirmed."""
    sync = sync_of(request, key)
    leaving, replaced = (whole(request.POST.get(name)) for name in ("unlinks", "replaces"))
    try:
        runs.apply(Actor.of(request), sync, leaving=leaving, replaced=replaced)
    except runs.CannotStart as refusal:
        messages.error(request, str(refusal))
    return redirect("sync", key=key)


@require_http_methods(["GET", "HEAD", "POST"])
@members
def there(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """What galleries seem to have already, page by page; and another dry run with what the person decides about it."""
    sync = sync_of(request, key)
    if request.method != "POST":
        return render(
            request,
            "sync/_there_pairs.html",
            there_context(RunFilter.of(sync, request.GET), request.GET.get("page", "1")),
        )
    decided = decision_of(sync, request.POST)
    return follow(request, sync, lambda token: runs.plan_again(Actor.of(request), sync, token, decided))


@require_POST
@members
def undo(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """Show the way back: of the whole run, of one store, or of one product."""
    sync = sync_of(request, key)
    only = [list(pair) for pair in chosen_products(sync, request.POST)]
    return follow(request, sync, lambda token: runs.undo(Actor.of(request), sync, token, only=only))


def chosen_products(sync: Sync, asked: Mapping[str, str]) -> Iterable[tuple[int, str]]:
    """(store pk, product id) of what a button names; nothing for the whole run. What is not in the run does not exist."""
    named = {part: whole(asked[name]) for name, part in (("product", "pk"), ("store", "part__store")) if name in asked}
    if not named:
        return []
    known = None not in named.values()
    rows = ProductSync.objects.filter(part__sync=sync, **named) if known else ProductSync.objects.none()
    if found := rows.values_list("part__store_id", "product_id"):
        return found
    raise Http404


@require_POST
@members
def retry(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    sync = sync_of(request, key)
    return follow(request, sync, lambda token: runs.retry(Actor.of(request), sync, token))


def follow(request: MemberRequest, sync: Sync, begin: Callable[[str], Sync]) -> HttpResponse:
    try:
        follower = begin(token_of(request))
    except runs.CannotStart as refusal:
        messages.error(request, str(refusal))
        return redirect("sync", key=sync.key)
    return redirect("sync", key=follower.key)
