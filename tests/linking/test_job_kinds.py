"""Every kind of job is in one table, from which it is enqueued, swept, measured and reported of in the log."""

from inspect import getmembers, isfunction

import pytest
from django.utils import timezone

from linking import jobs, queue
from linking.models import StoreSync
from linking.models.jobs import JobRow
from linking.operations import metrics, recovery
from linking.operations.log_context import ids_of
from linking.operations.queue_entries import is_ours
from tests.linking.job_rows import KINDS, LONG_AGO, chairs


def rows_of_jobs() -> set[type]:
    found, left = set(), [JobRow]
    while left:
        left += (below := left.pop().__subclasses__())
        found |= {model for model in below if not model._meta.abstract}
    return found


def test_every_row_whose_work_a_worker_does_is_in_the_table():
    assert {kind.model for kind in queue.KINDS.values()} == rows_of_jobs() | {StoreSync}


def test_the_worker_has_a_function_for_each_kind_and_no_other():
    ours = {name for name, function in getmembers(jobs, isfunction) if function.__module__ == queue.MODULE}
    assert ours == set(queue.KINDS)
    assert all(is_ours(kind.function, None, [1], {}) for kind in queue.KINDS.values())


def test_metrics_count_the_rows_of_every_kind():
    assert set(metrics.JOBS) == set(queue.KINDS) - {"sync"}


@pytest.mark.django_db
@pytest.mark.parametrize("kind", queue.KINDS.values(), ids=lambda kind: kind.name)
def test_the_log_asks_for_fields_that_the_row_has(kind):
    """A row that is gone has none; a field that does not exist would raise."""
    assert ids_of(kind.name, 4711) == {}
    assert {"environment"} < set(kind.log_fields)
    assert kind.timeout(4711) >= queue.TIMEOUT


@pytest.mark.parametrize("name", KINDS)
def test_what_nobody_works_on_is_enqueued_again_whatever_its_kind(scene, name, monkeypatch):
    place, enqueued = chairs(scene), []
    row = KINDS[name].ask(place)
    assert {KINDS[one].job.__name__ for one in KINDS} == set(queue.KINDS) - {"sync"}
    type(row).objects.filter(pk=row.pk).update(heartbeat_at=timezone.now() - LONG_AGO)
    monkeypatch.setattr(queue, "enqueue", lambda kind, pk: enqueued.append((kind, pk)) or True)
    recovery.sweep()
    assert (KINDS[name].job.__name__, row.pk) in enqueued
