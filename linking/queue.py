"""The kinds of jobs, and how one asks for them: by name, so that no caller imports anything of what the worker does.

Rows say what is to be done; Redis only tells a worker. An entry may get lost or come twice.
"""

import logging
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import django_rq
import redis.exceptions
from django.db import models

from linking.models import (
    AssetJob,
    DeliveryEndpoint,
    Estimate,
    EventWork,
    Firing,
    LinkCheck,
    NoticeLetter,
    ProductWork,
    Report,
    Selection,
    Sheet,
    StoreMatch,
    StoreSync,
    WebhookDelivery,
)
from setup import redis_client
from setup.redis_client import client

log = logging.getLogger(__name__)
MODULE = "linking.jobs"  # where the worker finds a function for each kind
TIMEOUT = 300
# A slice is short, but the upload of a video may take as long as its target lives.
UPLOAD_TIMEOUT = 3900
# A report of a million rows is written in one go.
REPORT_TIMEOUT = 1800
# A file of a hundred thousand rows is read in one go.
SHEET_TIMEOUT = 1800


@dataclass(frozen=True)
class Kind:
    """A kind of job. `log_fields`: what the log calls the relatives of its row, and where they are; `timeout`: seconds, by the
    row's pk; `shown`: whether all pages that wait look for it."""

    name: str
    model: type[models.Model]
    log_fields: Mapping[str, str]
    timeout: Callable[[int], int] = lambda pk: TIMEOUT
    shown: bool = True

    @cached_property
    def function(self) -> str:
        """By the name that RQ keeps."""
        return f"{MODULE}.{self.name}"


def _timeout_of_sync(pk: int) -> int:
    """Only one with videos to bring may take long, so that a hung one is noticed soon."""
    return UPLOAD_TIMEOUT if StoreSync(pk=pk).brings_videos() else TIMEOUT


OF_SELECTION = {"environment": "selection__environment__cloud_name", "selection": "selection__key"}
KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("fetch", Selection, {"environment": "environment__cloud_name", "selection": "key"}),
        Kind("match", StoreMatch, {**OF_SELECTION, "store": "store__domain"}),
        Kind("assets", AssetJob, OF_SELECTION),
        Kind("estimate", Estimate, OF_SELECTION),
        Kind("links", LinkCheck, {"environment": "store__environment__cloud_name", "store": "store__domain"}),
        Kind(
            "sheet",
            Sheet,
            {"environment": "environment__cloud_name", "sheet": "key"},
            lambda pk: SHEET_TIMEOUT,
            shown=False,  # its own page asks for it
        ),
        Kind("events", EventWork, {"environment": "environment__cloud_name", "batch": "batch"}, shown=False),
        Kind(
            "products",
            ProductWork,
            {"environment": "store__environment__cloud_name", "store": "store__domain"},
            shown=False,
        ),
        Kind("firing", Firing, {"environment": "rule__environment__cloud_name", "rule": "rule__key"}, shown=False),
        Kind(
            "delivery",
            DeliveryEndpoint,
            {"environment": "environment__cloud_name", "store": "store__domain", "endpoint": "slug"},
            shown=False,
        ),
        Kind(
            "webhook",
            WebhookDelivery,
            {"environment": "endpoint__environment__cloud_name", "webhook": "endpoint"},
            shown=False,
        ),
        Kind("notice", NoticeLetter, {"environment": "environment__cloud_name", "letter": "pk"}, shown=False),
        Kind(
            "report",
            Report,
            {"environment": "sync__environment__cloud_name", "sync": "sync__key"},
            lambda pk: REPORT_TIMEOUT,
        ),
        Kind(
            "sync",
            StoreSync,
            {
                "environment": "sync__environment__cloud_name",
                "sync": "sync__key",
                "store_sync": "pk",
                "store": "store__domain",
            },
            _timeout_of_sync,
        ),
    )
}


def enqueue(name: str, pk: int) -> bool:
    """Ask for a job of this kind, for the row with this pk; call it after the row is committed. False if the queue cannot be
    reached: the sweeper asks again."""
    kind = KINDS[name]
    timeout, job_id = kind.timeout(pk), f"{name}-{pk}-{uuid.uuid4().hex[:8]}"
    try:
        queue = django_rq.get_queue("default", connection=client())
        queue.enqueue_call(kind.function, (pk,), timeout=timeout, result_ttl=60, failure_ttl=3600, job_id=job_id)
    except redis.exceptions.RedisError as error:
        log.warning("The queue cannot be reached: %s", error)
        return False
    return True


def answers() -> bool:
    """Whether Redis is there and takes work: one that is full does not."""
    try:
        redis_client.probe(client())
    except redis.exceptions.RedisError:
        return False
    return True


def others_wait() -> bool:
    """Whether work is in the queue that no worker has taken yet: what can wait lets it go first."""
    try:
        return bool(django_rq.get_queue("default", connection=client()).count)
    except redis.exceptions.RedisError:
        return False


def kind_of(function: str) -> Kind | None:
    """By the name that RQ keeps; None for a function that is none of our jobs."""
    module, _, name = function.rpartition(".")
    return KINDS.get(name) if module == MODULE else None
