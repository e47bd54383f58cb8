"""What somebody writes into Redis by hand: no function but our jobs is ever performed, and the worker goes on."""

import json
import zlib
from pathlib import Path

import pytest
from django.utils import timezone
from redis import Redis
from rq.registry import FinishedJobRegistry
from rq.serializers import JSONSerializer

from linking import queue as job_queue
from linking.operations import queue_health
from linking.operations.queue_entries import JobEntry, JobQueue
from setup.redis_client import client as redis_of_app
from tests.processes import environ, wait_until, worker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.workers]

QUEUE = "rq:queue:default"
REFUSED = "is none of our jobs and is dropped"
OURS = ["linking.jobs.fetch", None, [4711], {}]
# What a call of RQ's own `print` callback would leave in the log.
CALLED_BACK = "redis.client.Redis("


@pytest.fixture
def redis_client(queue):
    with Redis.from_url(queue) as client:
        yield client


def written(data: object, **fields: object) -> dict[str, bytes]:
    """A job hash as RQ keeps it, with `data` as its function and arguments."""
    known = {"origin": "default", "status": "queued", "timeout": "60", "created_at": "2026-11-01T10:00:00.000000Z"}
    return {"data": zlib.compress(json.dumps(data).encode()), **known, **fields}


def enqueue(client: Redis, entry: str | bytes, fields: dict | None = None) -> None:
    if fields is not None:
        client.hset(f"rq:job:{entry}", mapping=fields)
    client.rpush(QUEUE, entry)


def works_afterwards(queue: str, folder: Path) -> str:
    """The worker's log, once it has worked off the queue and then a real job; the worker is still there then."""
    with worker(environ(queue), folder) as process:
        assert job_queue.enqueue("fetch", 4711)
        finished = FinishedJobRegistry("default", connection=redis_of_app(), serializer=JSONSerializer)
        wait_until(lambda: finished.count > 0 or process.poll() is not None)
        assert process.poll() is None, "the worker has ended"
    return (folder / "worker.log").read_text()


def test_a_job_that_names_another_function_is_never_performed(queue, redis_client, tmp_path):
    proof = tmp_path / "performed"
    enqueue(redis_client, "evil", written(["os.system", None, [f"touch {proof}"], {}]))
    log = works_afterwards(queue, tmp_path)
    assert not proof.exists()
    assert log.count(REFUSED) == 1
    assert "os.system" in log


@pytest.mark.parametrize(
    "data",
    [
        ["linking.jobs.sweep", None, [], {}],
        ["linking.jobs.removed", None, ["somebody"], {}],
        ["linking.jobs.fetch", None, ["4711"], {}],
        ["linking.jobs.fetch", None, [4711, 1], {}],
        ["linking.jobs.fetch", None, [4711], {"pk": 1}],
        ["linking.jobs.fetch", "instance", [4711], {}],
        ["linking.jobs.fetch", None, [True], {}],
        ["linking.jobs.fetch", None, [2**70], {}],
        [["linking.jobs.fetch"], None, [4711], {}],
        {"func": "linking.jobs.fetch"},
        "linking.jobs.fetch",
        None,
    ],
)
@pytest.mark.parametrize("names", [["default"], ["default", "other"]])
@pytest.mark.cases(6)
def test_only_a_job_of_the_table_with_the_number_of_a_row_is_performed(queue, redis_client, data, names):
    """RQ takes entries in another way if a worker has several queues."""
    enqueue(redis_client, "odd", written(data))
    assert job_queue.enqueue("fetch", 4711)
    client = redis_of_app()
    queues = [JobQueue(name, connection=client, job_class=JobEntry, serializer=JSONSerializer) for name in names]
    job, _ = JobQueue.dequeue_any(queues, None, connection=client, job_class=JobEntry, serializer=JSONSerializer)
    assert job.id.startswith("fetch-4711-")


def test_hashes_that_cannot_be_read_cost_one_line_each(queue, redis_client, tmp_path):
    hashes: list[dict] = [
        {"data": b"\xff\xfe\x00garbage"},
        {"data": zlib.compress(b"[" * 100_000)},
        {"nothing": "at all"},
        {b"\xff": b"\xfe", "data": b"x"},
        written(OURS, status="unknown"),
        written(OURS, timeout="a while", created_at="yesterday"),
        written(OURS, timeout="5x"),
        written(OURS, timeout="1e9"),
    ]
    for at, fields in enumerate(hashes):
        enqueue(redis_client, f"garbage{at}", fields)
    assert works_afterwards(queue, tmp_path).count(REFUSED) == len(hashes)


def test_entries_without_a_hash_or_that_are_not_even_text_cost_one_line_each(queue, redis_client, tmp_path):
    redis_client.set("rq:job:text", "no hash at all")
    for entry in ("nobody", b"\xff\xfe\x00", "two words\nand a line", "a:b", "", "text"):
        enqueue(redis_client, entry)
    assert works_afterwards(queue, tmp_path).count(REFUSED) == 6
    assert redis_client.llen(f"{QUEUE}:intermediate") == 0


def test_callbacks_and_webhooks_that_a_hash_names_are_not_called(queue, redis_client, tmp_path):
    names = ("success_callback_name", "failure_callback_name", "stopped_callback_name")
    enqueue(redis_client, "mine", written(OURS, **dict.fromkeys(names, "builtins.print")))
    log = works_afterwards(queue, tmp_path)
    assert CALLED_BACK not in log
    assert REFUSED not in log


def test_what_a_lost_worker_left_behind_or_somebody_wrote_there_ends_no_worker(queue, redis_client, tmp_path):
    """RQ looks through its registries before anything else: what it cannot read there ended every worker."""
    redis_client.rpush(f"{QUEUE}:intermediate", b"\xff\xfe", "nobody", "two words")
    redis_client.hset("rq:job:gone", mapping=written(OURS, failure_callback_name="no.such.module"))
    redis_client.zadd("rq:wip:default", {"gone:1": 1, "garbage": 1, b"\xff": 1})
    redis_client.hset("rq:job:evil", mapping=written(["os.system", None, ["true"], {}]))
    redis_client.zadd("rq:failed:default", {"evil": 1, b"\xff": 1})
    works_afterwards(queue, tmp_path)


def test_the_state_of_the_queue_can_be_reported_whatever_is_in_it(queue, redis_client):
    enqueue(redis_client, b"\xff\xfe\x00")
    assert queue_health.read(now=timezone.now()).jobs == 1
    redis_client.delete(QUEUE)
    enqueue(redis_client, "garbage", {"data": b"\xff"})
    assert queue_health.read(now=timezone.now()).jobs == 1
