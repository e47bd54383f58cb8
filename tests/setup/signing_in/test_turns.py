"""Servers that hang, asked by strangers: half of a web process's threads stay free."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.mail import EmailMultiAlternatives

from setup.signing_in import mail, turns, wire
from tests.peer import Answer


@pytest.fixture
def ended():
    event = threading.Event()
    yield event
    event.set()


@pytest.mark.parametrize("server", ["mail", "provider"])
def test_only_so_many_wait_for_a_server_that_hangs(peer, monkeypatch, ended, server):
    monkeypatch.setattr(turns, "SECONDS", 0.05)
    waiting = threading.Semaphore(0)

    def hang(*_known: object) -> Answer:
        waiting.release()
        ended.wait(20)
        return Answer({})

    peer.answers(hang)
    monkeypatch.setattr(EmailMultiAlternatives, "send", hang)
    ways = {"mail": lambda: mail.deliver(EmailMultiAlternatives()), "provider": lambda: wire.get(peer.url)}
    with ThreadPoolExecutor(turns.AT_ONCE) as others:
        asked = [others.submit(ways[server]) for _one in range(turns.AT_ONCE)]
        for _one in asked:
            assert waiting.acquire(timeout=10)
        with pytest.raises((mail.Unsent, wire.Unanswered), match=r"busy|keeps others waiting"):
            ways[server]()
        ended.set()
        for one in asked:
            one.result(10)
    ways[server]()  # and then it goes on
