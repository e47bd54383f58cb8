"""The job: a batch of reports, then what they have missed, if that is due. Broken off anywhere, the next one does it again."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from linking import attempts
from linking.attempts import Attempt
from linking.models import ProductWork, SeenProduct
from linking.models.jobs import NO_TRIES, JobState
from linking.rules import firing
from linking.rules.events.metering import OverBudget, next_hour
from linking.rules.products import asking, looking
from linking.rules.products.collecting import WALK
from linking.shopify import news
from setup.models import ProductEvent
from setup.reasons import NONE
from setup.shopify.client import ShopifyClient

BATCH = 250  # products
OVERLAP = timedelta(minutes=10)
MOST_FOUND = 10_000  # of one walk


def work_on_products(pk: int) -> bool:
    """Safe to call at any time: a claim decides who works. True: enqueue the next job."""
    attempt = attempts.claim(ProductWork.objects.select_related("store__environment", "store__app"), pk)
    if attempt is None:
        return False
    with attempt:
        return _work(attempt)
    return False


def _work(attempt: Attempt[ProductWork]) -> bool:
    """Raises CloudinaryError, ShopifyError."""
    work, now = attempt.row, timezone.now()
    try:
        more = _step(work, now)
    except OverBudget:
        work.mine().update(state=JobState.WAITING, heartbeat_at=now, not_before=next_hour(now))
        return False
    state = JobState.WAITING if more else JobState.DONE
    return bool(work.mine().update(state=state, problem=NONE, heartbeat_at=timezone.now(), **NO_TRIES)) and more


def _step(work: ProductWork, now: datetime) -> bool:
    """Whether there is more to do. Raises CloudinaryError, ShopifyError, OverBudget."""
    unsettled = ProductEvent.objects.filter(store=work.store_id, settled=None)
    if ids := list(dict.fromkeys(unsettled.order_by("pk").values_list("product_id", flat=True)[: 4 * BATCH]))[:BATCH]:
        _deal_with(work, ids, now)
        return True
    if work.walk_due <= now:
        _walk(work, now)
        return True
    return False


def _deal_with(work: ProductWork, ids: Sequence[str], now: datetime) -> None:
    """What came before the store was asked is settled, and what comes meanwhile is looked at again."""
    last = ProductEvent.objects.filter(store=work.store_id, settled=None, product_id__in=ids).latest("pk").pk
    found = looking.look(work, ids)
    about, left = asking.assets_for(work, found)
    done = [id for id in ids if id not in left]
    with transaction.atomic():
        looking.remember(work, found, done, now=now)
        mine = ProductEvent.objects.filter(store=work.store_id, settled=None, product_id__in=done, pk__lte=last)
        mine.update(settled=timezone.now())
        for rule, assets in about:
            firing.request(rule, rule.trigger, assets)


def _walk(work: ProductWork, now: datetime) -> None:
    """What has changed since the last walk, and ten minutes before that, becomes reports: the search lags behind. What is too
    much for one walk is left to the next, which is due at once."""
    since = max(work.began, work.walked - OVERLAP)
    changed = news.changed_since(ShopifyClient(work.store), since, MOST_FOUND)
    walked, due = now, now + WALK
    if len(changed) >= MOST_FOUND:
        last = news.moment(list(changed.values())[-1])
        if last and last > since:  # else no walk would ever come further
            walked, due = last + OVERLAP, now
    seen = SeenProduct.objects.filter(store=work.store_id, updated__in=set(changed.values()))
    known = set(seen.values_list("product_id", "updated"))
    rows = [
        ProductEvent(store_id=work.store_id, event_id=f"walk {updated}", product_id=id, received=now)
        for id, updated in changed.items()
        if (id, updated) not in known
    ]
    with transaction.atomic():
        ProductEvent.objects.bulk_create(rows, ignore_conflicts=True)
        ProductWork.objects.filter(pk=work.pk).update(walked=walked, walk_due=due)
