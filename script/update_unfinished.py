"""An update that began to replace processes and has not ended, in a file: started again, it goes on with that one, and not with
the release after it."""

import os
from dataclasses import dataclass
from pathlib import Path

from script.update_steps import Failed

NAME = ".update-unfinished"


@dataclass(frozen=True)
class Unfinished:
    """Between two releases, whichever way."""

    present: str
    version: str

    def of(self, *, back: bool) -> str:
        return self.version if back else self.present


def read(folder: Path) -> Unfinished | None:
    """Raises Failed."""
    path = folder / NAME
    try:
        words = path.read_text(errors="replace").split()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Failed(f"{path} cannot be read: {error.strerror}.") from error
    if len(words) != 2:
        raise Failed(f"{path} is damaged: write into it the release that ran and the one to follow, or remove it.")
    return Unfinished(*words)


def begin(folder: Path, present: str, version: str, *, back: bool) -> None:
    """Raises Failed."""
    earlier, later = (version, present) if back else (present, version)
    replace(folder / NAME, f"{earlier} {later}\n")


def end(folder: Path) -> None:
    (folder / NAME).unlink(missing_ok=True)


def replace(path: Path, text: str) -> None:
    """All of it or nothing, with the mode and owner that it had. Raises Failed."""
    beside = path.with_name(f"{path.name}.new")
    try:
        beside.write_text(text)
        if path.exists():
            known = path.stat()
            beside.chmod(known.st_mode & 0o7777)
            os.chown(beside, known.st_uid, known.st_gid)
        os.replace(beside, path)
    except OSError as error:
        raise Failed(f"{path} cannot be written: {error.strerror}.") from error
