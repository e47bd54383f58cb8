"""The worker: RQ's forking worker with intervals under which a lost one is noticed in a minute instead of a quarter hour.

Asked to end (SIGTERM, also to a whole process group), the job in hand ends its slice at the next step and rings for the
next worker. A child that dies gives its lease back at once: its parent has seen it dead.
"""

import os
import signal
from typing import Any

import rq
from django.db import DatabaseError, connections
from rq.job import Job

from linking import horse, jobs


class Worker(rq.Worker):
    """`python manage.py rqworker default`: one queue per process, so that a job in flight can be recovered."""

    max_connection_wait_time = 5.0  # seconds between two looks for a Redis that is away

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["serializer"] = "rq.serializers.JSONSerializer"
        kwargs["worker_ttl"] = 30
        kwargs.setdefault("maintenance_interval", 15)
        kwargs.setdefault("job_monitoring_interval", 5)
        kwargs.setdefault("log_job_description", False)
        super().__init__(*args, **kwargs)
        # Inherited by the child, so that the signal harms it at no moment of its life.
        signal.signal(signal.SIGUSR1, horse.ask_to_end)

    def setup_work_horse_signals(self) -> None:
        super().setup_work_horse_signals()
        signal.signal(signal.SIGTERM, horse.ask_to_end)

    def handle_warm_shutdown_request(self) -> None:
        horse.ask_to_end()
        if self.horse_pid:
            try:
                os.kill(self.horse_pid, signal.SIGUSR1)
            except ProcessLookupError:
                self.log.debug("Worker %s: the job has just ended", self.name)

    def execute_job(self, job: Job, queue: rq.Queue) -> None:
        name = horse.christen()
        super().execute_job(job, queue)
        try:
            jobs.bury(name)
        except DatabaseError:
            self.log.exception("Worker %s: the lease of a dead job will lapse by itself", self.name)
        finally:
            connections.close_all()  # the next child must not inherit it
