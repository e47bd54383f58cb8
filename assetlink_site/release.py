"""Which AssetLink this is: its version, and the commit that it was made from."""

import re
from pathlib import Path

from assetlink_site import __version__

ROOT = Path(__file__).resolve().parent.parent
COMMIT = re.compile(r"[0-9a-f]{7,64}")


def revision(folder: Path = ROOT) -> str:
    """The commit as 12 digits: what the file REVISION says, which an image has instead of a repository, or else what is checked
    out; empty if neither is there. No process is started for it: git is not there in production."""
    try:
        found = _of_file(folder / "REVISION") or _checked_out(folder / ".git")
    except (OSError, UnicodeDecodeError):
        return ""
    return found[:12] if COMMIT.fullmatch(found) else ""


def _of_file(path: Path) -> str:
    return path.read_text(encoding="ascii").strip() if path.is_file() else ""


def _checked_out(git: Path) -> str:
    """https://git-scm.com/docs/gitrepository-layout; a worktree has a file that names its folder, and shares its branches."""
    if git.is_file():
        git = git.parent / _of_file(git).removeprefix("gitdir: ")
    common = git / (_of_file(git / "commondir") or ".")
    head = _of_file(git / "HEAD")
    name = head.removeprefix("ref: ")
    if name == head:
        return head
    packed = _of_file(common / "packed-refs").splitlines()
    return _of_file(common / name) or next((line.split()[0] for line in packed if line.endswith(f" {name}")), "")


# As programs compare it (https://packaging.python.org/en/latest/specifications/version-specifiers/#local-version-identifiers).
REVISION = revision()
RELEASE = f"{__version__}+{REVISION}" if REVISION else __version__
