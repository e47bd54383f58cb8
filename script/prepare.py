"""Brings the clone's virtual environment in step with the requirement files, then runs a program of this folder in it.

Usage: prepare.py PROGRAM REQUIREMENTS... -- ARGUMENTS...
Runs before anything is installed, so it has the standard library only.
"""

import fcntl
import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST = (3, 11)


def main(arguments: list[str]) -> None:
    split = arguments.index("--")
    program, *names = arguments[:split]
    rest = arguments[split + 1 :]
    python = sys.executable
    if program == "check_documents" or not {"-h", "--help"} & set(rest):  # the others' help needs no installation
        with alone(ROOT / ".cache"):
            python = str(prepare(ROOT / ".venv", needed(ROOT, names)))
    # The programs find each other by the clone's root, and nothing else of this shell's Python.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONHOME"}
    os.execve(python, [python, "-m", f"script.{program}", *rest], environment | {"PYTHONPATH": str(ROOT)})


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Two commands started at once do not install into one environment at once."""
    folder.mkdir(exist_ok=True)
    with (folder / "prepare.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def needed(root: Path, names: Iterable[str]) -> dict[str, str]:
    """The requirement files and those that they include with -r: name -> SHA-256 of the content."""
    found: dict[str, str] = {}
    for name in names:
        content = (root / name).read_bytes()
        found[name] = hashlib.sha256(content).hexdigest()
        found |= needed(root, re.findall(r"^-r\s+(\S+)", content.decode(), re.MULTILINE))
    return found


def prepare(venv: Path, files: dict[str, str]) -> Path:
    """Returns the environment's Python, with all of `files` installed."""
    python = venv / "bin" / "python"
    unfinished = venv / ".installing"
    if unfinished.exists() or not works(python):
        make(venv)
    if any(installed(venv).get(name) != digest for name, digest in files.items()):
        say(f"Installing {', '.join(files)} into {venv.name} (the first time takes a minute or two) ...")
        unfinished.touch()
        install(python, files)
        (venv / ".installed").write_text(json.dumps(installed(venv) | files))
        unfinished.unlink()
    return python


def works(python: Path) -> bool:
    """False for a missing environment, a half-made one, and one whose Python has gone or is too old."""
    probe = f"import pip, sys; sys.exit(sys.version_info < {OLDEST})"
    try:
        return subprocess.run([python, "-c", probe], capture_output=True).returncode == 0
    except OSError:
        return False


def make(venv: Path) -> None:
    if venv.is_symlink():
        sys.exit(f"{venv} is a link to an environment that does not work. Remove it, and start again.")
    if venv.exists():
        say(f"{venv.name} is broken or half made: making it again.")
    if subprocess.run([sys.executable, "-m", "venv", "--clear", venv], stdin=subprocess.DEVNULL).returncode:
        sys.exit(f"Could not make the virtual environment {venv}.")


def installed(venv: Path) -> dict[str, str]:
    try:
        return dict(json.loads((venv / ".installed").read_text()))
    except (OSError, ValueError):
        return {}


def install(python: Path, names: Iterable[str]) -> None:
    quiet = ["--quiet", "--quiet", "--disable-pip-version-check", "--no-input", "--root-user-action=ignore"]
    chosen = [part for name in names for part in ("-r", str(ROOT / name))]
    if subprocess.run([python, "-m", "pip", "install", *quiet, *chosen], stdin=subprocess.DEVNULL).returncode:
        sys.exit("pip could not install the requirements (its messages are above).")


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(130)
