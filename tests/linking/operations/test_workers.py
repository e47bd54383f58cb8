"""Real workers over a real Redis: stores side by side, one writer per store, and life without Redis."""

import pytest
from django.utils import timezone

from linking.models import ChangeRow, StoreSync
from linking.operations import queue_health, recovery
from tests import pressing
from tests.processes import environ, redis, wait_until, worker
from tests.scenes import asset, product

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.workers]


def idle() -> bool:
    return not StoreSync.objects.busy().exists()


def test_two_workers_bring_two_stores_to_an_end_side_by_side(scene, queue, tmp_path):
    place = scene([product("a"), product("b")], [asset("fa", "a", 1), asset("fb", "b", 2)], stores=2)
    place.world.faults.add(service="shopify", kind="slow", seconds=0.2, times=None)
    with worker(environ(queue), tmp_path, "one"), worker(environ(queue), tmp_path, "two"):
        wait_until(lambda: queue_health.read(now=timezone.now()).idle == 2)
        sync = pressing.link(place.select(), "token", dry_run=False)
        wait_until(idle)
    parts = list(sync.parts.all())
    assert [part.state for part in parts] == ["done", "done"]
    assert max(part.started for part in parts) < min(part.finished for part in parts)
    assert set(ChangeRow.objects.values_list("outcome", flat=True)) <= {"done", "skipped"}


def test_two_runs_of_one_store_follow_each_other(scene, queue, tmp_path):
    place = scene([product("a", pictures=1)], [asset("fa", "a", 1)])
    chosen = place.select(link_mode="prepend")
    with worker(environ(queue), tmp_path, "one"), worker(environ(queue), tmp_path, "two"):
        pressing.link(chosen, "first", dry_run=False)
        pressing.link(chosen, "second", dry_run=False)
        wait_until(idle)
    assert place.assets_in("product-a") == ["fa", "product-a-0"]
    first, second = StoreSync.objects.order_by("started")
    assert {first.products.get().state, second.products.get().state} == {"done", "unchanged"}
    assert first.finished <= second.products.get().settled


def test_a_run_that_was_started_without_redis_begins_by_itself_when_it_is_back(scene, tmp_path, settings):
    place = scene([product("a")], [asset("fa", "a", 1)])
    pressing.link(place.select(), "token", dry_run=False)
    assert not idle()
    StoreSync.objects.update(enqueued_at="2026-01-01T00:00:00Z")
    with redis(tmp_path) as url:
        settings.REDIS_URL = url
        with worker(environ(url), tmp_path):
            recovery.sweep()
            wait_until(idle)
    assert place.assets_in("product-a") == ["fa"]
