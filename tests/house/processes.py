"""Looks at processes from outside."""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

HAS_PROC = Path("/proc/self").exists()  # slim machines have no ps


def alive(pid: int) -> bool:
    """False for a zombie too: nobody may be there to reap an orphan."""
    if HAS_PROC:
        state = stat(pid)
        return bool(state) and state[0] != "Z"
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout.strip()
    return bool(state) and not state.startswith("Z")


def stat(pid: int) -> list[str]:
    """State, parent, … of /proc/<pid>/stat, from the third field on; empty if it has gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def descendants(pid: int) -> list[int]:
    """Children, grandchildren and so on."""
    pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    parents = {child: int(known[1]) for child in pids if (known := stat(child))}
    found = [pid]
    for known in found:
        found += [child for child, parent in parents.items() if parent == known]
    return found[1:]


def soon(condition: Callable[[], bool], seconds: float = 10) -> bool:
    """Killed processes take a moment to go."""
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()
