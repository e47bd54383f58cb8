"""What is said to the person at the terminal."""

from contextlib import suppress
from pathlib import Path


def say(*lines: str) -> None:
    """The terminal may be gone; the work of ending everything goes on without it."""
    with suppress(OSError):
        print(*lines, sep="\n", flush=True)


def tail(path: Path, lines: int) -> str:
    """The last lines of a file, indented."""
    content = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
    return "\n".join(f"    {line}" for line in content.splitlines()[-lines:]) or "    (it is empty)"


class Follower:
    """Shows what a log gains, up to `most` lines: progress, and the rows of a catalog that could not be read."""

    def __init__(self, path: Path, most: int = 60) -> None:
        self.path, self.left, self.read = path, most, 0

    def show(self) -> None:
        lines = self.path.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)
        new = [line for line in lines[self.read :] if line.endswith("\n")]
        if new and self.left:
            say(*(f"    {line.rstrip()}" for line in new[: self.left]))
        if len(new) > self.left > 0:
            say(f"    ... more in {self.path}")
        self.read, self.left = self.read + len(new), max(0, self.left - len(new))
