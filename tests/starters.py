"""A pytest plugin that writes down which tests start processes, threads of their own, or a browser: those are what
`script/full repeated` plays again and again.

    STARTERS=FILE pytest -p tests.starters     appends their node ids to FILE, a line each
"""

import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

PROCESSES = {"subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn"}
# Threads of the servers that tests talk to: nearly every test has one, and none of ours runs in them.
SERVERS = ("socketserver", "http.server", "werkzeug.serving", "sandbox.server", "sandbox.shopify.downloads")
# A test that reads a selection or works a run off has these threads; there are more than a thousand: the whole runs play them.
# Played again and again are the tests that are about such threads.
OF_EVERY_RUN = ("heartbeat", "assets", "thumbnails")
ABOUT_THEM = (
    "tests/linking/adopting/",
    "tests/linking/cloudinary/",
    "tests/linking/runtime/",
    "tests/linking/test_attempts.py",
)


class Starters:
    def __init__(self, file: Path) -> None:
        self.file = file
        self.has_started = self.is_about_them = False
        sys.addaudithook(self.hear)
        start = threading.Thread.start

        def heard(thread: threading.Thread) -> None:  # Python 3.11 has no audit event for it
            serves = getattr(getattr(thread, "_target", None), "__module__", "") in SERVERS
            self.has_started |= not serves and (self.is_about_them or not thread.name.startswith(OF_EVERY_RUN))
            start(thread)

        threading.Thread.start = heard  # type: ignore[method-assign]

    def hear(self, event: str, arguments: object) -> None:
        self.has_started |= event in PROCESSES

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self.is_about_them = item.nodeid.startswith(ABOUT_THEM)
        self.has_started = "browser" in getattr(item, "fixturenames", ())
        try:
            return (yield)
        finally:
            if self.has_started:
                with self.file.open("a") as out:  # several processes append, each a short line at once
                    out.write(f"{item.nodeid}\n")


def pytest_configure(config: pytest.Config) -> None:
    if file := os.environ.get("STARTERS"):
        config.pluginmanager.register(Starters(Path(file)))
