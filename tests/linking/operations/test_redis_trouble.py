"""A Redis that answers and refuses, and what is no Redis, are called what they are, with the setting to correct."""

import socketserver
import threading
from contextlib import contextmanager

import pytest
from redis import Redis
from redis import exceptions as redis_errors

from linking.operations import redis_trouble
from linking.operations.doctor import here, queueing


@pytest.mark.parametrize(
    ("url", "words", "advice"),
    [
        ("redis://{at}", "NOAUTH", "password"),
        ("redis://:wrong-one@{at}", "invalid username-password pair", "password"),
        ("redis://nobody:sesame@{at}", "invalid username-password pair", "user"),
        ("redis://:sesame@{at}/99", "DB index is out of range", "number of the database"),
        ("rediss://:sesame@{at}", "does not answer", "redis:// without TLS"),
    ],
)
@pytest.mark.django_db
def test_redis_says_in_its_own_words_why_it_refuses(client, queue, settings, url, words, advice):
    with Redis.from_url(queue) as known:
        known.config_set("requirepass", "sesame")
    settings.REDIS_URL = url.format(at=queue.removeprefix("redis://").removesuffix("/0"))
    (found,) = queueing.look()
    assert words in found.text
    assert advice in found.advice
    assert f"{found.text} {found.advice}" in client.get("/readyz").json()["reasons"]
    assert not [secret for secret in ("sesame", "wrong-one", "127.0.0.1") if secret in found.text + found.advice]


@contextmanager
def answering(answer: bytes):
    """The address of a server that says the same to everything."""

    class Same(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            while self.request.recv(4096):
                self.request.sendall(answer)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Same) as server:
        server.daemon_threads, server.block_on_close = True, False
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"redis://127.0.0.1:{server.server_address[1]}/0"
        server.shutdown()


@pytest.mark.parametrize("answer", [b"+OK\r\n", b"HTTP/1.1 400 Bad Request\r\n\r\n", b":1\r\n"])
def test_what_is_no_redis_is_named_by_its_setting(settings, answer):
    with answering(answer) as settings.REDIS_URL:
        (found,) = queueing.look()
    assert (found.code, found.text.split(":")[0]) == ("away", "REDIS_URL leads to a program that is not Redis")
    assert found.advice == redis_trouble.OTHER_PORT


def test_one_that_wants_tls_closes_the_connection():
    error = redis_errors.ConnectionError("Connection closed by server.")
    assert "rediss://" in redis_trouble.explained(error, "redis://a")[1]
    assert redis_trouble.explained(redis_errors.ConnectionError("Error 111"), "redis://a")[1] == redis_trouble.START_IT


def test_options_that_a_storage_does_not_know_are_named_by_their_setting(settings):
    reports = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"foo": 1}}
    settings.STORAGES = settings.STORAGES | {"reports": reports}
    (found,) = here.storage_look()
    assert "foo" in found.text
    assert "REPORT_STORAGE_OPTIONS" in found.advice
