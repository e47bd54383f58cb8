"""/healthz and /readyz: what a load balancer and an alarm learn, and nothing about anybody."""

import pytest
from django.db import DatabaseError, connection

from linking import queue as job_queue
from linking.operations import queue_health
from linking.operations.doctor import database
from linking.runtime import counters
from tests.processes import environ, wait_until, worker

pytestmark = pytest.mark.django_db


def asked(client) -> tuple[int, str, dict]:
    answer = client.get("/readyz")
    return answer.status_code, answer.json()["status"], answer.json()


def test_healthz_asks_neither_database_nor_queue(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_without_redis_pages_are_served_and_the_state_is_degraded(client):
    code, status, known = asked(client)
    assert (code, status, known["queue"]) == (200, "degraded", {})
    assert known["checks"]["database"] == known["checks"]["migrations"] == "ok"
    assert (known["checks"]["redis"], known["checks"]["workers"]) == ("away", "unknown")


def test_without_the_database_nothing_can_be_served(client, monkeypatch):
    def away(*args, **kwargs):
        raise DatabaseError

    monkeypatch.setattr(connection, "cursor", away)
    code, status, known = asked(client)
    assert (code, status) == (503, "unready")
    assert (known["checks"]["database"], known["checks"]["migrations"]) == ("away", "unknown")


def test_before_its_migrations_nothing_can_be_served(client, monkeypatch):
    monkeypatch.setattr(database, "_up_to_date_until", 0.0)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'linking' AND name LIKE '0001%'")
    code, status, known = asked(client)
    assert (code, status, known["checks"]["migrations"]) == (503, "unready", "pending")


def test_workers_and_sweeper_that_are_not_there_are_reported(client, queue):
    code, status, known = asked(client)
    assert (code, status) == (200, "degraded")
    assert (known["checks"]["redis"], known["checks"]["workers"], known["checks"]["sweeper"]) == (
        "ok",
        "none",
        "silent",
    )


@pytest.mark.workers
@pytest.mark.django_db(transaction=True)
def test_with_a_worker_and_a_sweeper_all_is_well_and_a_killed_worker_is_missed(client, queue, tmp_path, monkeypatch):
    counters.beat()
    with worker(environ(queue), tmp_path) as process:
        wait_until(lambda: asked(client)[2]["checks"]["workers"] == "ok")
        assert asked(client)[:2] == (200, "ok")
        process.kill()
        process.wait(10)
        monkeypatch.setattr(queue_health, "DEAD_AFTER", 0.5)
        wait_until(lambda: asked(client)[2]["checks"]["workers"] == "none", 10)
    assert asked(client)[:2] == (200, "degraded")


def test_a_job_that_waits_too_long_is_reported(client, queue, monkeypatch):
    assert job_queue.enqueue("fetch", 1)
    known = asked(client)[2]
    assert (known["checks"]["queue"], known["queue"]["jobs"]) == ("ok", 1)
    monkeypatch.setattr(queue_health, "OLD", -1.0)
    assert asked(client)[2]["checks"]["queue"] == "slow"


def test_only_words_and_numbers_are_reported(client, queue, settings):
    text = client.get("/readyz").content.decode()
    for secret in (settings.REDIS_URL, str(settings.DATABASES["default"]["NAME"]), settings.SECRET_KEY, "127.0.0.1"):
        assert secret not in text


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_they_are_only_read(client, path):
    assert client.post(path).status_code == 405
