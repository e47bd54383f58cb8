"""A Redis that answers and yet may lose what is enqueued, or takes no more of it: /readyz, metrics and pages say so."""

import os
import signal
from contextlib import contextmanager

import pytest
import rq
from redis import Redis

from linking import queue as job_queue
from linking.operations import redis_state
from linking.operations.metrics import registry
from linking.operations.redis_state import RedisState
from linking.operations.worker import Worker
from setup.redis_client import ANSWERING
from setup.redis_client import client as redis_of_app

WELL = {"redis": "ok", "redis_persistence": "ok", "redis_eviction": "ok"}
CASES = [
    ({}, {}, ""),
    ({"appendonly": "no"}, {"redis_persistence": "off"}, "set `appendonly yes`"),
    ({"maxmemory-policy": "allkeys-lru"}, {"redis_eviction": "evicts"}, "set `maxmemory-policy noeviction`"),
    ({"maxmemory": "1"}, {"redis": "full"}, "raise maxmemory"),
    ({"replicaof": "127.0.0.1 1"}, {"redis": "replica"}, "name the primary"),
    ({"min-replicas-to-write": "1"}, {"redis": "refused"}, "its log says why"),
]


def set_up(url: str, changed: dict[str, str]) -> None:
    with Redis.from_url(url) as client:
        for name, value in changed.items():
            if name == "replicaof":
                client.execute_command(name, *value.split())
            else:
                client.config_set(name, value)


@pytest.mark.django_db
@pytest.mark.parametrize(("changed", "words", "advice"), CASES)
def test_each_trouble_has_its_word_its_sentence_and_its_metric(client, queue, changed, words, advice):
    set_up(queue, changed)
    known = client.get("/readyz").json()
    assert {name: known["checks"][name] for name in WELL} == WELL | words
    assert advice in " ".join(known["reasons"])
    assert len([text for text in known["reasons"] if "Redis" in text or "REDIS" in text]) == len(words)
    seen = {
        sample.labels["part"]: sample.value
        for one in registry().collect()
        if one.name == "assetlink_redis_ok"
        for sample in one.samples
    }
    assert [part for part, value in seen.items() if not value] == [
        {"redis": "writes"}.get(name, name.removeprefix("redis_")) for name in words
    ]


def test_a_redis_that_takes_no_work_is_no_queue_for_pages(queue):
    assert job_queue.answers()
    set_up(queue, {"maxmemory": "1"})
    assert not job_queue.answers()


def test_one_that_does_not_let_us_ask_is_no_trouble(queue):
    with Redis.from_url(queue) as client:
        client.execute_command("ACL", "SETUSER", "default", "-info")
        state = redis_state.look(client)
    assert state == RedisState(writes="ok")
    assert state.reasons == []


@contextmanager
def frozen(url: str):
    with Redis.from_url(url) as known:
        pid = known.info("server")["process_id"]
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@pytest.mark.django_db
def test_one_that_hangs_is_waited_for_a_moment_however_long_rq_would_wait(client, queue):
    """RQ gives a pool in which it finds a worker a timeout of its own, of minutes."""
    with Redis.from_url(queue) as known:
        worker = rq.Worker(["default"], connection=known)
        worker.register_birth()
        worker.heartbeat()
    assert client.get("/readyz").json()["queue"]["workers"] == 1
    with frozen(queue):
        for _ in range(2):  # over the connection that there was, and over another one
            assert client.get("/readyz").json()["checks"]["redis"] == "away"
    assert client.get("/readyz").json()["queue"]["workers"] == 1
    assert redis_of_app().connection_pool.make_connection().socket_timeout == ANSWERING


@pytest.mark.django_db
def test_a_worker_whose_redis_hangs_ends_with_one_line(queue, caplog):
    found = Redis.from_url(queue)
    worker = Worker(["default"], connection=found)
    found.connection_pool.connection_kwargs["socket_timeout"] = 0.2  # RQ has made it half a minute
    found.connection_pool.disconnect()
    with frozen(queue):
        with pytest.raises(SystemExit):
            worker.work(burst=True)
        worker.register_death()
    (line,) = [one for one in caplog.records if one.levelname in ("ERROR", "CRITICAL")]
    assert "ends: Redis does not answer" in line.getMessage()
    assert line.exc_info is None
