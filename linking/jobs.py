"""Jobs are doors: take an id, call one function. Ringing may fail or happen twice; the rows know what is to be done."""

import logging
import time
import uuid
from collections.abc import Callable
from datetime import datetime

import django_rq
import redis.exceptions
from django.conf import settings
from django.utils import timezone
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import get_current_job
from rq.command import send_stop_job_command
from rq.exceptions import InvalidJobOperation, NoSuchJobError
from rq.serializers import JSONSerializer

from linking.links.checking import check_links
from linking.matching.asking import match_store
from linking.models import AssetJob, LinkCheck, Report, Selection, StoreMatch, StoreSync
from linking.reporting.writing import write_report
from linking.runtime import process
from linking.selection.alt_texts.working import work as work_on_assets
from linking.selection.fetching import fetch_selection
from linking.syncing.work import Next, work

log = logging.getLogger(__name__)
TIMEOUT = 300
# A slice is short, but the upload of a video may take as long as its target lives.
UPLOAD_TIMEOUT = 3900
# A report of a million rows is written in one go.
REPORT_TIMEOUT = 1800


def fetch(pk: int) -> None:
    fetch_selection(pk)


def match(pk: int) -> None:
    if match_store(pk):
        ring(match, pk)


def assets(pk: int) -> None:
    """Captions, or alt texts saved to Cloudinary: a slice."""
    if work_on_assets(pk):
        ring(assets, pk)


def links(pk: int) -> None:
    if check_links(pk):
        ring(links, pk)


def report(pk: int) -> None:
    if write_report(pk):
        ring(report, pk)


def sync(pk: int) -> None:
    """A slice, and the bell for whoever goes on: this store sync, or the next one of the store."""
    job = get_current_job()
    step = work(pk, owner=process.name, job_id=job.id if job else "")
    if step == Next.LATER:
        time.sleep(1.5)
    if step in (Next.AGAIN, Next.NOTHING):
        for other in StoreSync.objects.at_gate().filter(sync__parts=pk).exclude(pk=pk):
            ring(sync, other.pk)  # this one is planned, or has ended: perhaps that is all that they wait for
    if step in (Next.AGAIN, Next.LATER):
        ring(sync, pk)
    elif step == Next.NOTHING:
        here = StoreSync.objects.filter(pk=pk).values("store")
        waiting = StoreSync.objects.busy().filter(store__in=here, owner="").exclude(pk=pk).order_by("pk").first()
        if waiting:
            ring(sync, waiting.pk)


# What a worker performs, by the names that RQ keeps, and nothing else (linking.operations.queue_entries).
KINDS: dict[str, Callable[[int], None]] = {
    f"{job.__module__}.{job.__qualname__}": job for job in (fetch, match, assets, links, report, sync)
}


def bell() -> Redis:
    """A connection that gives up soon: pages must answer while Redis is away."""
    retry = Retry(NoBackoff(), 0)
    return Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=2, retry=retry)


def ring(job: Callable[[int], None], pk: int) -> bool:
    """Tell a worker; call it after the row is committed. False if the queue cannot be reached: the sweep rings again."""
    job_id = f"{job.__name__}-{pk}-{uuid.uuid4().hex[:8]}"
    try:
        queue = django_rq.get_queue("default", connection=bell())
        queue.enqueue_call(job, (pk,), timeout=timeout_of(job, pk), result_ttl=60, failure_ttl=3600, job_id=job_id)
    except redis.exceptions.RedisError as error:
        log.warning("The queue cannot be reached: %s", error)
        return False
    return True


def timeout_of(job: Callable[[int], None], pk: int) -> int:
    """Seconds. Only a report, and a store sync with videos to bring, may take long, so that a hung one is noticed soon."""
    if job is report:
        return REPORT_TIMEOUT
    return UPLOAD_TIMEOUT if job is sync and StoreSync(pk=pk).brings_videos() else TIMEOUT


def sweep() -> None:
    """Ring again for whatever should be worked on and is not: its bell was lost, or its worker. End jobs that are deaf to
    an abort. Any number of processes may do this at any time; while the queue is away, nothing is taken as rung."""
    now = timezone.now()
    if _sweep_waiting(now) and _sweep_syncs(now):
        _stop_deaf(now)


def _sweep_waiting(now: datetime) -> bool:
    for model, job in (
        (Selection, fetch),
        (StoreMatch, match),
        (AssetJob, assets),
        (Report, report),
        (LinkCheck, links),
    ):
        for row in model.objects.unheard(now=now):
            model.objects.filter(pk=row.pk).update(heard=now if row.state == "waiting" else row.heard)
            if not ring(job, row.pk):
                return False
    return True


def _sweep_syncs(now: datetime) -> bool:
    for part in StoreSync.objects.silent(now=now).order_by("pk"):
        mine = part.rows().filter(rung=part.rung)
        if mine.update(rung=now) and not ring(sync, part.pk):
            part.rows().filter(rung=now).update(rung=part.rung)
            return False
    return True


def _stop_deaf(now: datetime) -> None:
    """The second stage of an abort: the job's process is killed, its parent gives the lease back, and the next one tells
    what was done. The command may get lost or come too late; the next sweep repeats it."""
    for part in StoreSync.objects.deaf(now=now).exclude(job_id=""):
        log.warning("Store sync %s does not hear its abort: job %s is ended.", part.pk, part.job_id)
        try:
            send_stop_job_command(bell(), part.job_id, serializer=JSONSerializer)
        except (redis.exceptions.RedisError, NoSuchJobError, InvalidJobOperation) as error:
            log.warning("Job %s could not be ended: %s", part.job_id, error)


def bury(owner: str) -> None:
    """This process is known to be dead: what it held is free, and somebody shall go on."""
    for part in StoreSync.objects.busy().filter(owner=owner):
        part.rows().filter(owner=owner).update(lease_until=timezone.now(), rung=timezone.now())
        ring(sync, part.pk)


def queue_answers() -> bool:
    try:
        return bool(bell().ping())
    except redis.exceptions.RedisError:
        return False
