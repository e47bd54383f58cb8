"""Rows as the HTTP API shows them."""

from collections.abc import Callable, Collection
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from linking.api.auth import Caller
from linking.api.problems import Problem
from linking.domain.arrangements import KeptArrangement
from linking.domain.named_products import row_numbers
from linking.models import Link, StoreSync, Sync
from linking.pages.run.numbers import RunNumbers, numbers_of
from setup.models import Store

# Of a run in several stores, the first of these that one of them is in.
STATES = ("planning", "applying", "failed", "aborted", "planned", "done")


def runs_of(caller: Caller) -> QuerySet[Sync]:
    """Those that the key sees: a key of one store sees runs of that store alone."""
    mine = Sync.objects.filter(environment=caller.environment).defer("arrangement")
    if caller.key.store_id is not None:
        elsewhere = StoreSync.objects.exclude(store=caller.key.store_id).values("sync")
        mine = mine.filter(parts__store=caller.key.store_id).exclude(pk__in=elsewhere)
    return mine.select_related("member", "environment", "selection")


def run_of(caller: Caller, key: Any) -> Sync:
    """Raises Problem."""
    sync = runs_of(caller).filter(key=key).first()
    if sync is None:
        raise Problem("not-found")
    return sync


def run_shown(sync: Sync, numbers: RunNumbers | None = None) -> dict[str, Any]:
    numbers = numbers or numbers_of(sync)
    here, states = reverse("api:get_run", args=[sync.key]), {part.state for part in numbers.parts}
    taking = sync.losses()[0] if numbers.planned else 0
    return {
        "id": str(sync.key),
        "kind": sync.kind,
        "state": next((state for state in STATES if state in states), "done"),
        "busy": numbers.busy,
        "dry_run": sync.dry_run,
        "percent": numbers.percent,
        "mode": sync.link_mode if sync.kind == "link" else "",
        "names_products": sync.kind == "link" and sync.names_products,
        "created": sync.created,
        "created_by": str(sync.member),
        "removals": taking,
        "replaced": sync.replaces() if sync.kind == "upload" and numbers.planned else 0,
        "counts": numbers.counts,
        "stores": [
            {
                "store": one.part.store.domain,
                "state": one.part.state,
                "result": one.part.result.word,
                "doing": str(one.part.doing),
                "problem": str(one.part.problem),
                "problem_code": one.part.problem.code,
                "counts": one.counts,
                "galleries": one.galleries,
                "requests": one.part.requests,
                "points": one.part.points,
            }
            for one in numbers.stores
        ],
        "links": {
            "self": here,
            "changes": f"{here}/changes",
            "report": f"{here}/report.csv",
            "page": reverse("sync", args=[sync.key]),
        },
    }


def links_of(caller: Caller, stores: Collection[Store]) -> QuerySet[Link]:
    return Link.objects.in_galleries().filter(store__in=list(stores)).select_related("store")


def row_numbers_of(sync: Sync) -> Callable[[str, str], int | None]:
    """(key, asset id) of a line -> the row of the request that it is about; None where no product was named, or the line is of
    another asset."""
    if not sync.names_products or sync.kind not in ("link", "undo"):
        return lambda key, asset: None
    known = row_numbers(KeptArrangement.of(sync.arrangement).groups)
    return lambda key, asset: known.get((key, asset))
