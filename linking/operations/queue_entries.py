"""What a worker takes from the queue: RQ's Job and Queue, narrowed to the jobs that this app enqueues (linking.queue.KINDS).

Redis is not ours alone: a client that writes into it could name any function in a job's hash, or callbacks, which RQ would
import and call. An entry that is none of our jobs, or not even text, costs one line in the log and is dropped; left
alone, it would end every worker that meets it.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any, Self

import redis.exceptions
from django_rq.queues import DjangoRQ
from redis import Redis
from rq.exceptions import DeserializationError, NoSuchJobError, TimeoutFormatError
from rq.intermediate_queue import IntermediateQueue
from rq.job import Job
from rq.serializers import JSONSerializer

from linking import queue
from linking.operations.outages import refusals_as_outage

log = logging.getLogger(__name__)
# Of a job's hash; everything else (callbacks, webhooks, retries, dependencies) is nothing that we write, and is not read.
TIMES = (
    "created_at",
    "enqueued_at",
    "started_at",
    "ended_at",
    "last_heartbeat",
    "timeout",
    "result_ttl",
    "failure_ttl",
)
KEPT = {"data", "origin", "status", "worker_name", *TIMES}
LARGEST = 2**63 - 1  # a row's number
# RQ asserts what it finds, too.
MALFORMED = (ValueError, TypeError, AttributeError, OverflowError, AssertionError)
UNREADABLE = (*MALFORMED, TimeoutFormatError, DeserializationError)


class JobEntry(Job):
    """A job of ours. For any other, RQ gets the answer that there is no such job."""

    @classmethod
    def fetch(cls, id: str, connection: Redis | None = None, serializer: Any = None) -> Self:
        """Raises NoSuchJobError."""
        try:
            return super().fetch(id, connection=connection, serializer=serializer)  # type: ignore[return-value]
        except (ValueError, redis.exceptions.ResponseError) as error:  # its name, or what is kept under that
            raise NoSuchJobError(f"It cannot be read: {str(error)[:200]}") from None

    def restore(self, raw_data: Mapping[bytes, bytes]) -> None:
        """Raises NoSuchJobError."""
        kept = {name: value for name, value in raw_data.items() if name.decode(errors="replace") in KEPT}
        try:
            super().restore(kept)
            entry = (self.func_name, self.instance, self.args, self.kwargs)
        except UNREADABLE as error:
            raise NoSuchJobError(f"Its hash cannot be read: {type(error).__name__}") from None
        if not is_ours(*entry):
            raise NoSuchJobError(f"It names {entry!r:.200}")

    @property
    def func(self) -> Callable[[int], None]:
        """Only one of the table, whatever name came. Raises NoSuchJobError."""
        kind = queue.kind_of(str(self.func_name))
        if kind is None:
            raise NoSuchJobError(f"It names {self.func_name!r:.200}")
        return getattr(import_module(queue.MODULE), kind.name)


def is_ours(name: object, instance: object, args: object, kwargs: object) -> bool:
    """A function of the table with the number of a row, and nothing else."""
    if not isinstance(name, str) or queue.kind_of(name) is None or instance is not None or kwargs:
        return False
    match args:
        case [int() as pk] if not isinstance(pk, bool):
            return 0 < pk <= LARGEST
        case _:
            return False


def read(entry: bytes | str, connection: Redis) -> JobEntry:
    """The job that an entry of the queue names. Raises NoSuchJobError."""
    name = text_of(entry)
    if name is None:
        raise NoSuchJobError("It is no text")
    found = JobEntry.fetch(name, connection=connection, serializer=JSONSerializer)
    if found.id != name:  # RQ takes what follows a colon for the number of an execution
        raise NoSuchJobError("It is no name of a job")
    return found


class TakenEntries(IntermediateQueue):
    """Entries that a worker has taken and not begun yet."""

    def get_job_ids(self) -> list[str]:
        """Without those that are no text, which are dropped."""
        found = {entry: text_of(entry) for entry in self.connection.lrange(self.key, 0, -1)}
        for entry, text in found.items():
            if text is None:
                self.connection.lrem(self.key, 0, entry)  # type: ignore[arg-type]  # bytes are as good
        return [text for text in found.values() if text is not None]


def text_of(entry: bytes | str) -> str | None:
    try:
        return entry if isinstance(entry, str) else entry.decode()
    except UnicodeDecodeError:
        return None


class JobQueue(DjangoRQ):
    """The queue of our jobs: nothing else comes out of it."""

    @property
    def intermediate_queue(self) -> IntermediateQueue:
        return TakenEntries(self.key, connection=self.connection)

    @classmethod
    def _next(cls, connection: Redis, queue_key: str, timeout: int | None) -> tuple[str, Any] | None:
        with refusals_as_outage():
            return super().lmove(connection, queue_key, timeout)

    @classmethod
    def lmove(cls, connection: Redis, queue_key: str, timeout: int | None) -> tuple[str, Any] | None:
        """The next entry that names a job of ours. Raises DequeueTimeout."""
        while (found := cls._next(connection, queue_key, timeout)) is not None:
            if names_job(found[1], connection):
                return found
            connection.lrem(IntermediateQueue.get_intermediate_queue_key(queue_key), 1, found[1])
        return None

    @classmethod
    def lpop(
        cls, queue_keys: Sequence[str], timeout: int | None, connection: Redis | None = None
    ) -> tuple[str, Any] | None:
        """The same for a worker of several queues, and with a Redis before 6.2."""
        assert connection is not None
        while (found := super().lpop(queue_keys, timeout, connection=connection)) is not None:
            if names_job(found[1], connection):
                return found
        return None


def names_job(entry: bytes | str, connection: Redis) -> bool:
    """Whether an entry may be performed; the log tells why not."""
    try:
        read(entry, connection)
    except NoSuchJobError as error:
        log.warning("Entry %.100r of the queue is none of our jobs and is dropped. %s.", entry, error)
        return False
    return True
