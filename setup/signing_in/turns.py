"""How many requests of a process may wait for somebody else's server at a time while nobody is signed in yet: a web process has
four threads (gunicorn.conf.py), and half of them stay free for everybody else when a provider or a mail server hangs."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

AT_ONCE, SECONDS = 2, 2.0


class Busy(Exception):
    """So many wait already that nobody else may."""


class Turns:
    def __init__(self) -> None:
        self._free = threading.BoundedSemaphore(AT_ONCE)

    @contextmanager
    def one(self) -> Iterator[None]:
        """Raises Busy after SECONDS."""
        if not self._free.acquire(timeout=SECONDS):
            raise Busy
        try:
            yield
        finally:
            self._free.release()


TURNS = Turns()  # of mail servers and providers together
