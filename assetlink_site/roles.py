"""What a process of an installation is: one word for each, the same in the image, in compose.yaml and in systemd's units.

`python -m assetlink_site ROLE [OPTIONS...]`; options go to the program that the role runs.
"""

import http.client
import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
# What Python is asked to run, step by step. One queue per worker: with several, RQ loses a job whose worker dies between
# taking and starting it. gunicorn.conf.py has the web server's options.
ROLES: dict[str, list[list[str]]] = {
    "web": [["-m", "gunicorn", "assetlink_site.wsgi"]],
    "worker": [["manage.py", "rqworker", "default"]],
    "sweeper": [["manage.py", "sweeper"]],
    "migrate": [["manage.py", "migrate", "--noinput"], ["manage.py", "environment", "from-env"]],
    "manage": [["manage.py"]],
}
HEALTH = "health"
HEALTHY = {"status": "ok"}  # what checks.healthz answers
PORT = "8000"
PATIENCE = 5.0  # seconds
LARGEST = 1000  # bytes
MISUSED = 2


def main(arguments: Sequence[str]) -> int:
    """Returns only if it could not become the role's process."""
    role, *options = arguments or [""]
    if role == HEALTH:
        return health(*options)
    if role not in ROLES:
        print(f"No such role: {role or 'none given'}. There are {', '.join([*ROLES, HEALTH])}.", file=sys.stderr)
        return MISUSED
    if role == "web":  # gunicorn reads WEB_CONCURRENCY and PORT before anything of ours, and would end with a traceback
        from assetlink_site import starting

        starting.require(os.environ)
    os.chdir(ROOT)
    *before, last = ([sys.executable, *step] for step in ROLES[role])
    failed = next((code for step in before if (code := subprocess.run(step).returncode)), 0)  # noqa: S603
    return failed or os.execv(last[0], [*last, *options])  # noqa: S606 - so that signals reach the program


def health(*given: str) -> int:
    """0 if the web server of this machine answers /healthz, on this port or PORT. It is asked by a name that ALLOWED_HOSTS
    has."""
    port = given[0] if given else os.environ.get("PORT", "").strip() or PORT
    if len(given) > 1 or not (port.isascii() and port.isdecimal() and 0 < len(port) < 6 and 0 < int(port) < 65_536):
        print(f"{HEALTH} takes the number of a port, 1 to 65535, or PORT has it.", file=sys.stderr)
        return MISUSED
    try:
        with limited(PATIENCE):
            problem = trouble(port)
    except OSError as error:
        problem = str(error)
    if problem:
        print(f"http://127.0.0.1:{port}/healthz: {problem}", file=sys.stderr)
    return 1 if problem else 0


def trouble(port: str) -> str:
    """Empty if it is AssetLink that answers. Raises OSError."""
    address = f"http://127.0.0.1:{port}/healthz"
    request = urllib.request.Request(address, headers={"Host": host(os.environ.get("ALLOWED_HOSTS", ""))})
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(request, timeout=PATIENCE) as answer:
            return "" if json.loads(answer.read(LARGEST)) == HEALTHY else "something else answers there"
    except (ValueError, RecursionError, http.client.HTTPException):
        return "something else answers there"


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raises TimeoutError after that, however slowly something is still answering."""

    def late(*_: object) -> NoReturn:
        raise TimeoutError(f"no answer within {seconds:g} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def host(allowed: str) -> str:
    """A name that is answered: `.example.com` and `*` stand for many."""
    names = allowed.replace(",", " ").split()
    return next((name.removeprefix(".") for name in names if name != "*"), "localhost")
