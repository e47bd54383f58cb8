"""script/manage COMMAND...: manage.py with the settings and secrets of this machine's installation, and as its user.

With systemd's units (/etc/assetlink is there) root starts it, and it becomes the services' user; with compose (.env is here) it
runs in a container of its own.
"""

import os
import pwd
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from script import starting, update_systemd
from script.install_files import Way, compose, systemd
from script.update_steps import Failed

ROOT = Path(__file__).resolve().parent.parent
KEPT = ("PATH", "TERM", "LANG", "SSL_CERT_FILE", "SSL_CERT_DIR")  # of the surroundings
ROOTS = ("collectstatic",)  # writes among the files of the release, which are root's
PYTHON = "/opt/assetlink/venv/bin/python"


def main(arguments: Sequence[str]) -> NoReturn:
    if (way := systemd(Path("/etc/assetlink"))).settings.exists():
        as_service(way, arguments)
    if not compose(ROOT).settings.exists():
        sys.exit("Nothing is installed here: there is no /etc/assetlink and no .env. Start with script/install.")
    command = starting.composer()
    if command is None:
        sys.exit("There is no docker compose and no podman compose here.")
    os.chdir(ROOT)
    os.execvp(command[0], [*command, "run", "--rm", "--no-deps", "migrate", "manage", *arguments])


def as_service(way: Way, arguments: Sequence[str]) -> NoReturn:
    try:
        known = update_systemd.environment(way.settings.parent)
        account = pwd.getpwnam(update_systemd.USER)
    except (Failed, KeyError) as wrong:
        sys.exit(str(wrong))
    if tuple(arguments[:1]) != ROOTS:
        os.setgroups([])
        os.setgid(account.pw_gid)
        os.setuid(account.pw_uid)
    os.chdir(ROOT)
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    os.execve(PYTHON, [PYTHON, "-m", "assetlink_site", "manage", *arguments], kept | known | {"HOME": account.pw_dir})


if __name__ == "__main__":
    main(sys.argv[1:])
