"""Runs: starting one, watching it, stopping it, applying what a dry run showed, and the report."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from linking import jobs, reports
from linking.board import board_of, field_label
from linking.domain.plan import Change
from linking.forms import SHOPIFY_FIELDS
from linking.models import ChangeRow, ProductSync, Selection, StoreSync, Sync
from linking.strips import gallery_of
from linking.views.selections import selection_of
from setup.guards import MemberRequest, members

PER_PAGE = 30
LINES_PER_PAGE = 100


def sync_of(request: MemberRequest, key: uuid.UUID) -> Sync:
    """A run of the member's environment; any other does not exist."""
    mine = Sync.objects.filter(environment=request.member.environment).select_related(
        "member", "selection", "environment"
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
    if not selection.stores.exists() or not board_of(selection).linked_products:
        return redirect("link", key=key)
    sync = begin(selection, request.POST.get("token") or uuid.uuid4().hex, dry_run="dry_run" in request.POST)
    return redirect("sync", key=sync.key)


def begin(selection: Selection, token: str, *, dry_run: bool) -> Sync:
    names = ("cloudinary_field", "shopify_field", "order_field", "link_mode", "position")
    fields = {name: getattr(selection, name) for name in names}
    owner = {"member": selection.member, "selection": selection, "dry_run": dry_run}
    with transaction.atomic():
        known = {"environment": selection.environment, "token": token[:64]}
        sync, created = Sync.objects.get_or_create(**known, defaults=fields | owner)
        if created:
            StoreSync.objects.bulk_create(StoreSync(sync=sync, store=store) for store in selection.stores.all())
    if created:
        ring_for(sync)
    return sync


def ring_for(sync: Sync) -> None:
    for part in sync.parts.all():
        jobs.ring(jobs.sync, part.pk)


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
    ring_for(sync)
    return redirect("sync", key=key)


@require_POST
@members
def apply(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """Apply exactly what the dry run showed; what has moved since is refused, product by product."""
    sync = sync_of(request, key)
    with transaction.atomic():
        mine = Sync.objects.filter(pk=sync.pk, dry_run=True, abort_requested=None)
        planned = sync.parts.filter(state=StoreSync.State.PLANNED)
        if planned.exists() and mine.update(dry_run=False, as_shown=True):
            planned.update(state=StoreSync.State.APPLYING, started=None, finished=None, setbacks=0)
    ring_for(sync)
    return redirect("sync", key=key)


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
    syncs = Sync.objects.filter(environment=request.member.environment).select_related("member")
    page = Paginator(syncs.prefetch_related("parts__store"), PER_PAGE).get_page(request.GET.get("page"))
    outcomes = tally(ChangeRow.objects.filter(part__sync__in=list(page)), "outcome", by="part__sync_id")
    rows = [(sync, outcomes.get(sync.pk, {})) for sync in page]
    return render(request, "sync/history.html", {"tab": "history", "syncs": page, "rows": rows})


def context_of(sync: Sync) -> dict:
    """A run's page: the numbers, the words, and the first galleries."""
    numbers = numbers_of(sync)
    shown = {"cards": cards_of(numbers["parts"]), "problems": problems_of(sync)}
    return {**numbers, **words_of(sync, numbers), **shown, **products_context(sync, {})}


def numbers_of(sync: Sync) -> dict:
    """`parts`: store syncs with `counts` (outcome -> lines), `galleries` (state -> products) and `percent`."""
    parts = list(sync.parts.select_related("store"))
    outcomes = tally(ChangeRow.objects.filter(part__in=parts), "outcome")
    states = tally(ProductSync.objects.filter(part__in=parts), "state")
    for part in parts:
        part.counts, part.galleries = outcomes.get(part.pk, {}), states.get(part.pk, {})
        part.percent = percent_of(part)
    busy = any(part.busy for part in parts)
    return {
        "sync": sync,
        "parts": parts,
        "busy": busy,
        "percent": sum(part.percent for part in parts) // max(1, len(parts)),
        "counts": {name: sum(part.counts.get(name, 0) for part in parts) for name in ChangeRow.Outcome.values},
        "planned": any(part.state == StoreSync.State.PLANNED for part in parts),
        "queue_down": busy and not jobs.queue_answers(),
    }


def words_of(sync: Sync, numbers: dict) -> dict:
    """What the run is called and made of, and whether there was anything to do at all."""
    selection, counts = sync.selection, numbers["counts"]
    states = {state for part in numbers["parts"] for state in part.galleries}
    calm = not numbers["busy"] and states == {ProductSync.State.UNCHANGED}
    linking = numbers["busy"] and not sync.dry_run
    kinds = dict(SHOPIFY_FIELDS)
    return {
        "heading": "Dry run" if sync.dry_run else "Linking" if linking else "Result",
        "summary": ", ".join(f"{n} {'to do' if name == 'pending' else name}" for name, n in counts.items() if n),
        "nothing_written": calm and not numbers["planned"],
        "nothing_to_do": calm and numbers["planned"],
        "field_label": field_label(selection, sync.cloudinary_field),
        "order_label": sync.order_field and field_label(selection, sync.order_field),
        "shopify_label": kinds.get(sync.shopify_field) or sync.shopify_field.partition(":")[2],
    }


@dataclass(frozen=True)
class PartCard:
    """A store's result. `products`: [(state in words, n), …], `changes`: [(sigil, word, n), …]."""

    part: StoreSync
    products: list[tuple[str, int]]
    changes: list[tuple[str, str, int]]
    seconds: float | None


def cards_of(parts: list[StoreSync]) -> list[PartCard]:
    planned = tally(ChangeRow.objects.filter(part__in=parts), "change")
    cards = []
    for part in parts:
        products = [(str(state.label), part.galleries[state]) for state in ProductSync.State if state in part.galleries]
        found = planned.get(part.pk, {})
        changes = [(change.sigil, change.value, found[change]) for change in Change if change in found]
        seconds = (part.finished - part.started).total_seconds() if part.started and part.finished else None
        cards.append(PartCard(part, products, changes, seconds))
    return cards


def tally(rows: QuerySet, name: str, by: str = "part_id") -> dict[int, dict[str, int]]:
    """Counts by part (or what else) and value, in one query."""
    found: dict[int, dict[str, int]] = {}
    for owner, value, count in rows.order_by().values_list(by, name).annotate(n=Count("pk")):
        found.setdefault(owner, {})[value] = count
    return found


def percent_of(part: StoreSync) -> int:
    """Half for pictures that are in the store, half for galleries that are done."""
    if not part.busy:
        return 100
    total = sum(part.galleries.values())
    if part.state == StoreSync.State.PLANNING or not total:
        return 0
    open_ones = part.galleries.get("planned", 0) + part.galleries.get("working", 0)
    waiting = part.changes.filter(outcome="pending", file__isnull=False)
    files, ready = waiting.count(), waiting.filter(file__state__in=["ready", "failed"]).count()
    brought = ready / files if files else 1.0
    return int(50 * (total - open_ones + open_ones * brought) / total + 50 * (total - open_ones) / total)


def problems_of(sync: Sync) -> list[dict]:
    """What went wrong, grouped by reason: [{"outcome", "reason", "n"}, …], most frequent first. Assets that found no
    product have a section of their own."""
    wrong = ["failed", "refused", "skipped", "aborted"]
    rows = (
        ChangeRow.objects.filter(part__sync=sync, outcome__in=wrong).exclude(product=None, outcome="skipped").order_by()
    )
    return list(rows.values("outcome", "reason").annotate(n=Count("pk")).order_by("-n")[:50])


def products_context(sync: Sync, chosen: Mapping) -> dict:
    """A page of galleries, and one of the assets that found no product."""
    rows = ProductSync.objects.filter(part__sync=sync).select_related("part__store").prefetch_related("changes")
    page = Paginator(rows.order_by("part_id", "place"), PER_PAGE).get_page(chosen.get("page"))
    out = ChangeRow.objects.filter(part__sync=sync, product=None).select_related("part__store")
    unlinked = Paginator(out.order_by("part_id", "place"), LINES_PER_PAGE).get_page(chosen.get("unlinked"))
    return {
        "sync": sync,
        "products": page,
        "galleries": [gallery_of(product) for product in page],
        "unlinked": unlinked,
    }
