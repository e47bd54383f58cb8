"""Starting a program in a session of its own, and ending all that came of it.

An RQ worker puts each job into a process group of its own, so a group is not enough to find what a child has started;
the session is, and it holds nothing that others started.
"""

import ctypes
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

PR_SET_PDEATHSIG = 1  # https://man7.org/linux/man-pages/man2/PR_SET_PDEATHSIG.2const.html
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def start(command: list[str], environment: dict[str, str], folder: Path, log: Path) -> subprocess.Popen[bytes]:
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            env=environment,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=end_with_parent,
        )


def end_with_parent() -> None:
    """Even if the parent is killed outright (Linux; elsewhere its children then stay)."""
    if LIBC is not None:
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def members(session: int) -> list[int]:
    """Process ids of a session, also after its first process has ended."""
    found = []
    for pid in all_pids():
        with suppress(OSError):  # gone meanwhile, or not ours to ask about
            if os.getsid(pid) == session:
                found.append(pid)
    return found


def all_pids() -> list[int]:
    proc = Path("/proc")
    if (proc / "self").exists():
        return [int(entry.name) for entry in proc.iterdir() if entry.name.isdigit()]
    return [int(pid) for pid in subprocess.check_output(["ps", "-A", "-o", "pid="]).split()]


def kill(session: int) -> None:
    for pid in members(session):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
