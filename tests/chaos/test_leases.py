"""One writer per store: leases, turns, heartbeats and the sweep, without any process around them."""

import threading
from collections.abc import Callable
from datetime import timedelta

import django_rq
import pytest
from django.utils import timezone

from linking.models import ChangeRow, StoreSync, Sync
from linking.operations import recovery
from linking.runtime.heartbeat import Heartbeat
from linking.syncing.lease import Lease, LeaseLost
from linking.syncing.work import MAX_LOST, Next, work
from setup.redis_client import client as redis_of_app
from tests import pressing
from tests.processes import redis
from tests.scenes import asset, product

pytestmark = pytest.mark.django_db
NOW = timezone.now()
LATER = NOW + timedelta(minutes=5)
PATIENCE = 60.0  # seconds


@pytest.fixture
def place(scene):
    return scene([product("a")], [asset("fa", "a", 1)])


def begun(place, token="one", **known) -> StoreSync:
    sync = pressing.link(place.select(**known), token, dry_run=known.pop("dry_run", False))
    return StoreSync.objects.select_related("sync", "store").get(sync=sync)


def again(part: StoreSync) -> StoreSync:
    return StoreSync.objects.select_related("sync", "store").get(pk=part.pk)


def test_one_owner_at_a_time(place):
    part = begun(place)
    assert Lease.take(part, "a", now=NOW)
    assert Lease.take(part, "b", now=NOW) is None


def test_who_takes_over_shuts_out_who_was_asleep(place):
    part = begun(place)
    asleep = Lease.take(part, "a", now=NOW)
    awake = Lease.take(part, "b", now=LATER)
    assert awake.inherited
    assert awake.fence > asleep.fence
    for act in (asleep.check, asleep.renew):
        with pytest.raises(LeaseLost):
            act(now=LATER)
    asleep.release()
    awake.check(now=LATER)


def test_a_lapsed_lease_writes_nothing_even_if_nobody_took_it(place):
    lease = Lease.take(begun(place), "a", now=NOW)
    with pytest.raises(LeaseLost):
        lease.check(now=LATER)


def test_the_turn_stays_with_a_run_between_its_slices(place):
    first, second = begun(place, "one"), begun(place, "two")
    Lease.take(first, "a", now=NOW).release()
    assert Lease.take(second, "b", now=NOW) is None
    assert Lease.take(first, "c", now=NOW)


def test_the_turn_stays_with_a_run_whose_worker_died(place):
    first, second = begun(place, "one"), begun(place, "two")
    Lease.take(first, "a", now=NOW)
    assert Lease.take(second, "b", now=LATER) is None
    assert Lease.take(first, "c", now=LATER)


def test_the_turn_passes_on_when_a_run_has_ended(place):
    first, second = begun(place, "one"), begun(place, "two")
    Lease.take(first, "a", now=NOW).release()
    first.rows().update(state="done")
    assert Lease.take(second, "b", now=NOW)


def test_a_dry_run_waits_for_nobody_and_must_not_write(place):
    Lease.take(begun(place, "one"), "a", now=NOW)
    second = begun(place, "two")
    Sync.objects.filter(pk=second.sync_id).update(dry_run=True)
    lease = Lease.take(again(second), "b", now=NOW)
    with pytest.raises(LeaseLost):
        lease.check(now=NOW)


def test_a_waiting_run_that_is_aborted_ends_at_once_and_tells_of_every_asset(place):
    Lease.take(begun(place, "one"), "a", now=NOW)
    second = begun(place, "two")
    assert work(second.pk) == Next.WAIT
    Sync.objects.filter(pk=second.sync_id).update(abort_requested=NOW)
    assert work(second.pk) == Next.NOTHING
    assert again(second).state == "aborted"
    assert list(ChangeRow.objects.filter(part=second).values_list("name", "outcome")) == [("fa", "aborted")]
    assert place.mutations() == []


def test_work_whose_workers_die_again_and_again_ends_with_a_reason(place):
    part = begun(place)
    part.rows().update(owner="dead", lease_until=timezone.now() - timedelta(seconds=1), tries=MAX_LOST - 1)
    assert work(part.pk) == Next.NOTHING
    assert (again(part).state, ChangeRow.objects.get(part=part).outcome) == ("failed", "failed")
    assert f"broke off {MAX_LOST} times" in str(again(part).problem)


def test_a_dead_process_that_is_noticed_frees_its_lease_at_once(place):
    part = begun(place)
    Lease.take(part, "dead", now=timezone.now())
    recovery.release("somebody else")
    assert Lease.take(part, "next", now=timezone.now()) is None
    recovery.release("dead")
    assert Lease.take(part, "next", now=timezone.now())


def queued() -> int:
    return len(django_rq.get_queue("default", connection=redis_of_app()).job_ids)


def test_any_number_of_sweeps_enqueues_once(place, settings, tmp_path):
    part = begun(place)
    part.rows().update(enqueued_at=NOW - timedelta(minutes=1))
    with redis(tmp_path) as settings.REDIS_URL:
        for _ in range(3):
            recovery.sweep()
        assert queued() == 1


def test_a_sweep_without_redis_leaves_everything_to_the_next(place, settings, tmp_path):
    part = begun(place)
    part.rows().update(enqueued_at=NOW - timedelta(minutes=1))
    recovery.sweep()
    with redis(tmp_path) as settings.REDIS_URL:
        recovery.sweep()
        assert queued() == 1


def test_what_is_worked_on_is_not_enqueued(place, settings, tmp_path):
    part = begun(place)
    Lease.take(part, "a", now=timezone.now())
    part.rows().update(enqueued_at=NOW - timedelta(minutes=1))
    with redis(tmp_path) as settings.REDIS_URL:
        recovery.sweep()
        assert queued() == 0


def test_only_a_worker_that_began_before_the_abort_counts_as_unresponsive(place):
    part = begun(place)
    Sync.objects.filter(pk=part.sync_id).update(abort_requested=NOW)
    part.rows().update(taken=NOW - timedelta(seconds=1), lease_until=NOW + timedelta(hours=1))
    assert not StoreSync.objects.unresponsive(now=NOW + timedelta(seconds=19))
    assert StoreSync.objects.unresponsive(now=NOW + timedelta(seconds=21))
    part.rows().update(taken=NOW + timedelta(seconds=1))
    assert not StoreSync.objects.unresponsive(now=NOW + timedelta(seconds=21))


def heart_of(beat: Callable[[], bool], **known) -> Heartbeat:
    return Heartbeat(beat, every=0.02, **known)


def stopped(heart: Heartbeat) -> bool:
    """Whether its thread comes to its end."""
    heart._thread.join(PATIENCE)
    return not heart._thread.is_alive()


def test_a_heart_beats_while_a_call_hangs():
    left, hanging = [None] * 4, threading.Event()

    def beat() -> bool:
        left.pop()
        if not left:
            hanging.set()
        return bool(left)

    with heart_of(beat):
        assert hanging.wait(PATIENCE)


def test_a_heart_stops_when_the_lease_is_not_ours_any_more():
    beats = []
    with heart_of(lambda: bool(beats.append(1))) as heart:
        assert stopped(heart)
    assert len(beats) == 1


def test_a_heart_stops_when_the_main_thread_gives_no_sign_of_life():
    with heart_of(lambda: True, patience=0.07) as heart:
        assert stopped(heart)


def test_a_heart_stops_with_the_block():
    with heart_of(lambda: True) as heart:
        assert heart._thread.is_alive()
    assert stopped(heart)
