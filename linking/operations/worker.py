"""The worker: RQ's forking worker with intervals under which a lost one is noticed in a minute instead of a quarter hour.

Asked to end (SIGTERM, also to a whole process group), the job in hand ends its slice at the next step and is enqueued
for the next worker. A child that dies gives its lease back at once: its parent has seen it dead.
"""

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import redis.exceptions
import rq
from django.conf import settings
from django.db import DatabaseError, Error, connections
from redis.client import Pipeline
from rq import worker_registration
from rq.exceptions import DeserializationError, InvalidJobOperation
from rq.job import Job
from rq.utils import now

import linking.jobs  # noqa: F401 - loaded once, before each job gets a process of its own
from linking.operations import log_context, recovery
from linking.operations.outages import REFUSALS, InsteadOfRq, Outage, refusals_as_outage
from linking.operations.queue_entries import JobEntry, JobQueue
from linking.runtime import counters, presence, process, readiness
from setup import logs
from setup.security import stored_secrets

KEYS_EVERY = 60.0  # seconds
ENDINGS = {signal.SIGTERM, signal.SIGINT}
ASKED = signal.SIGUSR1  # by its parent, a child is asked to end its slice


class Worker(rq.Worker):
    """`python manage.py rqworker default`: one queue per process, so that a job in flight can be recovered."""

    max_connection_wait_time = 5.0  # seconds between two looks for a Redis that is away
    _keys_are_good_until = 0.0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["serializer"] = "rq.serializers.JSONSerializer"
        kwargs["job_class"], kwargs["queue_class"] = JobEntry, JobQueue
        kwargs["worker_ttl"] = 30
        kwargs.setdefault("maintenance_interval", 15)
        kwargs.setdefault("job_monitoring_interval", 5)
        kwargs.setdefault("log_job_description", False)
        super().__init__(*args, **kwargs)
        self._announcer = presence.Announcer("worker")
        process.prepare()
        self._redis = Outage("Redis", f"Worker {self.name} waits for it; a job in hand goes on.")
        self.log.addFilter(InsteadOfRq(self._redis))
        # Inherited by the child, so that the signal harms it at no moment of its life.
        signal.signal(ASKED, process.ask_to_end)

    def work(self, *args: Any, **kwargs: Any) -> bool:
        self.log.info("AssetLink %s: worker %s starts.", settings.RELEASE, self.name)
        self.require_keys()
        try:
            return super().work(*args, **kwargs)
        except REFUSALS as error:
            self.log.critical("Worker %s ends: Redis refuses to write: %s", self.name, error)
            sys.exit(1)
        except redis.exceptions.TimeoutError as error:  # RQ has waited for longer than an answer can take
            self.log.critical("Worker %s ends: Redis does not answer: %s", self.name, error)
            sys.exit(1)

    def run_maintenance_tasks(self) -> None:
        """Before the first job and every 15 s without one: keys may change while a worker lives."""
        self.require_keys()
        self._tidy_registries()

    def _tidy_registries(self) -> None:
        """RQ looks through its registries. What somebody else wrote there and cannot be read leaves them as they are; it ends
        no worker: jobs that got lost are found by their rows (linking.operations.recovery)."""
        try:
            with self._left_to_the_next_heartbeat():
                super().run_maintenance_tasks()
        except (ValueError, redis.exceptions.ResponseError):
            self.log.exception("Worker %s: RQ's registries cannot be read; they are not tidied", self.name)
            self.last_cleaned_at = now()  # type: ignore[assignment]  # RQ declares it as None

    @contextmanager
    def _left_to_the_next_heartbeat(self) -> Iterator[None]:
        """RQ waits for Redis where it takes a job, and ends with a traceback where it meets the same outage between two jobs."""
        try:
            with refusals_as_outage():
                yield
        except redis.exceptions.ConnectionError as error:
            self._redis.goes_on(error)

    def check_for_suspension(self, burst: bool) -> None:
        with self._left_to_the_next_heartbeat():
            super().check_for_suspension(burst)

    def set_state(self, state: str, pipeline: Pipeline | None = None) -> None:
        with self._left_to_the_next_heartbeat():
            super().set_state(state, pipeline)

    def require_keys(self) -> None:
        """A worker that cannot open what the web sealed would end every run that it takes as failed: it ends itself. While the
        database is away nobody knows; it is looked again."""
        if time.monotonic() < self._keys_are_good_until:
            return
        try:
            stored_secrets.require()
            self._keys_are_good_until = time.monotonic() + KEYS_EVERY
        except stored_secrets.KeysDoNotFit as error:
            self.log.critical("Worker %s ends: %s", self.name, error)
            sys.exit(os.EX_CONFIG)
        except Error as error:
            self.log.warning("Worker %s: whether its keys fit is not known yet: %s", self.name, error)
        finally:
            connections.close_all()  # no child must inherit it

    def heartbeat(self, timeout: int | None = None, pipeline: Pipeline | None = None) -> None:
        """A Redis that has lost its data does not know this worker any more, and nobody else would tell it again."""
        with refusals_as_outage():
            super().heartbeat(timeout, pipeline)
        self._announcer.announce()
        if pipeline is not None:  # Redis was not asked yet
            return
        self._redis.is_over()
        if not self._is_registered():
            self.log.warning("Worker %s: Redis has lost its data; registering again.", self.name)
            with self.connection.pipeline() as again:
                again.hset(self.key, mapping={**self.serialize(), "state": self.get_state()})
                worker_registration.register(self, again)
                again.expire(self.key, timeout or self.worker_ttl + 60)
                again.execute()

    def register_birth(self) -> None:
        self._announcer.announce()
        super().register_birth()
        readiness.notify()

    def register_death(self) -> None:
        try:
            super().register_death()
        except redis.exceptions.TimeoutError:  # why it ends: what it leaves in Redis expires
            self.log.debug("Worker %s: Redis does not answer; nothing is written about its end", self.name)
            return
        self._announcer.leave()

    def _is_registered(self) -> bool:
        try:
            return bool(self.connection.sismember(self.redis_workers_keys, self.key))
        except redis.exceptions.ResponseError:  # somebody wrote something else there
            self.connection.delete(self.redis_workers_keys)
            return False

    def fork_work_horse(self, job: Job, queue: rq.Queue) -> None:
        """Between its first breath and `setup_work_horse_signals`, a child would take what is meant for its parent; and what its
        parent asks of it would be forgotten, as Python drops in a new process the signals that it has not handled."""
        signal.pthread_sigmask(signal.SIG_BLOCK, ENDINGS | {ASKED})
        try:
            super().fork_work_horse(job, queue)
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDINGS | {ASKED})
        if process.ending:  # asked before the child was known here
            self._pass_on()

    def setup_work_horse_signals(self) -> None:
        """Instead of RQ's, under which a SIGTERM is the death of the job."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, process.ask_to_end)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDINGS | {ASKED})

    def handle_warm_shutdown_request(self) -> None:
        process.ask_to_end()
        self._pass_on()

    def _pass_on(self) -> None:
        if self.horse_pid:
            try:
                os.kill(self.horse_pid, ASKED)
            except ProcessLookupError:
                self.log.debug("Worker %s: the job has just ended", self.name)

    def execute_job(self, job: Job, queue: rq.Queue) -> None:
        name, began = process.rename(), time.monotonic()
        with logs.about(job=job.id):  # the child inherits it
            super().execute_job(job, queue)
        counters.took(log_context.name_of(str(job.func_name)), outcome_of(job), time.monotonic() - began)
        try:
            recovery.release(name)
        except DatabaseError:
            self.log.exception("Worker %s: the lease of a dead job will expire by itself", self.name)
        finally:
            connections.close_all()  # the next child must not inherit it

    def perform_job(self, job: Job, queue: rq.Queue) -> bool:
        """In the child."""
        with logs.about(**self._ids(job)):
            return super().perform_job(job, queue)

    def _ids(self, job: Job) -> dict[str, str]:
        try:
            return log_context.ids_of(log_context.name_of(str(job.func_name)), *job.args)
        except (DatabaseError, DeserializationError) as error:
            self.log.warning("Worker %s: what job %s is about is not known: %s", self.name, job.id, error)
            return {}


def outcome_of(job: Job) -> str:
    """`finished`, `failed` or `stopped`, as RQ has written down."""
    try:
        return str(job.get_status().value)
    except (InvalidJobOperation, redis.exceptions.RedisError):
        return "unknown"
