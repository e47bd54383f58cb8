"""Jobs are doors: take an id, call one function. Ringing may fail or happen twice; the rows know what is to be done."""

import logging
import time
import uuid
from collections.abc import Callable

import django_rq
import redis.exceptions
from django.conf import settings
from django.utils import timezone
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from linking.fetching import fetch_selection
from linking.matching import match_store
from linking.models import Selection, StoreMatch, StoreSync
from linking.syncing.work import Next, work

log = logging.getLogger(__name__)
TIMEOUT = 300


def fetch(pk: int) -> None:
    fetch_selection(pk)


def match(pk: int) -> None:
    match_store(pk)


def sync(pk: int) -> None:
    """A slice, and the bell for whoever goes on: this store sync, or the next one of the store."""
    step = work(pk)
    if step == Next.LATER:
        time.sleep(1.5)
    if step in (Next.AGAIN, Next.LATER):
        ring(sync, pk)
    elif step == Next.NOTHING:
        done = StoreSync.objects.get(pk=pk)
        waiting = StoreSync.objects.busy().filter(store=done.store_id, owner="").exclude(pk=pk).order_by("pk").first()
        if waiting:
            ring(sync, waiting.pk)


def bell() -> Redis:
    """A connection that gives up soon: pages must answer while Redis is away."""
    retry = Retry(NoBackoff(), 0)
    return Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=2, retry=retry)


def ring(job: Callable[[int], None], pk: int) -> bool:
    """Tell a worker; call it after the row is committed. False if the queue cannot be reached: the sweep rings again."""
    job_id = f"{job.__name__}-{pk}-{uuid.uuid4().hex[:8]}"
    try:
        queue = django_rq.get_queue("default", connection=bell())
        queue.enqueue_call(job, (pk,), timeout=TIMEOUT, result_ttl=60, failure_ttl=3600, job_id=job_id)
    except redis.exceptions.RedisError as error:
        log.warning("The queue cannot be reached: %s", error)
        return False
    return True


def sweep() -> None:
    """Ring again for whatever should be worked on and is not: its bell was lost, or its worker."""
    now = timezone.now()
    for model, job in ((Selection, fetch), (StoreMatch, match)):
        for row in model.objects.unheard(now=now):
            model.objects.filter(pk=row.pk).update(heard=now if row.state == "waiting" else row.heard)
            ring(job, row.pk)
    for part in StoreSync.objects.silent(now=now):
        part.rows().update(rung=now)
        ring(sync, part.pk)


def queue_answers() -> bool:
    try:
        return bool(bell().ping())
    except redis.exceptions.RedisError:
        return False
