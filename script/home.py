"""Where a demo keeps its things: `.demo/<port>/` in the clone, one folder per family of ports."""

import base64
import fcntl
import json
import os
import secrets
import shlex
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from script.family import Failed


class Home:
    def __init__(self, root: Path, port: int) -> None:
        self.folder = root / ".demo" / str(port)
        self.database = self.folder / "assetlink.sqlite3"
        self.sandbox = self.folder / "sandbox"
        self.redis = self.folder / "redis"
        self.static = self.folder / "static"
        self.logs = self.folder / "logs"
        self.reports = self.folder / "reports"
        self.settings = self.folder / "settings.env"

    @contextmanager
    def taken(self) -> Iterator[None]:
        """By one demo at a time; the lock goes with the process, however it ends. Raises Failed if it is taken."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.folder.with_suffix(".lock").open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise Failed(
                    f"Another script/demo already runs with {self.folder}. Move this one with --port."
                ) from None
            yield

    @property
    def has_world(self) -> bool:
        """Whether the sandbox finds one there, and so builds none."""
        return (self.sandbox / "world.json").exists()

    def start_over(self) -> None:
        shutil.rmtree(self.folder)

    def furnish(self) -> None:
        """The folders, for the eyes of their owner only: they hold keys and store tokens."""
        for folder in (self.folder, self.sandbox, self.redis, self.static, self.logs, self.reports):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder.chmod(0o700)

    def secrets(self) -> dict[str, str]:
        """SECRET_KEY and ENCRYPTION_KEYS (one Fernet key), drawn once."""
        path = self.folder / "secrets.json"
        if not path.exists():
            fernet_key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
            drawn = {"SECRET_KEY": secrets.token_urlsafe(48), "ENCRYPTION_KEYS": fernet_key}
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                json.dump(drawn, file)
        return dict(json.loads(path.read_text()))

    def write_settings(self, environment: Mapping[str, str], outside: Mapping[str, str]) -> None:
        """What the processes have beyond the shell that they were started from, for other shells to read."""
        lines = [f"{name}={shlex.quote(text)}\n" for name, text in environment.items() if outside.get(name) != text]
        self.settings.unlink(missing_ok=True)
        with os.fdopen(os.open(self.settings, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.writelines(lines)
