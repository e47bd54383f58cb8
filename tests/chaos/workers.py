"""The processes of a chaos run: a Redis that can go away, workers and a sweeper that a supervisor starts again.

Every process is known by its handle or by the session that it was started in, and only these are ever signalled.
"""

import os
import signal
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import redis
from django.db import connection
from rq.job import Job
from rq.registry import FailedJobRegistry
from rq.serializers import JSONSerializer

from tests.processes import MANAGE, Process, free_port, redis_server, started, wait_for_port


def send(pid: int, number: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def members(session: int, states: str = "RSDTI") -> list[int]:
    """The living processes of a session but its leader: a worker's children, also those whose parent is dead. `states` as
    in /proc: T is stopped."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == session:
            continue
        try:
            state, *numbers = (entry / "stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(numbers[2]) == session and state in states:
            found.append(int(entry.name))
    return found


def writable() -> bool:
    """Whether nobody holds the database's lock right now. Always so on Postgres."""
    if connection.vendor != "sqlite":
        return True
    with sqlite3.connect(connection.settings_dict["NAME"], timeout=0.2, isolation_level=None) as probe:
        try:
            probe.execute("BEGIN IMMEDIATE")
            probe.execute("ROLLBACK")
        except sqlite3.OperationalError:
            return False
    return True


class Redis:
    """On one port for its whole life, whatever happens to it. It keeps nothing: a restart empties it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.process: Process | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        place = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder)]
        self.process = started([redis_server(), *place, "--save", ""], {}, self.folder / "redis.log")
        wait_for_port(self.port)

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait(10)

    def empty(self) -> None:
        self.client().flushall()

    def failed_jobs(self) -> dict[str, str]:
        """By id: the last line of why, if that is known."""
        kept = {"connection": self.client(), "serializer": JSONSerializer}
        ids = FailedJobRegistry("default", **kept).get_job_ids()
        results = [job and job.latest_result() for job in Job.fetch_many(ids, **kept)]
        texts = [(result.exc_string or "") if result else "" for result in results]
        return {id: text.strip().rpartition("\n")[2] for id, text in zip(ids, texts, strict=True)}

    def client(self) -> redis.Redis:
        return redis.Redis.from_url(self.url)


class Workers:
    """Workers and a sweeper. Whatever ends is started again, as a supervisor does, until `stop`."""

    def __init__(self, env: Mapping[str, str], folder: Path, *, workers: int = 2) -> None:
        self.folder = folder
        self.env = {**env, "FAILPOINT": str(folder / "failpoint")}
        names = [f"worker-{number}" for number in range(workers)]
        self.commands = {name: [*MANAGE, "rqworker", "default"] for name in names}
        self.commands["sweeper"] = [*MANAGE, "sweeper"]
        self.running: dict[str, Process] = {}
        self.sessions: set[int] = set()
        self.asked: set[int] = set()
        self._over = threading.Event()
        self._supervisor = threading.Thread(target=self._supervise, daemon=True)

    def start(self) -> None:
        for name in self.commands:
            self._spawn(name)
        self._supervisor.start()

    def _spawn(self, name: str) -> None:
        process = started(self.commands[name], self.env, self.folder / f"{name}.log")
        self.running[name] = process
        self.sessions.add(process.pid)

    def _supervise(self) -> None:
        while not self._over.wait(0.2):
            for name, process in list(self.running.items()):
                if process.poll() is not None:
                    self._spawn(name)

    @contextmanager
    def another_sweeper(self) -> Iterator[None]:
        """Beside the one that is always there."""
        process = started(self.commands["sweeper"], self.env, self.folder / "sweeper-2.log")
        try:
            yield
        finally:
            send(process.pid, signal.SIGKILL)
            process.wait(10)

    def stop(self) -> None:
        self._over.set()
        self._supervisor.join(5)
        processes = list(self.running.values())
        for pid in [process.pid for process in processes] + self.horses():
            send(pid, signal.SIGKILL)
        for process in processes:
            process.wait(10)

    def parents(self) -> list[int]:
        return [process.pid for name, process in self.running.items() if name != "sweeper" and process.poll() is None]

    def horses(self) -> list[int]:
        """Children at work, orphans included."""
        return [pid for session in tuple(self.sessions) for pid in members(session)]

    def asleep(self) -> list[int]:
        return [pid for session in tuple(self.sessions) for pid in members(session, "T")]

    def wait_for_horse(self, seconds: float = 15) -> int | None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if found := self.horses():
                return found[0]
            time.sleep(0.01)
        return None

    def freeze(self, pid: int, seconds: float = 5.0) -> bool:
        """SIGSTOP, at a moment when the process holds no lock of the database: in SQLite it would stop everybody else, too.
        False if it has ended before."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and pid in self.horses():
            send(pid, signal.SIGSTOP)
            if writable():
                return pid in self.horses()
            send(pid, signal.SIGCONT)
            time.sleep(0.01)
        return False

    def kill(self, whom: str) -> int:
        """`horse`, `parent`, `both`, or `all` with the sweeper. Only parents that are at work are meant. How many jobs
        were hit."""
        horses = self.horses()
        busy = [pid for pid in self.parents() if members(pid)]
        if whom in ("parent", "both"):
            for pid in busy:
                send(pid, signal.SIGKILL)
        if whom == "all":
            for process in list(self.running.values()):
                send(process.pid, signal.SIGKILL)
        if whom in ("horse", "both", "all"):
            for pid in horses:
                send(pid, signal.SIGKILL)
        return len(horses)

    def ask_to_end(self, *, everybody: bool) -> None:
        """What a deploy does: SIGTERM to the workers alone (a container), or to all of their processes (systemd)."""
        fresh = [pid for pid in self.parents() if pid not in self.asked]  # a second SIGTERM would be a cold end
        self.asked.update(fresh)
        for pid in fresh:
            for member in [pid, *(members(pid) if everybody else [])]:
                send(member, signal.SIGTERM)

    def strike(self, point: str) -> None:
        """Set the failpoint (`setup/shopify/failpoints.py`)."""
        fresh = self.folder / "failpoint.new"
        fresh.write_text(point)
        fresh.replace(self.folder / "failpoint")

    def struck(self) -> bool:
        return not (self.folder / "failpoint").exists()

    def disarm(self) -> None:
        (self.folder / "failpoint").unlink(missing_ok=True)
