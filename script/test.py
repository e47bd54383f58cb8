"""script/test [PYTEST ARGUMENTS]

Without arguments: all checks, then the tests that have to be green to land, browser journeys included, with the twenty slowest;
after them, the part that a database can change once more on Postgres (where the machine has one); last, the pictures of the
documents that no longer show their pages are named.
With --quick: lint, format and spelling, the tests of what differs from the main branch, and those of the rules and the house; no
browser.
With --coverage: the tests with branch coverage, and the rooms of which less than 85 % was walked.
With --postgres: the part that a database can change alone, on Postgres.
With arguments: pytest alone, with these, for example `script/test tests/linking/domain -k mirror`.
"""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import IO

from script import chromium, coverage_of_rooms, database_part, postgres, quick, redis_server, surroundings
from script.terminal import say

ROOT = Path(__file__).resolve().parent.parent
CHECKS = {
    "ruff check": ["-m", "ruff", "check", "."],
    "ruff format": ["-m", "ruff", "format", "--check", "."],
    "mypy": ["-m", "mypy"],
    "makemigrations --check": ["manage.py", "makemigrations", "--check", "--dry-run"],
    "check-documents": ["-m", "script.check_documents"],
    "djlint": ["-m", "djlint", "--lint", "--quiet", "templates", "sandbox"],
    "spelling": ["-m", "script.spelling"],
    "collecting the tests": ["-m", "tests.prepared"],
}
# Four times as many as there are cores: many tests wait for a worker, a page, or what a service does in its own time, though each
# process more loads everything once more. The browsers are fewer (tests/browser/conftest.py).
PROCESSES = min(8, 4 * (os.cpu_count() or 1))
# One test at a time goes to a process that is free, the long ones early; some stay together (tests/sharing.py).
PYTEST = ["-m", "pytest", "-n", str(PROCESSES)]
# Short, and none of them waits: more processes would only each load everything.
ON_POSTGRES = ["-m", "pytest", "-n", str(min(8, os.cpu_count() or 1))]
SLOWEST = ["--durations=20", "--durations-min=1"]
MIGRATE = ["manage.py", "migrate", "--verbosity", "0"]
QUICK = ("ruff check", "ruff format", "spelling")
# It has one core only, and goes on beside the tests.
LATE = ("mypy",)
ON_POSTGRES_TOO = "on Postgres"
OPTIONS = ("--quick", "--coverage", "--postgres")
STARTED: set[subprocess.Popen] = set()


def main(arguments: list[str]) -> int:
    if {"-h", "--help"} & set(arguments):
        say(__doc__.strip())
        return 0
    environment = surroundings_of_tests()
    if "--postgres" in arguments:
        return once_more_on_postgres(environment)
    # The checks ask for no data: without this, Django would leave an empty database file in the clone.
    checks_only = {"DATABASE_URL": "sqlite://:memory:"} | environment
    is_quick, is_measured = "--quick" in arguments, "--coverage" in arguments
    chosen = [argument for argument in arguments if argument not in OPTIONS]
    if is_measured:
        return measured(chosen, environment)
    if is_quick:
        chosen += quick.arguments()
    checks = {name: check for name, check in CHECKS.items() if not is_quick or name in QUICK}
    if not is_quick and chosen:
        checks = {}
    with ThreadPoolExecutor(2) as beside:
        late = {name: beside.submit(outcome, checks[name], checks_only) for name in LATE if name in checks}
        failed = failing({name: check for name, check in checks.items() if name not in LATE}, checks_only)
        say("", f"Failed so far: {', '.join(failed)}" if failed else "pytest ...")
        ended: Future[None] = Future()
        if not chosen and environment.get("DATABASE_URL") is None:
            # Its tables are made beside the tests, its tests run after them: ten processes on two cores make browsers too slow
            # for what tests wait for.
            late[ON_POSTGRES_TOO] = beside.submit(heard, partial(once_more_on_postgres, after=ended), environment)
        try:
            tested = python([*PYTEST, *(chosen or SLOWEST)], environment)
        except BaseException:
            ended.cancel()  # the part on Postgres goes without having been run
            raise
        ended.set_result(None)
        failed += reported(late)
    if not chosen:
        python(["-m", "script.pictures", "--check"], checks_only)  # says what is to be made again, and stops nobody
    if failed:
        say("", f"Failed: {', '.join(failed)}")
    return tested or (1 if failed else 0)


def measured(chosen: list[str], environment: dict[str, str]) -> int:
    coverage_of_rooms.erase(environment)
    tested = python([*coverage_of_rooms.RUN, *PYTEST, *(chosen or SLOWEST)], environment)
    coverage_of_rooms.tell(environment)
    return tested


def once_more_on_postgres(
    environment: dict[str, str], output: IO[str] | None = None, *, after: Future[None] | None = None
) -> int:
    """Its tests begin when `after` has a result."""
    try:
        with postgres.served() as url:
            if failed := python(MIGRATE, environment | {"DATABASE_URL": database_part.template_of(url)}, output):
                return failed
            if after:
                after.result()
            chosen = database_part.FULL if environment.get("TIER") == "full" else database_part.LANDING
            return python([*ON_POSTGRES, *chosen], environment | {"DATABASE_URL": url}, output)
    except postgres.Missing as missing:
        print(f"The database part was not run on Postgres: {missing}", file=output, flush=True)
        return 0
    except postgres.Broken as broken:
        print(f"The database part could not be run on Postgres. {broken}", file=output, flush=True)
        return 1


def surroundings_of_tests() -> dict[str, str]:
    """The tests find their browser and their redis-server by CHROMIUM and REDIS_SERVER.

    DATABASE_URL is passed on: Django makes a test database of its own beside it, so the tests also run on Postgres.
    Bytecode is kept, whatever the shell says: hundreds of processes are started, and each would compile the app again.
    """
    found = {"CHROMIUM": find_browser(), "REDIS_SERVER": redis_server.find_program()}
    found |= {"DATABASE_URL": os.environ.get("DATABASE_URL"), "DJANGO_SETTINGS_MODULE": "tests.settings"}
    kept = surroundings.cleaned(os.environ) | {name: value for name, value in found.items() if value}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return kept


def find_browser() -> str | None:
    browser = chromium.find()
    if browser is None:
        chromium.install()
        browser = chromium.find()
    if browser is None:
        say(chromium.HOW_TO_GET_IT)
    return browser


def failing(checks: dict[str, list[str]], environment: dict[str, str]) -> list[str]:
    """All at once, as one of them takes longer than the others together; what they say comes in their order."""
    with ThreadPoolExecutor(max(1, len(checks))) as pool:
        return reported({name: pool.submit(outcome, check, environment) for name, check in checks.items()})


def reported(outcomes: dict[str, Future[tuple[int, str]]]) -> list[str]:
    """Those that failed."""
    found = []
    for name, done in outcomes.items():
        say(f"{name} ...")
        code, output = done.result()
        say(*output.splitlines())
        found += [name] if code else []
    return found


def outcome(check: list[str], environment: dict[str, str]) -> tuple[int, str]:
    return heard(partial(python, check), environment)


def heard(work: Callable[[dict[str, str], IO[str]], int], environment: dict[str, str]) -> tuple[int, str]:
    """Its code, and what it says."""
    with tempfile.TemporaryFile("w+") as output:
        code = work(environment, output)
        output.seek(0)
        return code, output.read()


def python(arguments: list[str], environment: dict[str, str], output: IO[str] | None = None) -> int:
    """Says what it has to say on the terminal, or to `output`."""
    command = [sys.executable, *arguments]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output) as process:
        STARTED.add(process)
        try:
            return process.wait()
        except BaseException:
            process.kill()
            raise
        finally:
            STARTED.discard(process)


def terminated(*_: object) -> None:
    """As an exception, so that what was started is ended and its folders go. What goes on beside would be waited for."""
    for process in list(STARTED):
        process.terminate()
    sys.exit(128 + signal.SIGTERM)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, terminated)
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
