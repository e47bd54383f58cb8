"""The processes of one demo: started together, watched, ended together."""

import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import NoReturn

from script import sessions
from script.terminal import say, tail

TICK = 0.1
PATIENCE = 8.0  # seconds for a clean end, a running job included
LAST_WORD = 3.0  # seconds after the second request: an RQ worker then ends its job too
STEADY = 60.0  # seconds after which a worker that ended counts as having worked
LONGEST_WAIT = 30.0


class Ended(Exception):
    """Someone asked for the end."""


class Failed(Exception):
    """The demo cannot go on; the text is for the person."""


@dataclass
class Child:
    name: str
    command: list[str]
    process: subprocess.Popen[bytes]
    revived: bool = False
    outlives: bool = False
    started: float = field(default_factory=time.monotonic)
    deaths: int = 0
    back_at: float | None = None

    def next_wait(self) -> float:
        """Seconds before it is started again: doubled from 1 while it keeps ending early, at most LONGEST_WAIT."""
        self.deaths = self.deaths + 1 if time.monotonic() - self.started < STEADY else 1
        return min(LONGEST_WAIT, 2.0 ** (self.deaths - 1))


class Family:
    def __init__(self, *, folder: Path, logs: Path, environment: dict[str, str]) -> None:
        self.folder, self.logs, self.environment = folder, logs, environment
        self.children: list[Child] = []
        self.ends_asked = 0
        self.logs.mkdir(parents=True, exist_ok=True)

    def obey_signals(self) -> None:
        """Ctrl+C, SIGTERM and a closed terminal end the demo; `nohup` keeps it from the last."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self._note_end)

    def _note_end(self, number: int, frame: FrameType | None) -> None:
        self.ends_asked += 1

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def start(self, name: str, command: list[str], *, revived: bool = False, outlives: bool = False) -> Child:
        """`revived`: started again when it ends. `outlives`: ended after the others, which need it."""
        self.log(name).write_bytes(b"")
        child = Child(name, command, self._spawn(name, command), revived=revived, outlives=outlives)
        self.children.append(child)
        return child

    def _spawn(self, name: str, command: list[str]) -> subprocess.Popen[bytes]:
        return sessions.start(command, self.environment, self.folder, self.log(name))

    def run(self, name: str, command: list[str]) -> None:
        """To its end; raises Failed with its last lines if that is not success."""
        child = self.start(name, command)
        self.children.remove(child)
        try:
            while child.process.poll() is None:
                self.pause()
        finally:
            self._end([child])
        if child.process.returncode:
            raise Failed(self.last_words(child))

    def pause(self) -> None:
        """A tick of any waiting. Raises Ended, or Failed if a child that is needed has ended."""
        if self.ends_asked:
            raise Ended
        for child in self.children:
            if child.back_at is not None:
                self._revive(child)
            elif child.process.poll() is not None:
                self._restart(child)
        time.sleep(TICK)

    def _restart(self, child: Child) -> None:
        sessions.kill(child.process.pid)  # the job of a lost worker: the app takes it up again by itself
        if not child.revived:
            raise Failed(self.last_words(child))
        wait = child.next_wait()
        child.back_at = time.monotonic() + wait
        say(self.last_words(child, lines=3), f"It is started again in {wait:.0f} s.")

    def _revive(self, child: Child) -> None:
        if child.back_at is not None and time.monotonic() >= child.back_at:
            child.process = self._spawn(child.name, child.command)
            child.started, child.back_at = time.monotonic(), None

    def wait_for(self, what: str, trouble: Callable[[], str], *, seconds: float) -> None:
        """Until `trouble` answers with nothing; raises Failed with its last answer when time is up."""
        deadline = time.monotonic() + seconds
        while problem := trouble():
            if time.monotonic() > deadline:
                raise Failed(f"{what} did not answer within {seconds:.0f} s. {problem}\nLogs: {self.logs}")
            self.pause()

    def watch(self) -> NoReturn:
        """Until Ended or Failed is raised."""
        while True:
            self.pause()

    def last_words(self, child: Child, *, lines: int = 20) -> str:
        code, path = child.process.returncode, self.log(child.name)
        how = f"by signal {-code}" if code < 0 else f"with exit code {code}"
        return f"{child.name} has ended {how}. The end of {path}:\n{tail(path, lines)}"

    def end(self) -> None:
        """Those who need others first. Each further request to end shortens the waiting."""
        self._end([child for child in self.children if not child.outlives])
        self._end([child for child in self.children if child.outlives])

    def _end(self, children: list[Child]) -> None:
        for patience in (PATIENCE, LAST_WORD):
            self._ask_and_wait(children, patience)
        for child in children:
            if child.back_at is None:  # else nothing is left of it, and its number may be another's by now
                sessions.kill(child.process.pid)
                child.process.wait()

    def _ask_and_wait(self, children: list[Child], patience: float) -> None:
        asked, deadline = self.ends_asked, time.monotonic() + patience
        for child in children:
            if child.process.poll() is None:
                child.process.terminate()
        while any(child.process.poll() is None for child in children):
            if self.ends_asked > asked or time.monotonic() > deadline:
                return
            time.sleep(TICK)
