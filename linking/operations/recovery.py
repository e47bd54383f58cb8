"""Whatever should be worked on and is not, because its entry in the queue was lost or its worker, is asked for again."""

import logging
from collections.abc import Iterable
from datetime import datetime

import redis.exceptions
from django.utils import timezone
from rq.command import send_stop_job_command
from rq.exceptions import InvalidJobOperation, NoSuchJobError
from rq.serializers import JSONSerializer

from linking import queue
from linking.models import StoreSync
from linking.models.jobs import JobRow
from linking.queue import Kind
from setup.redis_client import client

log = logging.getLogger(__name__)


def sweep() -> None:
    """Enqueue whatever was lost, and end jobs that do not react to an abort. Any number of processes may do this at any time;
    while the queue is away, nothing counts as enqueued."""
    _sweep(queue.KINDS.values())


def sweep_shown(also: str = "") -> None:
    """The same for what pages wait for, while somebody looks at one: without a sweeper the person's work goes on. `also`: a kind
    that one page alone waits for."""
    _sweep([kind for kind in queue.KINDS.values() if kind.shown or kind.name == also])


def _sweep(kinds: Iterable[Kind]) -> None:
    now = timezone.now()
    if _sweep_rows(kinds, now) and _sweep_syncs(now):
        _stop_unresponsive(now)


def _sweep_rows(kinds: Iterable[Kind], now: datetime) -> bool:
    for kind in kinds:
        if not issubclass(kind.model, JobRow):
            continue
        for row in kind.model.objects.stale(now=now):
            kind.model.objects.filter(pk=row.pk).update(
                heartbeat_at=now if row.state == "waiting" else row.heartbeat_at
            )
            if not queue.enqueue(kind.name, row.pk):
                return False
    return True


def _sweep_syncs(now: datetime) -> bool:
    for part in StoreSync.objects.unclaimed(now=now).order_by("pk"):
        mine = part.rows().filter(enqueued_at=part.enqueued_at)
        if mine.update(enqueued_at=now) and not queue.enqueue("sync", part.pk):
            part.rows().filter(enqueued_at=now).update(enqueued_at=part.enqueued_at)
            return False
    return True


def _stop_unresponsive(now: datetime) -> None:
    """The second stage of an abort: the job's process is killed, its parent gives the lease back, and the next one tells
    what was done. The command may get lost or come too late; the next sweep repeats it."""
    for part in StoreSync.objects.unresponsive(now=now).exclude(job_id=""):
        log.warning("Store sync %s does not react to its abort: job %s is stopped.", part.pk, part.job_id)
        try:
            send_stop_job_command(client(), part.job_id, serializer=JSONSerializer)
        except (redis.exceptions.RedisError, NoSuchJobError, InvalidJobOperation) as error:
            log.warning("Job %s could not be stopped: %s", part.job_id, error)


def release(owner: str) -> None:
    """This process is known to be dead: what it held is free, and another one goes on."""
    for part in StoreSync.objects.busy().filter(owner=owner):
        part.rows().filter(owner=owner).update(lease_until=timezone.now(), enqueued_at=timezone.now())
        queue.enqueue("sync", part.pk)
