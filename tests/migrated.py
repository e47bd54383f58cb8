"""The tables as all migrations leave them, made once for all processes that test on a machine. For SQLite."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from django.conf import settings

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / ".cache"
# What the tables come from.
SOURCES = ("*/migrations/*.py", "setup/security/append_only.py", "requirements.txt")


def copy_to(database: Path) -> None:
    shutil.copyfile(kept(), database)


def kept() -> Path:
    """The first process migrates, and the others wait: each would take seconds of a core for the same."""
    FOLDER.mkdir(exist_ok=True)
    with (FOLDER / "migrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        found = FOLDER / f"migrated-{digest()}.sqlite3"
        if not found.exists():
            for outdated in FOLDER.glob("migrated-*.sqlite3*"):
                outdated.unlink()
            half = found.with_suffix(".half")
            half.unlink(missing_ok=True)
            migrate(half)
            half.rename(found)
        return found


def digest() -> str:
    found = hashlib.sha256()
    for path in sorted(path for pattern in SOURCES for path in ROOT.glob(pattern)):
        found.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()[:16]


def migrate(database: Path) -> None:
    environment = os.environ | {
        "DATABASE_URL": f"sqlite:///{database}",
        "DJANGO_SETTINGS_MODULE": "assetlink_site.settings",
        "ENCRYPTION_KEYS": ",".join(settings.ENCRYPTION_KEYS),
    }
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)
