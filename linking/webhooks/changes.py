"""What front ends hear: a product whose media changed is numbered when it has been quiet for a moment, and reported to webhooks;
once a day a summary says what changed since the last one that was answered 2xx. The sweeper calls this every few seconds.

Numbers are given out under a lock and become visible in order, so a cursor that has one has all below it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from linking.domain import cursors, schedules, webhooks
from linking.models import ChangedProduct, ChangeFeed, LinkedVariant, WebhookEndpoint
from linking.webhooks import outbox
from linking.webhooks.payloads import ChangedData, ChangedProductOfDay, LinksOfProduct, LinksOfSummary, SummaryData
from setup.models import Environment
from setup.zones import zone_of

AT_ONCE = 200  # products of one sweep and environment, and summaries of one sweep
SKUS = 250  # of a product
LISTED = 250  # products of a summary; the API has the others


def report(now: datetime | None = None) -> int:
    """What is quiet by now; how many products these were."""
    at = now or timezone.now()
    due = ChangedProduct.objects.filter(_quiet(at)).order_by().values_list("environment", flat=True).distinct()
    reported = sum(_report(environment, at) for environment in Environment.objects.filter(pk__in=list(due)))
    _summarise(at)
    return reported


def _quiet(now: datetime) -> Q:
    """As linking.domain.webhooks.is_quiet."""
    return Q(since__lte=now - webhooks.LONGEST_WAIT) | Q(since__isnull=False, changed__lte=now - webhooks.QUIET)


def _report(environment: Environment, now: datetime) -> int:
    with transaction.atomic():
        ChangeFeed.objects.get_or_create(environment=environment)
        feed = ChangeFeed.objects.select_for_update().get(environment=environment)
        quiet = ChangedProduct.objects.filter(_quiet(now), environment=environment).select_related("store")
        rows, reported = quiet.order_by("changed", "pk")[:AT_ONCE], []
        for row in rows:
            mine = ChangedProduct.objects.filter(pk=row.pk, changed=row.changed)  # else a run touches it right now
            if mine.update(number=feed.last + 1, since=None):
                feed.last, row.number = feed.last + 1, feed.last + 1
                reported.append(row)
        feed.save(update_fields=["last"])
        outbox.write_all(environment, webhooks.CHANGED, _described(environment, reported), at=now)
    return len(reported)


def _described(environment: Environment, rows: Sequence[ChangedProduct]) -> Iterable[tuple[str, ChangedData]]:
    """Event id -> what it says: numbers are given out once."""
    skus = _skus(rows)
    for row in rows:
        assert row.number is not None
        known = skus.get((row.store_id, row.product_id), [])
        data = ChangedData(
            environment=environment.cloud_name,
            store=row.store.domain,
            product_id=row.product_id,
            product=row.title,
            handle=row.handle,
            skus=known[:SKUS],
            cursor=cursors.written(row.number),
            links=LinksOfProduct(links_address(row)),
            more_skus=len(known[SKUS:]),
        )
        yield f"evt_change_{environment.pk}_{row.number}", data


def links_address(row: ChangedProduct) -> str:
    asked = urlencode({"store": row.store.domain, "product": row.product_id})
    return f"{settings.APP_URL.rstrip('/')}{reverse('api:list_links')}?{asked}"


def _skus(rows: Sequence[ChangedProduct]) -> Mapping[tuple[int, str], list[str]]:
    found: dict[tuple[int, str], list[str]] = {}
    known = LinkedVariant.objects.filter(
        store__in={row.store_id for row in rows}, product_id__in={row.product_id for row in rows}
    )
    for store, product, sku in known.exclude(sku="").order_by("pk").values_list("store", "product_id", "sku"):
        found.setdefault((store, product), []).append(sku)
    return found


def feed_of(environment: Environment) -> ChangeFeed:
    """Ask for it before its rows: they are there up to its `last`."""
    return ChangeFeed.objects.filter(environment=environment).first() or ChangeFeed(environment=environment)


def since(feed: ChangeFeed, number: int) -> QuerySet[ChangedProduct]:
    """What changed after this one, in order."""
    rows = ChangedProduct.objects.filter(environment=feed.environment_id, number__gt=number, number__lte=feed.last)
    return rows.order_by("number")


def begins(endpoint: WebhookEndpoint, *, now: datetime) -> None:
    """A webhook gets summaries from now on: of what changes from now on. The caller saves it."""
    endpoint.summary_number = feed_of(endpoint.environment).last
    endpoint.summary_at = next_of(endpoint, now)


def next_of(endpoint: WebhookEndpoint, now: datetime) -> datetime | None:
    """By the clock of the environment."""
    return schedules.after(f"0 {endpoint.summary_hour} * * *", zone_of(endpoint.environment.time_zone), now)


def set_again(environment: Environment, now: datetime) -> None:
    """The environment's zone is another one."""
    for endpoint in WebhookEndpoint.objects.filter(environment=environment, summary_at__isnull=False):
        endpoint.environment = environment
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(summary_at=next_of(endpoint, now))


def _summarise(now: datetime) -> None:
    due = WebhookEndpoint.objects.filter(summary_at__lte=now).select_related("environment")
    for endpoint in due.order_by("summary_at", "pk")[:AT_ONCE]:
        with transaction.atomic():
            mine = WebhookEndpoint.objects.filter(pk=endpoint.pk, summary_at=endpoint.summary_at)
            if mine.update(summary_at=next_of(endpoint, now) or now + timedelta(days=1)) and not endpoint.disabled:
                _write_summary(endpoint, now)


def _write_summary(endpoint: WebhookEndpoint, now: datetime) -> None:
    """None on a day on which nothing changed. One that is not answered 2xx is made up for by the next one."""
    environment, feed = endpoint.environment, feed_of(endpoint.environment)
    rows = since(feed, endpoint.summary_number)
    if not (listed := list(rows.select_related("store")[:LISTED])):
        return
    asked = urlencode({"cursor": cursors.written(endpoint.summary_number)})
    data = SummaryData(
        environment=environment.cloud_name,
        products=[ChangedProductOfDay(row.store.domain, row.product_id, row.handle) for row in listed],
        cursor=cursors.written(feed.last),
        complete=endpoint.summary_number >= feed.forgotten,
        links=LinksOfSummary(f"{settings.APP_URL.rstrip('/')}{reverse('api:list_changed_products')}?{asked}"),
        more_products=rows.count() - len(listed),
    )
    outbox.write_summary(endpoint, data, reaches=feed.last, at=now)
