"""How queue, workers and sweeper are, as Redis knows it. Says nothing about anybody's work."""

from dataclasses import dataclass
from datetime import UTC, datetime

import django_rq
import redis.exceptions
from redis import Redis
from rq import Queue, Worker
from rq.exceptions import NoSuchJobError

from linking.operations import queue_entries, redis_state
from linking.operations.redis_state import UNASKED, RedisState
from linking.runtime import counters
from setup.redis_client import client

# An idle worker tells of itself every 15 s, a busy one every 5 s (linking.operations.worker).
DEAD_AFTER = 60.0
OLD = 120.0  # seconds that a job may wait before something seems to be wrong
SILENT = 60.0  # seconds without a sweep


@dataclass(frozen=True)
class QueueHealth:
    """`jobs`: waiting in the queue; `age`: seconds that the first of them has waited; `silence`: seconds since a sweeper
    looked, None if none has; `redis`: whether it keeps what is enqueued and takes more; `trouble`: why it is not `up`."""

    up: bool = False
    jobs: int = 0
    age: float = 0.0
    busy: int = 0
    idle: int = 0
    silence: float | None = None
    redis: RedisState = UNASKED
    trouble: Exception | None = None

    @property
    def workers(self) -> int:
        return self.busy + self.idle


def read(*, now: datetime) -> QueueHealth:
    """Takes two seconds at most, also while Redis is away."""
    try:
        redis_client = client()
        waiting = django_rq.get_queue("default", connection=redis_client)
        states = _states(redis_client, waiting, now)
        busy = states.count("busy")
        return QueueHealth(
            True,
            waiting.count,
            _age(redis_client, waiting, now),
            busy,
            len(states) - busy,
            counters.silence(),
            redis_state.look(redis_client),
        )
    except redis.exceptions.RedisError as error:
        return QueueHealth(trouble=error)


def _states(redis_client: Redis, waiting: Queue, now: datetime) -> list[str]:
    """Of the workers that live."""
    found = Worker.all(connection=redis_client, queue=waiting, serializer=waiting.serializer)
    alive = [one for one in found if one.last_heartbeat and _since(one.last_heartbeat, now) < DEAD_AFTER]
    return [str(one.get_state()) for one in alive]


def _age(redis_client: Redis, waiting: Queue, now: datetime) -> float:
    first = redis_client.lindex(waiting.key, 0)
    try:
        job = queue_entries.read(first, redis_client) if first else None
    except NoSuchJobError:  # taken at this moment, or none of ours
        return 0.0
    return max(0.0, _since(job.enqueued_at, now)) if job and job.enqueued_at else 0.0


def _since(at: datetime, now: datetime) -> float:
    """RQ's times are UTC, some of them without saying so."""
    return (now - (at if at.tzinfo else at.replace(tzinfo=UTC))).total_seconds()
