"""Brings the clone's virtual environment in step with the requirement files, then runs a program of this folder in it.

Usage: prepare.py PROGRAM REQUIREMENTS... -- ARGUMENTS...
Runs before anything is installed, so it has the standard library only.
"""

import fcntl
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST = (3, 11)
INSTALLERS = "requirements-install.txt"
# Their help needs what is installed, and that of no other program here (tests/house/test_prepare.py).
NEED_ALL = {"check_documents", "pictures"}
# Compiled once and by all processors: else the first tests and workers would do it, each for itself.
UV = ["pip", "install", "--quiet", "--require-hashes", "--compile-bytecode"]


def main(arguments: list[str]) -> None:
    split = arguments.index("--")
    program, *names = arguments[:split]
    rest = arguments[split + 1 :]
    python = sys.executable
    if program in NEED_ALL or not {"-h", "--help"} & set(rest):
        with alone(ROOT / ".cache"):
            python = str(prepare(ROOT / ".venv", needed(ROOT, [INSTALLERS, *names])))
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
    """The requirement files: name -> SHA-256 of the content."""
    return {name: hashlib.sha256((root / name).read_bytes()).hexdigest() for name in names}


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
    """Nothing is installed that has not one of the hashes of the requirement files. By uv, in a third of the time; by pip on a
    machine for which there is no uv, or on which it does not work: behind a mirror, say, that only pip's configuration names."""
    chosen = [part for name in names if name != INSTALLERS for part in ("-r", str(ROOT / name))]
    # Set up by pip without a resolver, and never built: uv's source is in Rust.
    has_tools = pip(python, "--no-deps", "--only-binary=:all:", "-r", str(ROOT / INSTALLERS))
    if has_tools and not chosen:
        return
    # What builds the two packages that come as source is installed by now, with its hash.
    isolation = ["--no-build-isolation"] if has_tools else []
    if has_tools and run([uv_of(python), *UV, "--python", python, *isolation, *chosen]):
        return
    say("uv cannot be used here (the reason is above): installing by pip, which takes longer ...")
    if not pip(python, *isolation, *chosen):
        sys.exit("pip could not install the requirements (its messages are above).")


def uv_of(python: Path) -> Path:
    return python.parent / "uv"


def pip(python: Path, *arguments: str) -> bool:
    quiet = ["--quiet", "--quiet", "--disable-pip-version-check", "--no-input", "--root-user-action=ignore"]
    return run([python, "-m", "pip", "install", *quiet, "--require-hashes", *arguments])


def run(command: list[str | Path]) -> bool:
    try:
        return subprocess.run(command, stdin=subprocess.DEVNULL).returncode == 0
    except OSError as error:
        say(f"{command[0]} does not start: {error.strerror}.")
        return False


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(130)
