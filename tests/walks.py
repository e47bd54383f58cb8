"""A pytest plugin that writes down what each test walks and costs, for `python -m script.landing`.

WALKS=FOLDER pytest -n 4 -p tests.walks     for each process a data file of coverage with a context per test, and seconds
"""

import os
from collections.abc import Iterator
from pathlib import Path

import coverage
import pytest

ROOMS = ["assetlink_site", "setup", "linking", "sandbox"]


class Walks:
    def __init__(self, folder: Path, process: str) -> None:
        self.costs = folder / f"{process}.costs"
        data = str(folder / f"{process}.walks")
        self.coverage = coverage.Coverage(
            data_file=data, branch=True, source=ROOMS, omit=["*/migrations/*"], config_file=False
        )
        self.coverage.start()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self.coverage.switch_context(item.nodeid)
        began = spent()
        try:
            return (yield)
        finally:
            with self.costs.open("a") as costs:
                costs.write(f"{spent() - began:.3f} {item.nodeid}\n")
            self.coverage.switch_context("")

    def pytest_sessionfinish(self) -> None:
        self.coverage.stop()
        self.coverage.save()


def spent() -> float:
    """Seconds of a processor, of this process and of those that it waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def pytest_configure(config: pytest.Config) -> None:
    if process := os.environ.get("PYTEST_XDIST_WORKER"):
        config.pluginmanager.register(Walks(Path(os.environ["WALKS"]), process))
