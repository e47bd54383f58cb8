"""Checking links: whether their products, files and assets are still there, and galleries as runs left them. Only reads; what is
gone is marked in the ledger, and what else differs is kept as drift (linking.links.drifting)."""

import re
import time
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from linking import attempts, queue, waiting
from linking.attempts import Attempt
from linking.cloudinary.assets import fetch
from linking.cloudinary.renditions import linkable, thumbnail
from linking.domain.assets import Asset
from linking.domain.waiting import Wait
from linking.links import drifting
from linking.links.sparing import SparingClient
from linking.models import ChangedProduct, DeliveredProduct, Link, LinkCheck, StoreFile
from linking.models.jobs import JobState, asked_for
from linking.shopify import files, galleries
from setup.models import Environment, Store
from setup.reasons import NONE, Reason
from setup.security.actors import Actor
from setup.shopify.client import ShopifyClient
from setup.shopify.errors import Remedy, ShopifyError

Gone = Link.Gone
PER_LOOK = 200
# How long one job goes on, seconds.
SLICE = 60.0
VERSION = re.compile(r"/v\d+/")
SPARES = Reason("links.spares")


def ask(actor: Actor, among: Collection[Store] | None = None) -> int:
    """Have every store of the environment checked, or these; the rows' jobs are enqueued. How many were. Raises TooMany."""
    actor.spend("dry_run")
    asked = put(actor.environment, now=timezone.now(), among=among)
    for check in asked:
        queue.enqueue("links", check.pk)
    return len(asked)


def put(
    environment: Environment,
    *,
    now: datetime,
    among: Collection[Store] | None = None,
    older: timedelta = timedelta(0),
) -> list[LinkCheck]:
    """A check for every connected store with links; those that are being checked go on as they are. `among`: only of these
    stores; `older`: not of those that were checked a shorter time ago."""
    linked = Exists(Link.objects.in_galleries().filter(store=OuterRef("pk")))
    stores = environment.stores.filter(linked, status=Store.Status.CONNECTED)
    if among is not None:
        stores = stores.filter(pk__in=[store.pk for store in among])
    LinkCheck.objects.bulk_create(
        [LinkCheck(store=store, state=JobState.DONE) for store in stores], ignore_conflicts=True
    )
    over = LinkCheck.objects.filter(store__in=stores, state__in=[JobState.DONE, JobState.FAILED])
    if older:
        over = over.exclude(begun__gt=now - older)
    fresh = list(over.values_list("pk", flat=True))
    again = {"reached": 0, "reached_product": "", "looked": 0, "begun": now, "finished": None}
    over.filter(pk__in=fresh).update(**again, **asked_for(now=now))
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
        drifting.forget(gone)
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
    cloudinary = SparingClient(check.store.environment)
    while links := _next(check):
        if cloudinary.is_low:
            now = timezone.now()
            check.rest(SPARES, until=cloudinary.until(now), now=now)
            return False
        try:
            _mark(attempt, links, cloudinary)
        except ShopifyError as error:
            if error.remedy == Remedy.STOP_STORE:
                check.store.break_off(error.reason)
            raise
        check.reached_product, check.looked = links[-1].product_id, check.looked + len(links)
        more, now = time.monotonic() > until, timezone.now()
        known = {"reached_product": check.reached_product, "looked": check.looked, "problem": NONE}
        ours = check.got_on(state=JobState.WAITING if more else JobState.RUNNING, now=now, **known)
        if more or not ours:
            return more and ours
    if check.mine().update(state=JobState.DONE, problem=NONE, finished=timezone.now()):
        drifting.forget_others(check.store, check.begun)
    return False


def _next(check: LinkCheck) -> Sequence[Link]:
    """All links of some products: what a gallery lacks, and in what order it is, shows in the whole of it."""
    links = Link.objects.in_galleries().filter(store=check.store_id).order_by("product_id", "pk")
    some = list(links.filter(product_id__gt=check.reached_product)[: PER_LOOK + 1])
    if len(some) <= PER_LOOK:
        return some
    beyond = some[-1].product_id
    whole = [link for link in some if link.product_id != beyond]
    return whole or list(links.filter(product_id=beyond))


def _mark(attempt: Attempt[LinkCheck], links: Sequence[Link], cloudinary: SparingClient) -> None:
    """Look at these links' galleries, files and assets. Raises ShopifyError, CloudinaryError."""
    store = attempt.row.store
    shopify = ShopifyClient(store, look=attempt.alive)
    pause = shopify.pause
    products = sorted({link.product_id for link in links})
    asked = timezone.now()
    found = waiting.insist(lambda ids: galleries.read(shopify, ids), products, pause)
    shown = {(gallery.product_id, id) for gallery in found.values() for id in gallery.ids}
    endless = {gallery.product_id for gallery in found.values() if not gallery.whole}
    away = sorted(
        {
            link.medium_id
            for link in links
            if (link.product_id, link.medium_id) not in shown and link.product_id not in endless
        }
    )
    there = waiting.insist(lambda ids: files.states(shopify, ids), away, pause)
    ids = sorted({link.asset_id for link in links})
    assets = {asset.asset_id: asset for some in fetch(cloudinary, ids, []) for asset in some}
    missing = [id for id in products if id not in found]
    Link.objects.swatches_of(store, missing).exclude(gone=Gone.PRODUCT).update(gone=Gone.PRODUCT)
    found_gone: dict[str, list[int]] = {}
    for link in links:
        gone = ""
        if link.product_id in endless:
            continue  # nobody knows what stands there
        if link.product_id not in found:
            gone = Gone.PRODUCT
        elif (link.product_id, link.medium_id) not in shown:
            if not waiting.over(Wait.MOVED, link.linked, at=asked):
                continue  # linked a moment ago: Shopify may still show what was there before
            gone = Gone.GALLERY if link.medium_id in there else Gone.FILE
        elif link.asset_id not in assets:
            gone = Gone.ASSET
        found_gone.setdefault(gone, []).append(link.pk)
    _mark_gone(store, links, found_gone)
    show_where_they_are(
        store.environment, {id: asset for id, asset in assets.items() if not linkable(store.environment, asset)}, links
    )
    drifting.record(store, links, found, assets, asked)


def _mark_gone(store: Store, links: Sequence[Link], found: Mapping[str, Sequence[int]]) -> None:
    """`found`: what is gone -> links. Products of which that is news have changed."""
    of = {pk: gone for gone, pks in found.items() for pk in pks}
    news = {link.product_id: (link.title, link.handle) for link in links if of.get(link.pk, link.gone) != link.gone}
    with transaction.atomic():
        for gone, pks in found.items():
            Link.objects.filter(pk__in=pks).exclude(gone=gone).update(gone=gone)
        ChangedProduct.objects.record(store, news)
        DeliveredProduct.objects.mark(store.pk, news)


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
