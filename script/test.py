"""script/test [PYTEST ARGUMENTS]

Without arguments: lint, format, types, missing migrations, then all tests, browser journeys included.
With arguments: pytest alone, with these, for example `script/test tests/domain -k mirror`.
"""

import os
import subprocess
import sys
from pathlib import Path

from script import chromium, redis_server, surroundings
from script.terminal import say

ROOT = Path(__file__).resolve().parent.parent
CHECKS = {
    "ruff check": ["-m", "ruff", "check", "."],
    "ruff format": ["-m", "ruff", "format", "--check", "."],
    "mypy": ["-m", "mypy"],
    "makemigrations --check": ["manage.py", "makemigrations", "--check", "--dry-run"],
    "check-documents": ["-m", "script.check_documents"],
}
PYTEST = ["-m", "pytest", "-n", "2"]


def main(arguments: list[str]) -> int:
    if {"-h", "--help"} & set(arguments):
        say(__doc__.strip())
        return 0
    environment = surroundings_of_tests()
    # The checks ask for no data: without this, Django would leave an empty database file in the clone.
    checks_only = {"DATABASE_URL": "sqlite://:memory:"} | environment
    failed = [] if arguments else [name for name, check in CHECKS.items() if not passes(name, check, checks_only)]
    say("", f"Failed so far: {', '.join(failed)}" if failed else "pytest ...")
    tested = python([*PYTEST, *arguments], environment)
    return tested or (1 if failed else 0)


def surroundings_of_tests() -> dict[str, str]:
    """The tests find their browser and their redis-server by CHROMIUM and REDIS_SERVER.

    DATABASE_URL is passed on: Django makes a test database of its own beside it, so the tests also run on Postgres.
    """
    found = {"CHROMIUM": find_browser(), "REDIS_SERVER": redis_server.find_program()}
    found |= {"DATABASE_URL": os.environ.get("DATABASE_URL"), "DJANGO_SETTINGS_MODULE": "tests.settings"}
    return surroundings.cleaned(os.environ) | {name: value for name, value in found.items() if value}


def find_browser() -> str | None:
    browser = chromium.find()
    if browser is None:
        chromium.install()
        browser = chromium.find()
    if browser is None:
        say(chromium.HOW_TO_GET_IT)
    return browser


def passes(name: str, check: list[str], environment: dict[str, str]) -> bool:
    say(f"{name} ...")
    return python(check, environment) == 0


def python(arguments: list[str], environment: dict[str, str]) -> int:
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environment).returncode


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
