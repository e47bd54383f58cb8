"""A thread that tells the database that a job's process lives, also while a call hangs."""

import contextvars
import logging
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from django.db import DatabaseError, connection

log = logging.getLogger(__name__)
# The longest single call (connecting, reading) takes less. A main thread that shows no sign of life for longer hangs:
# its lease may expire, so that somebody else goes on.
PATIENCE = 90.0


class Heartbeat:
    """Within the block `beat` is called every `every` seconds until it answers False: what it kept alive is not ours any more.

    It never raises: a writer checks its own lease. `alive` is the main thread's sign of life.
    """

    def __init__(self, beat: Callable[[], bool], *, every: float, patience: float = PATIENCE) -> None:
        self._beat, self._every, self._patience = beat, every, patience
        self._over = threading.Event()
        self._seen = time.monotonic()
        # With the context of the work, so that its lines in the log say what they are about.
        context = contextvars.copy_context()
        self._thread = threading.Thread(target=context.run, args=(self._run,), name="heartbeat", daemon=True)

    def alive(self) -> None:
        self._seen = time.monotonic()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._over.set()
        self._thread.join(1)

    def _run(self) -> None:
        try:
            while not self._over.wait(self._every) and time.monotonic() - self._seen < self._patience:
                if not self._beats():
                    return
        finally:
            connection.close()  # this thread's own

    def _beats(self) -> bool:
        try:
            return self._beat()
        except DatabaseError as error:
            log.warning("A heartbeat could not be written: %s", error)
            connection.close()
            return True
