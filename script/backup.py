"""Dumps the database of this machine's installation into one file, while people work.

With systemd's units (/etc/assetlink is there) run it as root; it dumps as the services' user. With compose (.env is here) it
dumps in the container of Postgres. Only the file's owner can read it. A failed dump leaves no file, and an older one as it was.
docs/operator/update.md says what else to back up, and how to restore.
"""

import argparse
import os
import sqlite3
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from script import starting, update_systemd
from script.install_files import Way, compose, kept_text, systemd
from script.terminal import say
from script.update_steps import Failed, as_user

ROOT = Path(__file__).resolve().parent.parent
ETC = update_systemd.SETTINGS
USER: str | None = update_systemd.USER


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="script/backup", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path, help="where to write the dump, such as /var/backups/assetlink.dump")
    target = parser.parse_args(arguments).file.absolute()
    part = target.with_name(f"{target.name}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            os.fchmod(file.fileno(), 0o600)
            dump(systemd(ETC), compose(ROOT), part, file.fileno())
            os.fsync(file.fileno())
        part.replace(target)
    except (Failed, OSError, sqlite3.Error) as wrong:
        say(f"There is no backup: {wrong}")
        return 1
    finally:
        part.unlink(missing_ok=True)
    say(f"{target}: {target.stat().st_size:,} bytes. ENCRYPTION_KEYS are not in it: keep them in another place.")
    return 0


def dump(service: Way, container: Way, part: Path, file: int) -> None:
    """Raises Failed, OSError or sqlite3.Error."""
    if service.settings.exists():
        url = update_systemd.environment(service.settings.parent).get("DATABASE_URL", "")
        if url.startswith("sqlite:"):
            copy(Path(unquote(urlsplit(url).path)[1:]), part)
        else:
            run(*pg_dump(url), file, cwd="/", **as_user(USER))
    elif container.settings.exists():
        command = starting.composer()
        if command is None:
            raise Failed("there is no docker compose and no podman compose here.")
        words = [*command, "exec", "-T", "postgres", "pg_dump", "-Fc", "-U", "assetlink", database(container)]
        run(words, os.environ, file, cwd=container.settings.parent)
    else:
        raise Failed("nothing is installed here: there is no /etc/assetlink and no .env.")


def pg_dump(url: str) -> tuple[list[str], Mapping[str, str]]:
    """The command, and its environment: arguments can be read by everybody on the machine, so the password is none of them."""
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    name, _, password = user.partition(":")
    public = parts._replace(scheme="postgresql", netloc=f"{name}{at}{host}").geturl()
    hidden = {"PGPASSWORD": unquote(password)} if password else {}
    return ["pg_dump", "-Fc", "--no-password", "-d", public], {"PATH": os.environ["PATH"], **hidden}


def database(way: Way) -> str:
    """Its name: another one than at first after a restore."""
    url = way.secret("database_url")
    return urlsplit(kept_text(url)).path[1:] if way.knows(url.name) else "assetlink"


def copy(database: Path, part: Path) -> None:
    if not database.exists():
        raise Failed(f"{database} is not there.")
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(part)) as target:
        source.backup(target)


def run(command: Sequence[str], environment: Mapping[str, str], file: int, **how: Any) -> None:
    try:
        done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, stdout=file, **how)
    except FileNotFoundError as error:
        raise Failed(f"{command[0]} is missing. On Debian: apt-get install postgresql-client") from error
    if done.returncode:
        raise Failed(f"{command[0]} failed with {done.returncode} (see above).")


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
