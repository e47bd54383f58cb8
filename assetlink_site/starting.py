"""Before a process begins: settings that cannot work end it, with a line for each on standard error and no traceback."""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from django.db import OperationalError, connection

from assetlink_site import variables
from assetlink_site.env import SettingsWrong

OURS = "assetlink_site.settings"
REFUSED = os.EX_CONFIG  # 78, which unit files name: starting again does not help
# Commands by which one gets keys, or looks what is wrong, work without them; of the first ones, whatever is set.
WITHOUT_SETTINGS = {"make_key", "help", "version", "--version", "--help", "-h", "release"}
WITHOUT_KEYS = {"check", "collectstatic", "doctor", "makemigrations"}
SEE = "AssetLink does not start. docs/operator/settings.md describes every setting."


def prepare_command(arguments: Sequence[str]) -> None:
    """For manage.py."""
    command = arguments[1] if len(arguments) > 1 else "help"
    if not is_ours():
        return
    if command in WITHOUT_SETTINGS:
        for name in variables.NAMES & os.environ.keys():
            del os.environ[name]
    else:
        require(os.environ, keys=command not in WITHOUT_KEYS)


@contextmanager
def outages_in_a_line(arguments: Sequence[str]) -> Iterator[None]:
    """A database that cannot be reached ends a command with a line, unless `--traceback` was asked for."""
    try:
        yield
    except OperationalError as error:
        if connection.connection is not None or "--traceback" in arguments:
            raise
        sys.exit(unreachable(error))


def unreachable(error: OperationalError) -> str:
    why = (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
    return f"AssetLink cannot reach the database: {why}. Check that it runs, and that DATABASE_URL is right."


def require(environ: Mapping[str, str], *, keys: bool = True, status: int = REFUSED) -> None:
    """Ends the process with that status if its settings cannot work; unless `keys`, it needs none."""
    if faults := found_wrong(environ, keys=keys):
        sys.stderr.write("".join(f"{line}\n" for line in (*faults, SEE)))
        sys.exit(status)


def found_wrong(environ: Mapping[str, str], *, keys: bool = True) -> list[str]:
    """A sentence for each setting that cannot work."""
    try:
        known = variables.read(environ)
    except SettingsWrong as error:
        return error.faults
    return variables.missing(known, environ) if keys else []


def is_ours() -> bool:
    """Another settings module, as that of the tests, answers for itself."""
    return os.environ.get("DJANGO_SETTINGS_MODULE", OURS) == OURS
