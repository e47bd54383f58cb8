"""Workers that need not load the app again: each is forked from a process that has loaded it, and serves one test.

It is `manage.py rqworker default` all the same, in a process group of its own and with nothing that an earlier test left
in its memory; only the second in which Python imports Django is spent once for all tests of a run.

    python -m tests.nursery     answers each log file's name on its input with the ID of a process, and each ID with its end
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).parents[1]


class Nursery:
    """Of one environment: its database and its Redis are those of all its workers."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.nursery"],
            env={**os.environ, **env},
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    @contextmanager
    def worker(self, log: Path) -> Iterator[int]:
        pid = self._ask(str(log))
        try:
            yield int(pid)
        finally:
            self._ask(pid)

    def close(self) -> None:
        self.process.communicate(timeout=30)

    def _ask(self, text: str) -> str:
        assert self.process.stdin
        assert self.process.stdout
        print(text, file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline().strip()
        assert answer, "The process that workers are forked from has ended."
        return answer


def serve() -> None:
    """Until nobody is there who asks; then no worker outlives it."""
    alive: set[int] = set()
    for line in sys.stdin:
        text = line.strip()
        pid = int(text) if text.isdigit() else fork(Path(text))
        if text.isdigit():
            end(pid)
        alive ^= {pid}
        print(pid, flush=True)
    for pid in alive:
        end(pid)


def fork(log: Path) -> int:
    pid = os.fork()
    if pid == 0:
        work(log)
    with suppress(PermissionError, ProcessLookupError):  # on both sides: a signal to the group finds it
        os.setpgid(pid, pid)
    return pid


def work(log: Path) -> NoReturn:
    from django.core.management import execute_from_command_line

    os.setpgid(0, 0)
    kept = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(kept, 1)
    os.dup2(kept, 2)
    code = 1
    try:
        execute_from_command_line(["manage.py", "rqworker", "default"])
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    finally:
        sys.stderr.flush()
        os._exit(code)


def end(pid: int) -> None:
    """As a supervisor ends it: asked at first, with its job."""
    for number in (15, 9):
        with suppress(ProcessLookupError):
            os.killpg(pid, number)
        until = time.monotonic() + 10
        while time.monotonic() < until:
            if os.waitpid(pid, os.WNOHANG)[0]:
                return
            time.sleep(0.01)
    raise TimeoutError(f"Worker {pid} does not end.")


if __name__ == "__main__":
    import django

    django.setup()
    import_module("django_rq.management.commands.rqworker")
    import_module("linking.operations.worker")

    serve()
