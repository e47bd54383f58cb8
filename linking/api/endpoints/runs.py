"""Runs: beginning one, watching it, and what a person does on its page."""

import uuid
from collections.abc import Sequence
from typing import Annotated, Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from ninja import Body, Router, Status
from pydantic import Field

from linking import asked_runs, runs
from linking.api import idempotency, rows
from linking.api.auth import Caller, needing
from linking.api.bodies import expect_none
from linking.api.paging import MOST, page_of, shown
from linking.api.problems import Problem
from linking.api.schemas import ApplyIn, AssetNameIn, ChangesOut, RunIn, RunOut, RunsOut
from linking.asked_runs import AskedRun, Match, NamedProduct
from linking.models import Sync
from linking.models.syncs import KINDS
from linking.reporting import asking, kept
from linking.reporting.formats import FORMATS
from linking.reporting.rows import lines_by_pk, rows_of
from linking.selection.named_assets import NamedAsset
from setup.models import Store
from setup.models.api_keys import READ_RUNS, REMOVE_LINKS, WRITE_FILES, WRITE_LINKS, WRITE_RUNS

router = Router(tags=["Runs"])
Confirmed = Annotated[ApplyIn, Body()]
NOTHING = ApplyIn()
Limit = Annotated[int, Field(ge=1, le=MOST)]
WRITES = {"link": WRITE_LINKS, "upload": WRITE_FILES, "undo": WRITE_LINKS, "unlink": REMOVE_LINKS}
READING = needing([READ_RUNS])
BY_KIND = needing(*([WRITE_RUNS, scope] for scope in dict.fromkeys(WRITES.values())))


@router.post(
    "/runs", response={202: RunOut}, summary="Begin a run", openapi_extra=needing([WRITE_LINKS], [WRITE_FILES])
)
def start_run(request: HttpRequest, asked: RunIn, response: HttpResponse) -> Any:
    """A dry run unless `dry_run` is false. Requires an `Idempotency-Key`. A run whose plan removes other pictures from galleries
    than `removals` says stops at its plan, and goes on when that is applied with the number."""
    caller: Caller = request.auth  # type: ignore[attr-defined]
    caller.needs(WRITES[asked.kind])
    if asked.removals and not asked.dry_run:
        caller.needs(REMOVE_LINKS)
    idempotency.begin(request, caller.key)
    stores = stores_of(caller, asked.stores)
    return accepted(response, asked_runs.begin(caller.actor, run_of(asked), stores, idempotency.token_of(request)))


def run_of(asked: RunIn) -> AskedRun:
    match = asked.match
    return AskedRun(
        asked.kind,
        named(asked.assets),
        asked.search,
        Match(match.cloudinary_field, match.shopify_field, match.pattern, match.separator, match.ignore_case)
        if match
        else None,
        asked.mode,
        asked.position or 1,
        [(one.field, one.descending) for one in asked.order_by],
        asked.alt_policy,
        asked.rendition,
        asked.variant_pictures,
        asked.new_versions,
        asked.dry_run,
        [
            NamedProduct(named(one.assets), one.product.id, one.product.handle, one.product.sku, one.position or 0)
            for one in asked.products
        ],
        asked.removals,
        asked.replaced,
        named(asked.exclude),
    )


def named(assets: Sequence[AssetNameIn]) -> list[NamedAsset]:
    return [
        NamedAsset(
            one.asset_id,
            one.public_id,
            one.resource_type,
            one.type,
            getattr(one, "alt", None),
            getattr(one, "role", None) or "",
        )
        for one in assets
    ]


def stores_of(caller: Caller, domains: list[str], place: str = "") -> list[Store]:
    """Those that the key sees; a key of one store means that one. `place`: where the only one is named. Raises Problem."""
    known = {store.domain: store for store in caller.stores}
    if not domains and caller.key.store_id is not None:
        return list(known.values())
    wrong = [
        (place or f"/stores/{at}", f"This key sees no store {domain}.")
        for at, domain in enumerate(domains)
        if domain not in known
    ]
    if wrong:
        raise Problem("invalid-request", errors=wrong)
    return [known[domain] for domain in dict.fromkeys(domains)]


def accepted(response: HttpResponse, sync: Sync, status: int = 202) -> Any:
    response["Location"] = reverse("api:get_run", args=[sync.key])
    response["Retry-After"] = "1"
    return Status(status, rows.run_shown(sync))


@router.get("/runs", response=RunsOut, summary="Runs, newest first", openapi_extra=READING)
def list_runs(
    request: HttpRequest,
    cursor: str = "",
    limit: Limit = 50,
    kind: str = "",
) -> Any:
    caller: Caller = request.auth  # type: ignore[attr-defined]
    caller.needs(READ_RUNS)
    if kind not in ("", *dict(KINDS)):
        raise Problem("invalid-request", errors=[("/kind", f"“{kind}” is none of these: {', '.join(dict(KINDS))}.")])
    mine = rows.runs_of(caller)
    found, following = page_of(mine.filter(kind=kind) if kind else mine, cursor, limit, newest_first=True)
    known = rows.runs_shown(found)
    return shown(found, following, lambda sync: known[sync.pk])


@router.get("/runs/{key}", response=RunOut, summary="A run", openapi_extra=READING)
def get_run(request: HttpRequest, key: uuid.UUID, response: HttpResponse) -> Any:
    caller: Caller = request.auth  # type: ignore[attr-defined]
    caller.needs(READ_RUNS)
    known = rows.run_shown(rows.run_of(caller, key))
    if known["busy"]:
        response["Retry-After"] = "2"
    return known


@router.post("/runs/{key}/apply", response={202: RunOut}, summary="Apply the plan of a dry run", openapi_extra=BY_KIND)
def apply_run(request: HttpRequest, key: uuid.UUID, response: HttpResponse, asked: Confirmed = NOTHING) -> Any:
    """Exactly what the plan says. `removals` has to be the plan's number of pictures that leave galleries, and needs the scope
    `links:remove`; `replaced` its number of files that get other content."""
    caller, sync = _mine(request, key, WRITE_RUNS)
    caller.needs(WRITES[sync.kind])
    if sync.losses()[0]:
        caller.needs(REMOVE_LINKS)
    idempotency.begin(request, caller.key)
    if not sync.dry_run and not sync.as_shown:
        raise Problem("conflict", "This run was no dry run: there is nothing to apply.")
    runs.apply(caller.actor, sync, leaving=asked.removals, replaced=asked.replaced)
    return accepted(response, rows.run_of(caller, key))


@router.post("/runs/{key}/abort", response={202: RunOut}, summary="Abort a run", openapi_extra=needing([WRITE_RUNS]))
def abort_run(request: HttpRequest, key: uuid.UUID, response: HttpResponse) -> Any:
    """It stops as soon as it can: ask until `busy` is false. What it did stays, and can be undone."""
    caller, sync = _mine(request, key, WRITE_RUNS)
    expect_none(request)
    idempotency.begin(request, caller.key)
    runs.abort(caller.actor, sync)
    return accepted(response, rows.run_of(caller, key))


@router.post(
    "/runs/{key}/undo",
    response={202: RunOut},
    summary="Plan the undo of a run",
    openapi_extra=needing([WRITE_RUNS, WRITE_LINKS]),
)
def undo_run(request: HttpRequest, key: uuid.UUID, response: HttpResponse) -> Any:
    """The answer is another run, a dry run: apply it with its number of `removals`, by a key that has `links:remove` too."""
    caller, sync = _mine(request, key, WRITE_RUNS, WRITE_LINKS)
    expect_none(request)
    idempotency.begin(request, caller.key)
    return accepted(response, runs.undo(caller.actor, sync, idempotency.token_of(request)))


@router.post("/runs/{key}/retry", response={202: RunOut}, summary="Retry what failed in a run", openapi_extra=BY_KIND)
def retry_run(request: HttpRequest, key: uuid.UUID, response: HttpResponse) -> Any:
    """The answer is another run, of what failed, was refused or aborted, with the same settings. What takes pictures out of
    galleries is planned only: apply it."""
    caller, sync = _mine(request, key, WRITE_RUNS)
    caller.needs(WRITES[sync.kind])
    expect_none(request)
    idempotency.begin(request, caller.key)
    return accepted(response, runs.retry(caller.actor, sync, idempotency.token_of(request)))


@router.get(
    "/runs/{key}/changes",
    response=ChangesOut,
    summary="What a run plans and does, asset by asset",
    openapi_extra=READING,
)
def list_changes(request: HttpRequest, key: uuid.UUID, cursor: str = "", limit: Limit = 100) -> Any:
    """Page by page: ask until `next_cursor` is null."""
    _caller, sync = _mine(request, key, READ_RUNS)
    found, following = page_of(rows_of(sync).only("pk"), cursor, limit)
    lines = lines_by_pk(sync, [row.pk for row in found])
    return shown(lines, following, lambda line: line._asdict())


@router.get(
    "/runs/{key}/report.{format}", summary="A run's report as a file: csv, xlsx or jsonl", openapi_extra=READING
)
def get_report(request: HttpRequest, key: uuid.UUID, format: str, response: HttpResponse) -> Any:
    """202 without a body while it is being written: ask again after as many seconds as `Retry-After` says. 409 while the run is
    under way."""
    _caller, sync = _mine(request, key, READ_RUNS)
    if format not in FORMATS:
        raise Problem("not-found", f"There is no report as {format}: ask for {', '.join(FORMATS)}.")
    try:
        report = asking.ask(sync, format)
    except asking.NotYet as refusal:
        raise Problem("conflict", str(refusal), headers={"Retry-After": "5"}) from None
    if report.busy:
        waiting = HttpResponse(status=202)
        waiting["Retry-After"] = "1"
        return waiting
    if not report.there(now=timezone.now()):
        raise Problem("conflict", str(report.problem) or "The report could not be written.")
    try:
        file = kept.open_file(report)
    except FileNotFoundError:
        raise Problem("gone") from None
    name = f"assetlink-{sync.created:%Y-%m-%d-%H%M}-{str(sync.key)[:8]}.{format}"
    return FileResponse(file, as_attachment=True, filename=name, content_type=FORMATS[format].media_type)


def _mine(request: HttpRequest, key: uuid.UUID, *scopes: str) -> tuple[Caller, Sync]:
    """Raises Problem."""
    caller: Caller = request.auth  # type: ignore[attr-defined]
    caller.needs(*scopes)
    return caller, rows.run_of(caller, key)
