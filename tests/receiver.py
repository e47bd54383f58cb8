"""A receiver of webhooks, over real HTTP on a free port of this machine: it answers whatever a test wishes, and checks signatures
with the library that its owner would use."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

from standardwebhooks import Webhook

from tests.peer import Answer, Asked, Peer, handler_of
from tests.servers import listening


@dataclass(frozen=True)
class Received:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    def verified(self, secret: str) -> dict:
        """Raises WebhookVerificationError."""
        return Webhook(secret).verify(self.body, self.headers)


class Receiver(Peer):
    """`got`: what came, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.got: list[Received] = []
        self.lock = threading.Lock()
        self.answers(Answer(status=204))

    @property
    def ids(self) -> list[str]:
        return [one.id for one in self.got]


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(handler_of(receiver)):  # type: ignore[misc]
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            with receiver.lock:
                receiver.got.append(Received(self.path, headers, body))
            self.give(receiver.rule(Asked(self.path, {}, "")))

    with listening(Handler) as receiver.url:
        try:
            yield receiver
        finally:
            receiver.gone.set()


@cache
def willing() -> str:
    """The address of one that takes everything, for as long as the process lives."""
    block = receiving()
    receiver = block.__enter__()
    _blocks.append(block)
    return receiver.url


_blocks: list = []
