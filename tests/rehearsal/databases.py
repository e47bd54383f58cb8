"""What an operator types to back a database up and to bring it back (docs/operator/update.md), for both kinds."""

import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.db import connection


@dataclass
class Database:
    """`url` is the one that the installation uses; this process looks at it, too."""

    url: str
    folder: Path
    programs: Path | None  # of Postgres

    def create(self, name: str) -> str:
        """An empty one of Postgres; its address."""
        assert self.programs
        server = urlsplit(self.url)
        maintenance = urlunsplit(server._replace(path="/postgres"))
        subprocess.run([self.programs / "createdb", "--maintenance-db", maintenance, name], check=True)
        return urlunsplit(server._replace(path=f"/{name}"))

    def back_up(self) -> Path:
        if self.programs:
            dump = self.folder / "assetlink.dump"
            subprocess.run([self.programs / "pg_dump", "-Fc", "-f", dump, self.url], check=True)
            return dump
        copy = self.folder / "copy.sqlite3"
        subprocess.run(["sqlite3", self.url.removeprefix("sqlite:///"), f".backup {copy}"], check=True)
        return copy

    def restore(self, backup: Path) -> None:
        """Into a new database, which is used from now on."""
        if self.programs:
            fresh = self.create("restored")
            subprocess.run(
                [self.programs / "pg_restore", "--no-owner", "--exit-on-error", "-d", fresh, backup], check=True
            )
        else:
            kept = self.folder / "restored.sqlite3"
            backup.rename(kept)
            fresh = f"sqlite:///{kept}"
        self.url = fresh
        self.look()

    def look(self) -> None:
        """Point this process at it."""
        connection.close()
        path = urlsplit(self.url).path
        connection.settings_dict["NAME"] = (
            path.removeprefix("/") if self.programs else self.url.removeprefix("sqlite:///")
        )
