"""Reading the galleries that a plan starts from, as they are now: orders that are still under way have to land first, and a
view from before our own last write is no view of what is there."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from django.utils import timezone

from linking import waiting
from linking.domain.waiting import Wait
from linking.models import ProductSync
from linking.planning.rows import of_gallery
from linking.shopify import galleries
from linking.shopify.galleries import Gallery
from setup.models import Store
from setup.reasons import Reason
from setup.shopify.client import ShopifyClient

Shown = TypeVar("Shown")
Left = TypeVar("Left")
ORDERING = Reason("doing.ordering")
JOB = "gid://shopify/Job/"  # Shopify refuses whatever else is asked for as one
SETTLING = Reason("doing.settling")


def current(store: Store, client: ShopifyClient, product_ids: Sequence[str]) -> dict[str, Gallery]:
    """The galleries of the products that exist, by product id. Raises ShopifyError.

    In the usual manner one read: nothing is waited for unless a run was here within the last seconds.
    """
    await_orders(client, jobs_of(store, product_ids))
    await_lost_orders(store, client, product_ids)
    read, written = partial(galleries.read, client), partial(written_lately, store)
    return insist(read, product_ids, written, lambda gallery, left: of_gallery(gallery) == left, client)


def insist(
    read: Callable[[Sequence[str]], Mapping[str, Shown]],
    ids: Sequence[str],
    written: Callable[[Sequence[str], datetime], Mapping[str, tuple[Left, datetime]]],
    shows: Callable[[Shown, Left], bool],
    client: ShopifyClient,
) -> dict[str, Shown]:
    """What is shown of these ids, read again as long as it may be a view from before what a run did a moment ago. `written`: of
    these ids, as of this moment, what such runs left, and when. A plan by an old view would take it for what is there, and undo
    would bring it back, or find nothing to do."""
    asked = timezone.now()
    found = waiting.insist(read, ids, client.pause)
    lately = written(list(found), asked)

    def may_be_old(id: str) -> bool:
        left, settled = lately[id]
        return id in found and not shows(found[id], left) and not waiting.over(Wait.MOVED, settled, at=asked)

    while old := list(filter(may_be_old, lately)):
        client.pause(waiting.next_look(min(lately[id][1] for id in old)), SETTLING)
        asked = timezone.now()
        fresh = waiting.insist(read, old, client.pause)
        # An old view does not become a new one because what it shows is gone by now.
        found = {id: view for id, view in found.items() if id not in old} | fresh
    return found


def is_job(id: str) -> bool:
    return id.startswith(JOB)


def lately(at: datetime) -> datetime:
    """What ended since then may not show yet in what was asked for `at` this moment."""
    return at - timedelta(seconds=waiting.seconds(Wait.MOVED))


def written_lately(store: Store, product_ids: Sequence[str], at: datetime) -> dict[str, tuple[str, datetime]]:
    """By product id: the fingerprint that the latest run left, and when, whichever environment's it was. Only of runs that ended
    so short a time before `at` that Shopify may have shown then what was before them."""
    since = lately(at)
    rows = ProductSync.objects.filter(part__store__in=store.of_shop(), settled__gt=since, part__sync__dry_run=False)
    touched = rows.exclude(waits={}, result="").order_by("settled")
    wanted = set(product_ids)
    found = touched.values_list("product_id", "result", "settled")
    return {id: (result, settled) for id, result, settled in found if id in wanted and settled}


def jobs_of(store: Store, product_ids: Sequence[str]) -> dict[str, datetime]:
    """Job id -> since when, of orders that nobody has seen the end of. They belong to the product, whichever run asked."""
    since = timezone.now() - timedelta(seconds=waiting.seconds(Wait.ORDER))
    rows = ProductSync.objects.filter(part__store__in=store.of_shop(), ordered__gt=since).exclude(job="")
    wanted = set(product_ids)
    found = rows.filter(job__startswith=JOB).values_list("product_id", "job", "ordered")
    return {job: ordered for id, job, ordered in found if id in wanted and ordered}


def await_lost_orders(store: Store, client: ShopifyClient, product_ids: Sequence[str]) -> None:
    """Orders whose answer was lost, by runs that have ended without seeing them: as there is no job to ask about, they may land
    after a plan, which would then find a gallery that somebody has changed."""
    since = timezone.now() - timedelta(seconds=waiting.seconds(Wait.LOST_ORDER))
    rows = ProductSync.objects.filter(part__store__in=store.of_shop(), ordered__gt=since, job="", result="")
    found, wanted = rows.exclude(settled=None).values_list("product_id", "ordered", "waits"), set(product_ids)
    left = [ordered for id, ordered, waits in found if id in wanted and ordered and asked_for_order(waits)]
    while left := [ordered for ordered in left if not waiting.over(Wait.LOST_ORDER, ordered)]:
        client.pause(waiting.next_look(min(left)), ORDERING)


def asked_for_order(kept: object) -> bool:
    """Whether an order was asked for, and not refused, by what a row waits for."""
    waits = waiting.Waits(kept)
    return bool(waits.times(Wait.ORDER.value)) and not waits.refused(Wait.ORDER.value)


def await_orders(
    client: ShopifyClient, jobs: Mapping[str, datetime], over: Callable[[datetime], bool] | None = None
) -> bool:
    """Ask for each job until it has ended. False if one had not when time was `over` (by default the deadline of orders)."""
    over = over or (lambda since: waiting.over(Wait.ORDER, since))
    left = dict(jobs)
    # What one app sees of a job tells another environment's nothing: it looks for itself.
    ours = ProductSync.objects.filter(part__store=client.store)
    while True:
        left = {job: since for job, since in left.items() if galleries.under_way(client, job)}
        ours.filter(job__in=jobs.keys() - left.keys()).update(job="")
        if not left:
            return True
        if all(over(since) for since in left.values()):
            return False
        client.pause(waiting.next_look(min(left.values())), ORDERING)
