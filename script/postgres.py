"""A Postgres of the tests' own, from the machine's package: on a free port, in a temporary folder, gone with the run.

Postgres refuses to run as root: root's server runs as the package's own user.
"""

import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from script import sessions
from script.ports import free_port
from script.terminal import tail

PACKAGES = Path("/usr/lib/postgresql")  # where Debian keeps them, in a folder of each version
OLDEST = 15
HOW_TO_GET_IT = "On Debian and Ubuntu: apt-get install postgresql (as root script/test does it itself)."
ACCOUNTS = ("postgres", "nobody")
USER = "assetlink"
PATIENCE = 60.0  # seconds until it answers
# Sorted as people do, like most servers: by the order of bytes, a query that relies on it would pass.
CLUSTER = [
    "--auth=trust",
    "--no-sync",
    "--encoding=UTF8",
    "--locale=C.UTF-8",
    "--locale-provider=icu",
    "--icu-locale=en",
]
# Nothing has to survive the run.
OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "autovacuum": "off",  # plans of queries would depend on when it comes by
    "synchronous_commit": "off",
    "full_page_writes": "off",
}


class Missing(Exception):
    """There can be none here; the text says why."""


class Broken(Exception):
    """There is one, and it does not work; the text says why."""


def find() -> Path | None:
    """The folder of the newest server's programs."""
    on_path = shutil.which("initdb")
    folders = [path.parent for path in PACKAGES.glob("*/bin/initdb")]
    folders += [Path(on_path).resolve().parent] if on_path else []
    return max((folder for folder in folders if version(folder) >= OLDEST), key=version, default=None)


def version(folder: Path) -> int:
    """0 for programs that do not run."""
    try:
        answer = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, timeout=10).stdout
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.search(r"\b(\d+)", answer)
    return int(found[1]) if found else 0


def install() -> None:
    """With apt-get, as root; elsewhere nothing is done."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "postgresql"]):
            subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


@contextmanager
def served() -> Iterator[str]:
    """The DATABASE_URL of a new server. Raises Missing, Broken."""
    programs = find()
    if programs is None:
        install()
        programs = find()
    if programs is None:
        raise Missing(f"There is no Postgres {OLDEST} or newer. {HOW_TO_GET_IT}")
    account = unprivileged()
    with tempfile.TemporaryDirectory(prefix="assetlink-postgres-") as kept:
        folder = Path(kept)
        if account:
            os.chown(folder, account["user"], account["group"])
        data, log, port = folder / "data", folder / "log", free_port()
        made = [programs / "initdb", f"--pgdata={data}", f"--username={USER}", *CLUSTER]
        done = subprocess.run(made, cwd=folder, capture_output=True, text=True, **account)
        if done.returncode:
            raise Broken(f"initdb failed: {done.stderr.strip()[-500:]}")
        options = [part for name, value in OPTIONS.items() for part in ("-c", f"{name}={value}")]
        with log.open("wb") as output:
            server = subprocess.Popen(
                [programs / "postgres", "-D", data, "-p", str(port), *options],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=sessions.end_with_parent,
                **account,
            )
        try:
            await_answer(server, [programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)], log)
            yield f"postgres://{USER}@127.0.0.1:{port}/{USER}"
        finally:
            server.send_signal(signal.SIGINT)  # without waiting for connections
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                sessions.kill(server.pid)
                server.wait()


def unprivileged() -> dict[str, Any]:
    """For subprocess: whom root becomes. Empty for anybody else. Raises Missing."""
    if os.geteuid() != 0:
        return {}
    for name in ACCOUNTS:
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}
    raise Missing(f"Postgres does not run as root, and there is no user {' or '.join(ACCOUNTS)}.")


def await_answer(server: subprocess.Popen[bytes], question: list[Path | str], log: Path) -> None:
    """https://www.postgresql.org/docs/15/app-pg-isready.html"""
    until = time.monotonic() + PATIENCE
    while server.poll() is None and time.monotonic() < until:
        if subprocess.run(question).returncode == 0:
            return
        time.sleep(0.05)
    raise Broken(f"Postgres did not start:\n{tail(log, 10)}")
