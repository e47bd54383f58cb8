"""Checking links: whether their products, files and assets are still there. Only reads; what is gone is marked in the ledger."""

import re
import time
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from linking import attempts, queue, waiting
from linking.attempts import Attempt
from linking.cloudinary.assets import fetch
from linking.cloudinary.renditions import linkable, thumbnail
from linking.domain.assets import Asset
from linking.domain.waiting import Wait
from linking.models import Link, LinkCheck, StoreFile
from linking.models.jobs import JobState, asked_for
from linking.shopify import files, galleries
from setup.cloudinary.client import CloudinaryClient
from setup.models import Environment, Store
from setup.reasons import NONE
from setup.security.actors import Actor
from setup.shopify.client import ShopifyClient
from setup.shopify.errors import Remedy, ShopifyError

Gone = Link.Gone
PER_LOOK = 200
# How long one job goes on, seconds.
SLICE = 60.0
VERSION = re.compile(r"/v\d+/")


def ask(actor: Actor) -> None:
    """Have every store of the environment checked; the rows' jobs are enqueued. Raises TooMany."""
    actor.spend("dry_run")
    for check in put(actor.environment, now=timezone.now()):
        queue.enqueue("links", check.pk)


def put(environment: Environment, *, now: datetime) -> list[LinkCheck]:
    """A check for every connected store with links; those that are being checked go on as they are."""
    linked = Exists(Link.objects.in_galleries().filter(store=OuterRef("pk")))
    stores = environment.stores.filter(linked, status=Store.Status.CONNECTED)
    LinkCheck.objects.bulk_create(
        [LinkCheck(store=store, state=JobState.DONE) for store in stores], ignore_conflicts=True
    )
    over = LinkCheck.objects.filter(store__in=stores, state__in=[JobState.DONE, JobState.FAILED])
    fresh = list(over.values_list("pk", flat=True))
    over.filter(pk__in=fresh).update(reached=0, looked=0, finished=None, **asked_for(now=now))
    return list(LinkCheck.objects.filter(pk__in=fresh))


def gone_links(environment: Environment) -> QuerySet[Link]:
    """By what is gone, and not by what is not: Postgres takes no index for that."""
    return Link.objects.in_galleries().filter(gone__in=Link.Gone.values, environment=environment)


def forget_gone(actor: Actor) -> int:
    """Forget the links whose product, file, place or asset is gone, and answer how many. Nothing is written in Shopify; of stores
    that the actor may not write to, none is forgotten."""
    with transaction.atomic():
        gone = gone_links(actor.environment)
        if not actor.is_operator and actor.member.bounds is not None:
            gone = gone.filter(store__in=actor.member.bounds)
        adopted = list(gone.exclude(adopted="").values_list("store_id", "medium_id"))
        count, _ = gone.delete()
        for store in {store for store, _ in adopted}:
            StoreFile.objects.give_back(store, [medium for of, medium in adopted if of == store])
    if count:
        actor.record("links.clean", "links", {"links": count})
    return count


def check_links(pk: int) -> bool:
    """A slice. Safe to repeat: a claim decides who works, and the row knows how far it came. True: enqueue the next job."""
    attempt = attempts.claim(LinkCheck.objects.select_related("store__environment"), pk)
    if attempt is None:
        return False
    with attempt:
        return _look(attempt, time.monotonic() + SLICE)
    return False


def _look(attempt: Attempt[LinkCheck], until: float) -> bool:
    """Raises ShopifyError, CloudinaryError."""
    check = attempt.row
    while links := _next(check):
        try:
            _mark(attempt, links)
        except ShopifyError as error:
            if error.remedy == Remedy.STOP_STORE:
                check.store.break_off(error.reason)
            raise
        check.reached, check.looked = links[-1].pk, check.looked + len(links)
        more = time.monotonic() > until
        state = JobState.WAITING if more else JobState.RUNNING
        ours = check.got_on(reached=check.reached, looked=check.looked, state=state, problem=NONE, now=timezone.now())
        if more or not ours:
            return more and ours
    check.mine().update(state=JobState.DONE, problem=NONE, finished=timezone.now())
    return False


def _next(check: LinkCheck) -> Sequence[Link]:
    return list(
        Link.objects.in_galleries().filter(store=check.store_id, pk__gt=check.reached).order_by("pk")[:PER_LOOK]
    )


def _mark(attempt: Attempt[LinkCheck], links: Sequence[Link]) -> None:
    """Look at these links' galleries, files and assets. Raises ShopifyError, CloudinaryError."""
    store = attempt.row.store
    shopify, cloudinary = ShopifyClient(store, look=attempt.alive), CloudinaryClient(store.environment)
    pause = shopify.pause
    products = sorted({link.product_id for link in links})
    asked = timezone.now()
    found = waiting.insist(lambda ids: galleries.read(shopify, ids), products, pause)
    shown = {(gallery.product_id, id) for gallery in found.values() for id in gallery.ids}
    away = sorted({link.medium_id for link in links if (link.product_id, link.medium_id) not in shown})
    there = waiting.insist(lambda ids: files.states(shopify, ids), away, pause)
    ids = sorted({link.asset_id for link in links})
    assets = {asset.asset_id: asset for some in fetch(cloudinary, ids, []) for asset in some}
    missing = [id for id in products if id not in found]
    Link.objects.swatches_of(store, missing).exclude(gone=Gone.PRODUCT).update(gone=Gone.PRODUCT)
    found_gone: dict[str, list[int]] = {}
    for link in links:
        gone = ""
        if link.product_id not in found:
            gone = Gone.PRODUCT
        elif (link.product_id, link.medium_id) not in shown:
            if not waiting.over(Wait.MOVED, link.linked, at=asked):
                continue  # linked a moment ago: Shopify may still show what was there before
            gone = Gone.GALLERY if link.medium_id in there else Gone.FILE
        elif link.asset_id not in assets:
            gone = Gone.ASSET
        found_gone.setdefault(gone, []).append(link.pk)
    for gone, pks in found_gone.items():
        Link.objects.filter(pk__in=pks).exclude(gone=gone).update(gone=gone)
    show_where_they_are(
        store.environment, {id: asset for id, asset in assets.items() if not linkable(store.environment, asset)}, links
    )


def show_where_they_are(environment: Environment, assets: Mapping[str, Asset], links: Sequence[Link]) -> None:
    """Pictures of assets that were renamed stand at other addresses; that of an older version goes on to be shown."""
    for link in links:
        asset = assets.get(link.asset_id)
        if (
            asset
            and link.thumbnail
            and unversioned(new := thumbnail(environment, asset)) != unversioned(link.thumbnail)
        ):
            Link.objects.filter(pk=link.pk).update(thumbnail=new)


def unversioned(url: str) -> str:
    return VERSION.sub("/", url, count=1)
