"""Rows as the HTTP API shows them."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Count, QuerySet
from django.urls import reverse

from linking.api.auth import Caller
from linking.api.problems import Problem
from linking.asked_runs import not_applied
from linking.models import ChangeRow, Link, StoreSync, Sync
from linking.pages.run.numbers import RunNumbers, numbers_of_all
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


class Confirmed(NamedTuple):
    """What who applies a plan has to confirm: pictures that leave galleries, and files that get other content."""

    removals: int = 0
    replaced: int = 0


def to_confirm(found: Iterable[RunNumbers]) -> dict[int, Confirmed]:
    """By run, of those with a plan. At most two queries, however many they are."""
    planned = [one.sync for one in found if one.planned]
    uploads = [sync for sync in planned if sync.kind == "upload"]
    leaving = ChangeRow.objects.filter(part__sync__in=planned).taking_away()
    replaced = ChangeRow.objects.filter(part__sync__in=uploads).replacing()
    removals, files = (
        dict(rows.order_by().values_list("part__sync").annotate(n=Count("pk"))) for rows in (leaving, replaced)
    )
    return {sync.pk: Confirmed(removals.get(sync.pk, 0), files.get(sync.pk, 0)) for sync in planned}


def runs_shown(syncs: Sequence[Sync]) -> dict[int, dict[str, Any]]:
    """By run."""
    numbers = numbers_of_all(syncs)
    wanted = to_confirm(numbers.values())
    return {sync.pk: _shown(sync, numbers[sync.pk], wanted.get(sync.pk, Confirmed())) for sync in syncs}


def run_shown(sync: Sync) -> dict[str, Any]:
    return runs_shown([sync])[sync.pk]


def _shown(sync: Sync, numbers: RunNumbers, wanted: Confirmed) -> dict[str, Any]:
    base, states = settings.APP_URL.rstrip("/"), {part.state for part in numbers.parts}
    here = base + reverse("api:get_run", args=[sync.key])
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
        "removals": wanted.removals,
        "replaced": wanted.replaced,
        "not_applied": "" if numbers.busy else not_applied(sync, wanted.replaced or wanted.removals),
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
            "page": base + reverse("sync", args=[sync.key]),
        },
    }


def links_of(caller: Caller, stores: Collection[Store]) -> QuerySet[Link]:
    return Link.objects.in_galleries().filter(store__in=list(stores)).select_related("store")
