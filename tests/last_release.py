"""The last release, as files beside these: what runs while an update is rolled out."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]


class Unknown(Exception):
    """It cannot be had; the text says why."""


def git(*words: str) -> subprocess.CompletedProcess:
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True)


def last_commit() -> str:
    lines = (ROOT / ".ci" / "last-release").read_text().splitlines()
    return next(line for line in lines if re.fullmatch("[0-9a-f]{40}", line))


@contextmanager
def checked_out(folder: Path) -> Iterator[Path]:
    """Its files, in this new folder. A shallow clone has no history: then this one commit is fetched. Raises Unknown."""
    commit = last_commit()
    if git("cat-file", "-e", commit).returncode and git("fetch", "--depth=1", "origin", commit).returncode:
        raise Unknown(
            f"The last release, {commit[:7]}, is not in this clone and cannot be fetched (git fetch --unshallow)."
        )
    made = git("worktree", "add", "--detach", str(folder), commit)
    assert made.returncode == 0, made.stderr
    try:
        yield folder
    finally:
        git("worktree", "remove", "--force", str(folder))
        shutil.rmtree(folder, ignore_errors=True)
