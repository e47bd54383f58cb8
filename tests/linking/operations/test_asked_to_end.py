"""A job that is asked to end at the worst moment, while it is forked, is not lost; nor does one fail whose run is gone."""

import sys

import pytest
from rq.registry import BaseRegistry, FailedJobRegistry, FinishedJobRegistry
from rq.serializers import JSONSerializer

from linking import queue as job_queue
from linking.models import StoreSync
from setup.redis_client import client as redis_of_app
from tests import pressing
from tests.processes import environ, running, wait_until, worker
from tests.scenes import asset, product
from tests.tiers import landing

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.workers]

# A worker of which one gets a SIGTERM, once: the child as soon as it lives, or as soon as it has said what SIGTERM does to
# it; or the parent before it knows its child.
STRUCK = """
import django, os, pathlib, signal, sys
django.setup()
from linking.operations.worker import Worker

struck, moment, parent = pathlib.Path(sys.argv[1]), sys.argv[2], os.getpid()
said, born, fork = signal.signal, Worker.main_work_horse, os.fork

def strike(now):
    if now == moment and not struck.exists():
        struck.touch()
        os.kill(os.getpid(), signal.SIGTERM)

def listen(number, handler):
    before = said(number, handler)
    if number == signal.SIGTERM and os.getpid() != parent:
        strike("heartbeat_at")
    return before

def live(self, *given):
    # What its parent asked before this moment Python has dropped, unless it is still to come.
    struck.with_name("blocked").write_text(str(signal.SIGUSR1 in signal.pthread_sigmask(signal.SIG_BLOCK, [])))
    strike("alive")
    born(self, *given)

def part():
    child = fork()
    if child:
        strike("unknown")
    return child

signal.signal, Worker.main_work_horse, os.fork = listen, live, part
from django.core.management import execute_from_command_line
execute_from_command_line(["manage.py", "rqworker", "default"])
"""


def ended(registry: type[BaseRegistry]) -> int:
    return registry("default", connection=redis_of_app(), serializer=JSONSerializer).count


@pytest.mark.parametrize("moment", landing(["alive", "heartbeat_at", "unknown"], ["unknown"]))
def test_a_job_that_is_asked_to_end_while_it_is_forked_ends_soon_and_goes_on_in_another(moment, scene, queue, tmp_path):
    place, struck, env = scene([product("a")], [asset("fa", "a", 1)]), tmp_path / "struck", environ(queue)
    place.world.settings.change({"media_seconds": [3.0, 3.0]})
    with running([sys.executable, "-c", STRUCK, str(struck), moment], env, tmp_path / "struck.log"):
        pressing.link(place.select(), "token", dry_run=False)
        wait_until(struck.exists)
        with worker(env, tmp_path):
            wait_until(lambda: not StoreSync.objects.busy().exists())
            # RQ writes it down a moment after the rows, as long as the worker is there.
            wait_until(lambda: ended(FinishedJobRegistry) > 1)
    assert place.assets_in("product-a") == ["fa"]
    assert ended(FailedJobRegistry) == 0
    assert (tmp_path / "blocked").read_text() == "True"


def test_a_bell_for_a_run_that_is_gone_is_no_failure(queue, tmp_path):
    with worker(environ(queue), tmp_path):
        assert job_queue.enqueue("sync", 4711)
        wait_until(lambda: ended(FinishedJobRegistry) + ended(FailedJobRegistry) == 1)
    assert ended(FailedJobRegistry) == 0
