"""A pytest plugin that looks for secrets which are shown once, keys of the HTTP API and those of webhooks: none may stand
anywhere in clear. After each test that made one it reads the test's output and logs, all rows, sessions, Redis and reports.

A key is found whole or by its secret part alone; one that a process of its own made, by how keys are written."""

import logging
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from redis import Redis
from redis.exceptions import RedisError

from linking.webhooks import endpoints
from setup.security import api_keys

NOBODY = settings.REDIS_URL
LARGEST = 20_000_000  # bytes that are read of a file
# Tests ask with this one, which nobody made.
MADE_UP = re.compile(r"al_live_(a{8})_(b{43})")
READ: dict[str, Callable[[Redis, bytes], Any]] = {
    "string": lambda redis, name: redis.get(name),
    "hash": lambda redis, name: redis.hgetall(name),
    "list": lambda redis, name: redis.lrange(name, 0, -1),
    "set": lambda redis, name: redis.smembers(name),
    "zset": lambda redis, name: redis.zrange(name, 0, -1),
    "stream": lambda redis, name: redis.xrange(name),
}


class Watch:
    def __init__(self) -> None:
        self.secrets: set[str] = set()
        self.known = 0  # how many there were when the test began
        self.read: set[Path] = set()  # reports of earlier tests
        api_keys._drawn = self._heard(api_keys._drawn, lambda text: text if len(text) > 20 else "")
        endpoints.drawn = self._heard(endpoints.drawn, lambda text: text.removeprefix("whsec_"))

    def _heard(self, draw: Callable[..., str], secret_of: Callable[[str], str]) -> Callable[..., str]:
        @wraps(draw)
        def drawn(*given: Any) -> str:
            text = draw(*given)
            self.secrets |= {secret_of(text)} - {""}
            return text

        return drawn

    def pytest_runtest_setup(self) -> None:
        self.known = len(self.secrets)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo) -> Iterator[None]:
        report = yield
        if report.when == "call" and report.passed and len(self.secrets) > self.known:
            folder = getattr(item, "funcargs", {}).get("tmp_path")
            judge(report, lambda: self.found(report.sections, folder))
        return report

    def found(self, sections: Iterable[tuple[str, str]], folder: Path | None) -> list[str]:
        """The places where a secret stands in clear."""
        written = re.compile("|".join([*map(re.escape, self.secrets), r"al_live_[A-Za-z0-9]{8}_[A-Za-z0-9]{43}"]))
        places = [*sections, *rows(), *sessions(), *in_redis(), *self._files(folder)]
        return [place for place, text in places if any(not MADE_UP.fullmatch(one[0]) for one in written.finditer(text))]

    def _files(self, folder: Path | None) -> Iterator[tuple[str, str]]:
        """Reports, and logs of processes that the test has started."""
        reports = Path(settings.STORAGES["reports"]["OPTIONS"]["location"])
        kept = [path for path in reports.iterdir() if path not in self.read] if reports.is_dir() else []
        for path in [*kept, *(folder.rglob("*.log") if folder else ())]:
            if path.is_file():
                yield path.name, text_of(path)
        self.read |= set(kept)


def judge(report: pytest.TestReport, look: Callable[[], list[str]]) -> None:
    """Where nobody can look, nobody knows: that fails the test, and ends no run."""
    try:
        places = look()
    except Exception as error:
        report.outcome, report.longrepr = "failed", f"Nobody could look for secrets in clear: {error!r}"
        return
    if places:
        report.outcome = "failed"
        report.longrepr = f"A secret that is shown once stands in clear: {', '.join(places)}."


def rows() -> Iterator[tuple[str, str]]:
    """All tables that are not empty, as they lie in the database."""
    names = [connection.ops.quote_name(name) for name in connection.introspection.table_names()]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in names))
        for [name] in cursor.fetchall():
            cursor.execute(f"SELECT * FROM {name}")
            yield f"table {name}", repr(cursor.fetchall())


def sessions() -> Iterator[tuple[str, str]]:
    """What they hold is packed."""
    return (("a session", repr(session.get_decoded())) for session in Session.objects.all())


def in_redis() -> Iterator[tuple[str, str]]:
    """Of a test that has one. Jobs are packed."""
    if settings.REDIS_URL == NOBODY:
        return
    try:
        with Redis.from_url(settings.REDIS_URL) as redis:
            for name in redis.scan_iter():
                kept = READ[redis.type(name).decode()](redis, name)
                yield f"Redis, {name.decode(errors='replace')}", f"{name!r} {unpacked(kept)}"
    except RedisError as error:  # the test has ended it
        logging.getLogger(__name__).info("Redis was not read: %s", error)


def unpacked(kept: Any) -> str:
    values = kept.values() if isinstance(kept, dict) else kept if isinstance(kept, (list, set)) else [kept]
    found = [repr(kept)]
    for value in values:
        try:
            found.append(repr(zlib.decompress(value)))
        except (zlib.error, TypeError):
            continue
    return " ".join(found)


def text_of(path: Path) -> str:
    if path.suffix != ".xlsx":
        return path.read_bytes()[:LARGEST].decode(errors="replace")
    with zipfile.ZipFile(path) as book:
        return " ".join(book.read(name).decode(errors="replace") for name in book.namelist())
