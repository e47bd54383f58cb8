"""What processes say of a Redis or a database that is away: once, and once when it is back."""

import logging
import sys
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from redis import Redis
from redis import exceptions as redis_errors

from linking.operations.outages import InsteadOfRq, Outage
from linking.operations.worker import Worker
from tests.processes import environ, redis, running, systemd, wait_until, worker


def test_an_outage_is_named_once_and_so_is_its_end(caplog):
    outage = Outage("Redis", "Work waits.")
    with caplog.at_level(logging.INFO):
        outage.is_over()
        for _ in range(3):
            outage.goes_on("Connection refused.\nmore of it")
        outage.is_over()
        outage.is_over()
        outage.goes_on(OSError())
    assert caplog.messages == [
        "Redis cannot be used: Connection refused. Work waits.",
        "Redis can be used again.",
        "Redis cannot be used: OSError. Work waits.",
    ]


def test_other_lines_of_rq_are_left_alone():
    keep = InsteadOfRq(Outage("Redis", ""))
    line = logging.makeLogRecord({"msg": "Worker %s: started with PID %d", "args": ("w", 5)})
    assert keep.filter(line)


@pytest.mark.workers
@pytest.mark.django_db
def test_a_worker_that_meets_an_outage_between_two_jobs_waits_in_its_next_heartbeat(tmp_path, caplog):
    """The moments at which RQ looks after itself outside of its loop of waiting."""
    with redis(tmp_path) as url, Redis.from_url(url) as client:
        idle = Worker(["default"], connection=client)
        client.config_set("maxmemory", 1)
        with caplog.at_level(logging.INFO):
            idle.run_maintenance_tasks()
            idle.set_state("idle")
            away(url)
            idle.check_for_suspension(burst=True)
            idle.run_maintenance_tasks()
            with pytest.raises(redis_errors.ConnectionError):
                idle.heartbeat()
    assert sum("cannot be used" in message for message in caplog.messages) == 1


def away(url: str) -> None:
    with Redis.from_url(url) as client, suppress(redis_errors.ConnectionError):
        client.shutdown(nosave=True)


def said(path: Path, what: str) -> int:
    return path.read_text().count(what)


@pytest.mark.workers
@pytest.mark.django_db(transaction=True)
def test_sweeper_and_worker_say_when_they_start_and_when_redis_is_full_or_away_and_back(tmp_path):
    logs = [tmp_path / "sweeper.log", tmp_path / "worker.log"]
    with redis(tmp_path) as url, systemd(tmp_path) as (notified, reported):
        surroundings = {**environ(url), **notified, "SWEEP_SECONDS": "0.2"}
        sweeping = running([sys.executable, "manage.py", "sweeper"], surroundings, logs[0])
        working = worker(surroundings, tmp_path, impatient=True)
        with sweeping as sweeper, working as process:
            wait_until(lambda: bool(said(logs[0], "has started") and said(logs[1], "Listening on")))
            assert all(said(path, f"AssetLink {settings.RELEASE}") == 1 for path in logs)
            assert [reported(), reported()] == ["READY=1", "READY=1"]
            port = urlsplit(url).port
            with Redis.from_url(url) as client:
                client.config_set("maxmemory", 1)
                wait_until(lambda: all(said(path, "Redis cannot be used: ") == 1 for path in logs))
                client.config_set("maxmemory", 0)
            wait_until(lambda: all(said(path, "Redis can be used again") == 1 for path in logs))
            away(url)
            wait_until(lambda: all(said(path, "Redis cannot be used: ") == 2 for path in logs))
            time.sleep(3)  # both have looked several times by now
            with redis(tmp_path, port=port):
                wait_until(lambda: all(said(path, "Redis can be used again") == 2 for path in logs))
                assert (sweeper.poll(), process.poll()) == (None, None)
                sweeper.terminate()
                process.terminate()
                assert (sweeper.wait(120), process.wait(120)) == (0, 0)
    for path in logs:
        assert (said(path, "Redis cannot be used"), said(path, "could not connect"), said(path, "Traceback")) == (
            2,
            0,
            0,
        )
    assert said(logs[0], "The sweeper was asked to end.") == 1
