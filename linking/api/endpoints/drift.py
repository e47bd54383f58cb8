"""What of galleries is not as the ledger says: having links checked, how far that is, and what it found."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Router, Schema, Status
from pydantic import Field

from linking.api import idempotency, rows
from linking.api.auth import Caller, needing
from linking.api.bodies import expect_none
from linking.api.endpoints.runs import Limit, stores_of
from linking.api.paging import page_of, shown
from linking.api.problems import Problem
from linking.api.schemas import PageOut, RunOut, Text
from linking.links import checking
from linking.mending import planning
from linking.models import DriftFinding, LinkCheck
from linking.models.drift import KINDS
from linking.models.jobs import JobState
from setup.models import Store
from setup.models.api_keys import READ_LINKS, WRITE_LINKS

router = Router(tags=["Drift"])


class CheckOut(Schema):
    """How far the check of a store's links is."""

    store: str = Field(description="its domain")
    state: str = Field(description="`waiting`, `running`, `done` or `failed`")
    looked: int = Field(description="links that were looked at")
    begun: datetime | None = Field(description="when it began")
    finished: datetime | None = Field(description="when it ended; null: it has not")
    problem: str = Field(description="for people")
    problem_code: str = Field(description="the same for programs")


class ChecksOut(Schema):
    """Of every store whose links were checked."""

    items: list[CheckOut] = Field(description="one for each store")


class FindingOut(Schema):
    """What differs, as the latest check of the store's links saw it."""

    id: int = Field(description="of the finding; the next look at its product replaces it")
    store: str = Field(description="its domain")
    kind: str = Field(
        description="`product`, `missing`, `reordered`, `version`, `alt`, `asset` or `foreign`: the product is gone, a picture "
        "is missing, ours follow each other otherwise, the asset is newer, the alt text is another one, the asset is gone, "
        "others have added pictures"
    )
    pictures: int = Field(description="so many")
    product_id: str = Field(description="Shopify's")
    product: str = Field(description="its title")
    handle: str = Field(description="of the product")
    key: str = Field(description="by which it was linked")
    asset_id: str = Field(description="Cloudinary's immutable id; empty: it is about the gallery")
    media_id: str = Field(description="Shopify's id of the picture or video; empty: it is about the gallery")
    was: str = Field(description="the alt text, or the version, as the last run left it")
    now: str = Field(description="as it is")
    seen: datetime = Field(description="when")


class FindingsOut(PageOut):
    """What differs, page by page."""

    items: list[FindingOut] = Field(description="in the order in which it was found")


class MendIn(Schema):
    """Of which store galleries are to be as runs left them."""

    store: Text = Field("", description="its domain; a key of one store need not say it")


class MendOut(Schema):
    """A dry run that mends what has drifted."""

    run: RunOut = Field(description="the dry run: apply it to write")
    later: int = Field(
        description="so many more products need plans of their own: apply this one, check links, and mend again"
    )


@router.get("/drift", response=FindingsOut, summary="What is not as runs left it", openapi_extra=needing([READ_LINKS]))
def list_drift(request: HttpRequest, cursor: str = "", limit: Limit = 100, store: Text = "", kind: Text = "") -> Any:
    caller: Caller = request.auth  # type: ignore[attr-defined]
    caller.needs(READ_LINKS)
    stores = stores_of(caller, [store], "/store") if store else list(caller.stores)
    if kind and kind not in dict(KINDS):
        raise Problem("invalid-request", errors=[("/kind", f"Choose one of {', '.join(dict(KINDS))}.")])
    found = DriftFinding.objects.filter(store__in=stores).select_related("store")
    page, following = page_of(found.filter(kind=kind) if kind else found, cursor, limit)
    return shown(page, following, finding_shown)


@router.get("/drift/checks", response=ChecksOut, summary="Checks of links", openapi_extra=needing([READ_LINKS]))
def list_checks(request: HttpRequest) -> Any:
    caller: Caller = request.auth  # type: ignore[attr-defined]
    caller.needs(READ_LINKS)
    return checks_shown(list(caller.stores))


@router.post(
    "/drift/checks", response={202: ChecksOut}, summary="Have links checked", openapi_extra=needing([READ_LINKS])
)
def check_drift(request: HttpRequest, response: HttpResponse) -> Any:
    """In all stores that the key sees. It only reads, so that a key that reads links may ask for it. A check that is under
    way goes on. Ask `GET /drift/checks` until none is `waiting` or `running`, then `GET /drift`."""
    caller: Caller = request.auth  # type: ignore[attr-defined]
    caller.needs(READ_LINKS)
    expect_none(request)
    idempotency.begin(request, caller.key)
    stores = list(caller.stores)
    checking.ask(caller.actor, stores)
    response["Location"], response["Retry-After"] = reverse("api:list_checks"), "5"
    return Status(202, checks_shown(stores))


@router.post(
    "/drift/mend",
    response={202: MendOut},
    summary="Plan to mend what has drifted",
    openapi_extra=needing([WRITE_LINKS]),
)
def mend_drift(request: HttpRequest, asked: MendIn, response: HttpResponse) -> Any:
    """A dry run for one store, by what the latest check of its links found. It writes nothing: `POST /runs/{key}/apply` does.
    What others have added to galleries stays."""
    caller: Caller = request.auth  # type: ignore[attr-defined]
    caller.needs(WRITE_LINKS)
    idempotency.begin(request, caller.key)
    stores = stores_of(caller, [asked.store] if asked.store else [], "/store")
    if not stores:
        raise Problem("invalid-request", errors=[("/store", "Name a store by its domain.")])
    sync, later = planning.mend(caller.actor, stores[0], idempotency.token_of(request))
    response["Location"], response["Retry-After"] = reverse("api:get_run", args=[sync.key]), "1"
    return Status(202, {"run": rows.run_shown(sync), "later": later})


def checks_shown(stores: Sequence[Store]) -> dict[str, Any]:
    rows = LinkCheck.objects.filter(store__in=stores).select_related("store").order_by("store")
    return {"items": [check_shown(row) for row in rows]}


def check_shown(row: LinkCheck) -> dict[str, Any]:
    return {
        "store": row.store.domain,
        "state": JobState(row.state).value,
        "looked": row.looked,
        "begun": row.begun,
        "finished": row.finished,
        "problem": str(row.problem),
        "problem_code": row.problem.code,
    }


def finding_shown(one: DriftFinding) -> dict[str, Any]:
    return {
        "id": one.pk,
        "store": one.store.domain,
        "kind": one.kind,
        "pictures": one.count,
        "product_id": one.product_id,
        "product": one.title,
        "handle": one.handle,
        "key": one.key,
        "asset_id": one.asset_id,
        "media_id": one.medium_id,
        "was": one.was,
        "now": one.now,
        "seen": one.seen,
    }
