"""What processes say of themselves in Redis, and whatever else stands there."""

import json

import pytest
from redis import Redis

from linking.operations import queue_health, sweeper
from linking.runtime import counters, presence
from linking.runtime.presence import FORGOTTEN, GONE, PROCESSES, Announcer
from setup.security.secrets import unseal


def test_a_process_is_there_until_it_leaves_or_falls_silent(queue, monkeypatch):
    one, other = Announcer("worker", "one"), Announcer("sweeper", "other")
    for announcer in (one, other, one):
        announcer.announce()
    assert sorted((found.role, found.name) for found in presence.alive()) == [("sweeper", "other"), ("worker", "one")]
    assert unseal(presence.alive()[0].probe, presence.TENANT) == "AssetLink"
    one.leave()
    assert [found.name for found in presence.alive()] == ["other"]
    monkeypatch.setattr(presence, "GONE", -1.0)
    assert presence.alive() == []


@pytest.mark.parametrize(
    "written", [b"", b"\xff", b"[]", b"7", b'{"role": 1}', b"[" * 100_000, b'{"keys": 1, "heard": "x"}']
)
def test_what_somebody_else_wrote_there_is_passed_over_and_goes(queue, written):
    with Redis.from_url(queue) as known:
        known.hset(PROCESSES, b"\xfe strange", written)
        assert presence.alive() == []
        Announcer("worker", "one").announce()
        assert [found.name for found in presence.alive()] == ["one"]
        assert known.hkeys(PROCESSES) == [b"worker one"]


def test_who_counts_as_alive_is_still_known_by_what_it_said():
    """Otherwise a process that was killed would pass for one of an earlier release until it counts as dead."""
    assert max(queue_health.DEAD_AFTER, queue_health.SILENT) + presence.EVERY < GONE


def test_who_was_not_heard_of_for_long_goes(queue):
    with Redis.from_url(queue) as known:
        Announcer("worker", "one").announce()
        row = json.loads(known.hget(PROCESSES, "worker one"))
        for name, silent in (("late", GONE + 1), ("old", FORGOTTEN + 1)):
            known.hset(PROCESSES, f"worker {name}", json.dumps(row | {"name": name, "heard": row["heard"] - silent}))
        Announcer("worker", "two").announce()
        assert sorted(known.hkeys(PROCESSES)) == [b"worker late", b"worker one", b"worker two"]
        assert sorted(found.name for found in presence.alive()) == ["one", "two"]


@pytest.mark.parametrize("others", [False, True])
def test_the_last_sweeper_that_ends_in_order_takes_its_sign_of_life_away(queue, others):
    one, other = Announcer("sweeper", "one"), Announcer("sweeper", "other")
    one.announce()
    if others:
        other.announce()
    counters.beat()
    sweeper.leave(one)
    assert (counters.silence() is not None) is others
    assert [found.name for found in presence.alive()] == ["other"] * others


def test_without_redis_nobody_is_held_up():
    Announcer("worker", "one").announce()
    Announcer("worker", "one").leave()
