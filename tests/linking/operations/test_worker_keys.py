"""A worker whose keys do not open what is stored takes no work; one whose Redis lost its data is known again."""

import os
import subprocess
import sys

import pytest
from django.utils import timezone
from redis import Redis

from linking.operations import queue_health
from setup.models import Environment, Store
from tests import migrated
from tests.keys import NEW, OLD, OTHER, environment_under_old
from tests.processes import ROOT, environ, manage, wait_until, worker


@pytest.fixture
def demo(db, settings) -> Environment:
    return environment_under_old(settings)


def started(**changed: str) -> subprocess.CompletedProcess:
    env = {**os.environ, **environ("redis://127.0.0.1:1/0"), **changed}
    command = [sys.executable, "manage.py", "rqworker", "default"]
    return subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, timeout=120)


@pytest.mark.workers
@pytest.mark.django_db(transaction=True)
def test_a_worker_that_cannot_open_what_the_web_sealed_refuses_to_start(demo, queue):
    done = started(REDIS_URL=queue, ENCRYPTION_KEYS=OTHER)
    assert done.returncode == os.EX_CONFIG
    (line,) = [line for line in (done.stdout + done.stderr).splitlines() if "CRITICAL" in line]
    assert "ENCRYPTION_KEYS" in line
    assert "Traceback" not in done.stdout + done.stderr
    assert Redis.from_url(queue).keys("rq:worker*") == []


@pytest.mark.workers
@pytest.mark.django_db(transaction=True)
def test_a_worker_whose_keys_are_not_good_any_more_ends_before_its_next_job(demo, queue, tmp_path, settings):
    with worker(environ(queue), tmp_path, impatient=True) as process:
        wait_until(lambda: queue_health.read(now=timezone.now()).idle == 1)
        settings.ENCRYPTION_KEYS = [NEW, OLD]
        Store.objects.create(environment=demo, domain="a.myshopify.com", access_token="t")
        wait_until(lambda: process.poll() is not None)
        assert process.returncode == os.EX_CONFIG
    assert "1 of 3 stored secrets need a key" in (tmp_path / "worker.log").read_text()


@pytest.mark.workers
@pytest.mark.django_db(transaction=True)
def test_a_worker_that_starts_before_the_database_looks_again_when_it_is_there(demo, queue, tmp_path):
    folder = tmp_path / "later"
    env = environ(queue) | {"DATABASE_URL": f"sqlite:///{folder}/app.sqlite3"}
    with worker(env | {"ENCRYPTION_KEYS": OTHER}, tmp_path, impatient=True) as process:
        wait_until(lambda: queue_health.read(now=timezone.now()).idle == 1)
        made = tmp_path / "made"
        made.mkdir()
        migrated.copy_to(made / "app.sqlite3")
        made.rename(folder)  # at once: the worker would begin a database of its own in an empty folder
        known = {"CLOUD_NAME": "demo", "CLOUD_API_KEY": "k", "CLOUD_API_SECRET": "s", "LAUNCH_SECRET": "x" * 40}
        manage(env | known, tmp_path / "manage.log", "environment", "from-env")
        wait_until(lambda: process.poll() is not None)
        assert process.returncode == os.EX_CONFIG
    assert "whether its keys fit is not known yet" in (tmp_path / "worker.log").read_text()


@pytest.mark.workers
@pytest.mark.django_db(transaction=True)
def test_an_idle_worker_whose_redis_lost_its_data_registers_again(queue, tmp_path):
    with worker(environ(queue), tmp_path, impatient=True):
        wait_until(lambda: queue_health.read(now=timezone.now()).idle == 1)
        Redis.from_url(queue).flushall()
        assert queue_health.read(now=timezone.now()).workers == 0
        wait_until(lambda: queue_health.read(now=timezone.now()).idle == 1)
        assert Redis.from_url(queue).ttl(Redis.from_url(queue).smembers("rq:workers").pop()) > 0
    assert queue_health.read(now=timezone.now()).workers == 0, "it says goodbye as every worker does"


@pytest.mark.workers
@pytest.mark.django_db(transaction=True)
def test_an_idle_worker_outlives_whatever_somebody_wrote_where_workers_are_listed(queue, tmp_path):
    with worker(environ(queue), tmp_path, impatient=True) as process:
        wait_until(lambda: queue_health.read(now=timezone.now()).idle == 1)
        Redis.from_url(queue).delete("rq:workers")
        Redis.from_url(queue).set("rq:workers", "no list of workers")
        wait_until(lambda: Redis.from_url(queue).type("rq:workers") == b"set" or process.poll() is not None)
        assert process.poll() is None, "the worker has ended"
