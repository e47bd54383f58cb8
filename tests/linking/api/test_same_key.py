"""One Idempotency-Key, over and over, of a real web server: by many at once, and by a client that never read the answer."""

import json
import socket
import threading
import time
from collections.abc import Mapping
from http.client import HTTPConnection
from typing import Any

import pytest
from django.utils import timezone

from linking.models import IdempotentRequest, Sync
from linking.operations import queue_health
from tests.processes import environ, free_port, wait_until, web, worker
from tests.scenes import asset, product

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.workers]
MANY = 20
Answer = tuple[int, Mapping[str, str], dict[str, Any]]


def request(text: str, key: str, body: Any) -> tuple[bytes, dict[str, str]]:
    content = json.dumps(body).encode()
    known = {"Authorization": f"Bearer {text}", "Idempotency-Key": key, "Content-Type": "application/json"}
    return content, {**known, "Content-Length": str(len(content)), "Host": "localhost"}


def ask(port: int, content: bytes, headers: Mapping[str, str]) -> Answer:
    """As often as the server says that it is still at it."""
    while True:
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("POST", "/api/v1/runs", content, dict(headers))
        answer = connection.getresponse()
        known = json.loads(answer.read())
        connection.close()
        if not known.get("type", "").endswith("request-under-way"):
            return answer.status, dict(answer.getheaders()), known
        assert answer.getheader("Retry-After") == "1"
        time.sleep(0.1)


def hang_up(port: int, content: bytes, headers: Mapping[str, str]) -> None:
    """Everything is sent, and nothing is read."""
    lines = ["POST /api/v1/runs HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    with socket.create_connection(("127.0.0.1", port), 60) as connection:
        connection.sendall("\r\n".join(lines).encode() + content)


def test_one_key_is_one_run_for_many_at_once_and_for_who_never_read_the_answer(scene, program, queue, tmp_path):
    place = scene([product("a"), product("b")], [asset("fa", "a", 1), asset("fb", "b", 2)])
    one, port = program(place), free_port()
    first, second = one.wanted(dry_run=False), one.wanted(dry_run=False, mode="prepend")
    many = {"WEB_CONCURRENCY": "2", "REQUESTS_PER_MINUTE": "100000"}
    with web(environ(queue) | many, tmp_path, port), worker(environ(queue), tmp_path):
        wait_until(lambda: queue_health.read(now=timezone.now()).idle == 1)
        together, answers = threading.Barrier(MANY), list[Answer]()

        def press() -> None:
            together.wait(60)
            answers.append(ask(port, *request(one.text, "many", first)))

        threads = [threading.Thread(target=press) for _ in range(MANY)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
        sync = Sync.objects.get()
        assert [status for status, _headers, _known in answers] == [202] * MANY
        assert {json.dumps(known, sort_keys=True) for _status, _headers, known in answers} == {
            json.dumps(answers[0][2], sort_keys=True)
        }
        assert answers[0][2]["id"] == str(sync.key)
        assert sum("Idempotent-Replayed" in headers for _status, headers, _known in answers) == MANY - 1

        hang_up(port, *request(one.text, "dropped", second))
        wait_until(lambda: IdempotentRequest.objects.filter(text="dropped").exclude(status=0).exists())
        status, headers, known = ask(port, *request(one.text, "dropped", second))
        assert (status, headers["Idempotent-Replayed"], Sync.objects.count()) == (202, "true", 2)
        assert known["id"] == str(Sync.objects.exclude(pk=sync.pk).get().key)

        status, _headers, known = ask(port, *request(one.text, "dropped", first))
        assert (status, known["type"].rpartition("/")[2]) == (422, "idempotency-key-reused")
        wait_until(lambda: not any(run.busy for run in Sync.objects.all()))
    assert (Sync.objects.count(), place.assets_in("product-a"), place.assets_in("product-b")) == (2, ["fa"], ["fb"])
