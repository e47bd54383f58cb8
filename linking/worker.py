"""The worker: RQ's forking worker with intervals under which a lost one is noticed in a minute instead of a quarter hour."""

from typing import Any

import rq


class Worker(rq.Worker):
    """`python manage.py rqworker default`: one queue per process, so that a job in flight can be recovered."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["serializer"] = "rq.serializers.JSONSerializer"
        kwargs["worker_ttl"] = 30
        kwargs.setdefault("maintenance_interval", 15)
        kwargs.setdefault("job_monitoring_interval", 5)
        kwargs.setdefault("log_job_description", False)
        super().__init__(*args, **kwargs)
