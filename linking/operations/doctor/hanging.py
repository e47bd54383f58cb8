"""A look at the database ends in time, also at one that hangs: behind a lock, on a machine that was stopped, or gone.

Nothing else ends that wait: a server that is stopped keeps no time of ours, and its kernel still confirms what it gets.
"""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

GRACE = 1.0  # seconds for the server to cancel a statement, before its connection is cut


@dataclass
class Watch:
    hung: bool = False


@contextmanager
def bounded(seconds: float) -> Iterator[Watch]:
    """What this thread asks the database meanwhile fails after so many seconds and GRACE, with django.db.Error; then the
    connection is closed. One that is only being made has connect_timeout."""
    watch = Watch()
    wrapper: Any = connections[DEFAULT_DB_ALIAS]  # that thread would find another one by itself
    if wrapper.vendor != "postgresql":  # SQLite has no server, and a reader waits for nobody
        yield watch
        return
    ended, known = threading.Event(), wrapper.Database.Error
    thread = threading.Thread(target=_end, args=(lambda: wrapper.connection, ended, watch, seconds, known), daemon=True)
    thread.start()
    try:
        yield watch
    finally:
        ended.set()
        if watch.hung:
            thread.join()  # it must not cancel what comes next
            wrapper.close()


def _end(raw: Any, ended: threading.Event, watch: Watch, seconds: float, known: type[Exception]) -> None:
    if ended.wait(seconds):
        return
    watch.hung = True
    with suppress(known, AttributeError):  # there is no connection yet, or nobody who takes it
        raw().cancel_safe(timeout=GRACE)
    if not ended.wait(GRACE):
        cut(raw(), known)


def cut(raw: Any, known: type[Exception]) -> None:
    """As if the server had closed it: the thread that waits for an answer gets an error."""
    try:
        with socket.socket(fileno=os.dup(raw.pgconn.socket)) as ours:
            ours.shutdown(socket.SHUT_RDWR)
    except (known, OSError, AttributeError):  # there is none any more
        return
