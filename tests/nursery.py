"""Workers and sweepers that need not load the app again: each is forked from a process that has loaded it.

It is `manage.py rqworker default` all the same, in a session of its own, with the settings that its environment says and with
nothing that an earlier test left in its memory; only the second in which Python imports Django and the app is spent once for all
tests of a process. What proves a start itself begins from nothing.

    python -m tests.nursery     answers each line on its input, JSON, with a line
"""

import gc
import json
import os
import runpy
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module, reload
from pathlib import Path
from typing import Any, NoReturn

from script import sessions

ROOT = Path(__file__).parents[1]
STEP = 0.01  # seconds between two looks whether one has ended
LOADED = (
    "assetlink_site.urls",
    "django.test.signals",  # forget what was made of a setting when it changes
    "django_rq.management.commands.rqworker",
    "linking.operations.sweeper",
    "linking.operations.worker",
)


class Forked:
    """What subprocess.Popen would be for a process that this one has not started."""

    def __init__(self, nursery: "Nursery", pid: int) -> None:
        self.nursery, self.pid = nursery, pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        if self.returncode is None:
            self.returncode = self.nursery.ask(ended=self.pid)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Raises subprocess.TimeoutExpired."""
        until = time.monotonic() + (timeout or float("inf"))
        while (code := self.poll()) is None:
            if time.monotonic() > until:
                raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0)
            time.sleep(STEP)
        return code

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(15)

    def kill(self) -> None:
        self.send_signal(9)


class Nursery:
    """Ends with this process, and all that it has forked ends with it."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._lock = threading.Lock()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.nursery"],
            env={**os.environ, **env},
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=sessions.end_with_parent,
        )

    def start(self, arguments: Sequence[str], env: Mapping[str, str], log: Path) -> Forked:
        """`arguments`: as after `python`, of a script or of `-m` with a module."""
        return Forked(self, self.ask(arguments=list(arguments), env={**os.environ, **env}, log=str(log)))

    def ask(self, **known: Any) -> Any:
        assert self.process.stdin
        assert self.process.stdout
        with self._lock:
            print(json.dumps(known), file=self.process.stdin, flush=True)
            answer = self.process.stdout.readline()
        assert answer, "The process that workers are forked from has ended."
        return json.loads(answer)


@cache
def nursery() -> Nursery:
    """The one of this process. What it has loaded does not depend on the environment; a fork reads its own."""
    return Nursery(
        {"DJANGO_SETTINGS_MODULE": "assetlink_site.settings", "DEBUG": "1", "DATABASE_URL": "sqlite://:memory:"}
    )


def load() -> None:
    """In the nursery: whatever a worker or a sweeper loads."""
    import django

    django.setup()
    for name in LOADED:
        import_module(name)
    gc.collect()
    gc.freeze()  # what is never looked at is never copied


def serve() -> None:
    """Until nobody is there who asks; then what it has forked ends with it."""
    for line in sys.stdin:
        known = json.loads(line)
        answer = ended(known["ended"]) if "ended" in known else fork(**known)
        print(json.dumps(answer), flush=True)


def ended(pid: int) -> int | None:
    """Its exit code, as subprocess has it; None while it lives."""
    found, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if found else None


def fork(arguments: list[str], env: dict[str, str], log: str) -> int:
    ready, begun = os.pipe()
    pid = os.fork()
    if pid == 0:
        work(arguments, env, log, begun)
    os.close(begun)
    os.read(ready, 1)  # now a signal to its group finds it
    os.close(ready)
    return pid


def work(arguments: list[str], env: dict[str, str], log: str, begun: int) -> NoReturn:
    code = 1
    try:
        os.setsid()
        os.write(begun, b".")
        os.close(begun)
        sessions.end_with_parent()
        kept = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(kept, 1)
        os.dup2(kept, 2)
        settle(env)
        run(arguments)
        code = 0
    except SystemExit as over:
        code = over.code if isinstance(over.code, int) else 1
        if isinstance(over.code, str):
            print(over.code, file=sys.stderr)
    except BaseException:
        sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def settle(env: dict[str, str]) -> None:
    """Settings as a start would read them from this environment, and nothing that was made of others."""
    from django.conf import settings
    from django.core.signals import setting_changed
    from django.db import connections
    from django.utils.connection import Local

    before = dict(vars(settings._wrapped))  # type: ignore[attr-defined]
    os.environ.clear()
    os.environ.update(env)
    reload(sys.modules["assetlink_site.settings"])
    settings._setup()  # type: ignore[attr-defined]
    vars(connections).pop("settings", None)
    connections._settings = None  # type: ignore[attr-defined]
    connections._connections = Local(connections.thread_critical)  # type: ignore[attr-defined]
    for name, value in vars(settings._wrapped).items():  # type: ignore[attr-defined]
        if name.isupper() and name != "DATABASES" and value != before.get(name):
            setting_changed.send(sender=None, setting=name, value=value, enter=True)


def run(arguments: list[str]) -> None:
    if arguments[0] == "-m":
        sys.argv = arguments[1:]
        runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = list(arguments)
        runpy.run_path(arguments[0], run_name="__main__")


if __name__ == "__main__":
    load()
    serve()
