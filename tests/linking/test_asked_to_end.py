"""A job that is asked to end at the worst moments, right after the fork, is not lost; nor is one whose run is gone."""

import sys

import pytest
from rq.registry import FailedJobRegistry
from rq.serializers import JSONSerializer

from linking import jobs, starting
from linking.models import StoreSync
from tests.processes import environ, redis, running, wait_until, worker
from tests.scenes import asset, product

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.workers]

# A worker whose first child gets a SIGTERM: as soon as it lives, or as soon as it has said what SIGTERM does to it.
STRUCK = """
import django, os, pathlib, signal, sys
django.setup()
from linking.worker import Worker

struck, moment, parent = pathlib.Path(sys.argv[1]), sys.argv[2], os.getpid()
said, born = signal.signal, Worker.main_work_horse

def strike(now):
    if now == moment and os.getpid() != parent and not struck.exists():
        struck.touch()
        os.kill(os.getpid(), signal.SIGTERM)

def listen(number, handler):
    before = said(number, handler)
    if number == signal.SIGTERM:
        strike("heard")
    return before

def live(self, *given):
    strike("alive")
    born(self, *given)

signal.signal, Worker.main_work_horse = listen, live
from django.core.management import execute_from_command_line
execute_from_command_line(["manage.py", "rqworker", "default"])
"""


@pytest.fixture
def queue(tmp_path, settings):
    with redis(tmp_path) as url:
        settings.REDIS_URL = url
        yield url


def failed() -> list[str]:
    return FailedJobRegistry("default", connection=jobs.bell(), serializer=JSONSerializer).get_job_ids()


@pytest.mark.parametrize("moment", ["alive", "heard"])
def test_a_job_that_is_asked_to_end_right_after_the_fork_goes_on_in_another(moment, scene, queue, tmp_path):
    place, struck = scene([product("a")], [asset("fa", "a", 1)]), tmp_path / "struck"
    command = [sys.executable, "-c", STRUCK, str(struck), moment]
    with running(command, environ(queue), tmp_path / "worker.log"):
        starting.link(place.select(), "token", dry_run=False)
        wait_until(lambda: not StoreSync.objects.busy().exists())
    assert struck.exists()
    assert place.assets_in("product-a") == ["fa"]
    assert failed() == []


def test_a_bell_for_a_run_that_is_gone_is_no_failure(queue, tmp_path):
    with worker(environ(queue), tmp_path):
        assert jobs.ring(jobs.sync, 4711)
        wait_until(lambda: not jobs.bell().exists("rq:queue:default") and not jobs.bell().zcard("rq:wip:default"))
    assert failed() == []
