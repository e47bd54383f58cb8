"""Migrations while people work, on Postgres: none waits long for a lock, and who holds it is named.

Most changes of a table need it for themselves for a moment. While one waits for a transaction that is in its way, everybody who
comes later waits behind it: one forgotten session would stand all pages still. So it gives up soon, lets the others pass, and
tries again; also if Postgres ends it because it and a worker wait for each other. Each migration is a transaction: those before
it stay, and of itself nothing does.

https://www.postgresql.org/docs/15/runtime-config-client.html#GUC-LOCK-TIMEOUT
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper

LOCK_SECONDS = 3.0
TRIES = 20
PAUSE = 2.0  # seconds in which others come through
# What a try ends with that another may not: https://www.postgresql.org/docs/15/errcodes-appendix.html
NOT_AVAILABLE, DEADLOCK = "55P03", "40P01"
WHY = {
    NOT_AVAILABLE: "A lock was not free within {seconds:g} s",
    DEADLOCK: "A running process and this migration each had a table that the other one needed",
}
# What is in the way has been there for as long as was waited. The text of a query may hold values: only its beginning is read.
HOLDERS = """
    SELECT a.pid, a.application_name, host(a.client_addr), a.state, extract(epoch FROM now() - a.xact_start),
           string_agg(DISTINCT c.relname, ', ' ORDER BY c.relname), left(a.query, 30)
    FROM pg_stat_activity a
    JOIN pg_locks l ON l.pid = a.pid AND l.granted AND l.locktype = 'relation'
    JOIN pg_class c ON c.oid = l.relation AND c.relkind = 'r' AND c.relnamespace <> 'pg_catalog'::regnamespace
    WHERE a.datname = current_database() AND a.pid <> pg_backend_pid() AND a.xact_start < now() - make_interval(secs => %s)
    GROUP BY a.pid, a.application_name, a.client_addr, a.state, a.xact_start, a.query
    ORDER BY a.xact_start LIMIT 3
"""


class Held(Exception):
    """No migration came through; the text says who is in the way, and what to do."""


def patiently(
    migrate: Callable[[], Any],
    connection: BaseDatabaseWrapper,
    *,
    seconds: float = LOCK_SECONDS,
    tries: int = TRIES,
    pause: float = PAUSE,
    say: Callable[[str], Any],
) -> Any:
    """What `migrate` returns. Raises Held; other errors are its own."""
    holders: list[str] = []
    with waiting_at_most(connection, seconds):
        for tried in range(1, tries + 1):
            try:
                return migrate()
            except OperationalError as error:
                state = getattr(error.__cause__, "sqlstate", "")
                if state not in (NOT_AVAILABLE, DEADLOCK):
                    raise
            holders = found(connection, seconds)
            say(f"{WHY[state].format(seconds=seconds)} ({tried} of {tries} tries). In the way: {' '.join(holders)}")
            if tried < tries:
                time.sleep(pause)
    raise Held(
        f"The database stayed locked, and this migration was not made; those before it were. In the way: {' '.join(holders)} "
        "Let it end, or end it (SELECT pg_terminate_backend(PID)), and migrate again. Running processes go on meanwhile."
    )


@contextmanager
def waiting_at_most(connection: BaseDatabaseWrapper, seconds: float) -> Iterator[None]:
    """For this session. A pooler of transactions gives each one another session: migrate over a connection of its own."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [f"{round(seconds * 1000)}ms"])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")


def found(connection: BaseDatabaseWrapper, seconds: float) -> list[str]:
    """A sentence for each transaction that is in the way, the oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(HOLDERS, [seconds])
        rows = cursor.fetchall()
    return [sentence(*row) for row in rows] or ["nobody any more."]


def sentence(pid: int, name: str, address: str | None, state: str, age: float, tables: str, query: str) -> str:
    who = f"{name or 'a program without a name'}{f' of {address}' if address else ''}"
    inside = "" if "in transaction" in state else " in a transaction"
    return f"PID {pid}, {who}, {state} for {age:.0f} s{inside}, holds {tables} ({query} ...)."
