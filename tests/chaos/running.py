"""Setting the processes up, and playing one scenario with one seed on them."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.chaos import bad_days, other_runs, rule_runs  # noqa: F401 - their scenarios are registered
from tests.chaos.scenarios import LONG, MORE, QUICK
from tests.chaos.stage import staged
from tests.chaos.workers import Redis, Workers
from tests.processes import environ

# Ten times faster than in earnest, so that a hundred deaths can be watched in minutes.
HASTE = {"LEASE_SECONDS": "3", "SWEEP_SECONDS": "0.5", "ABORT_SECONDS": "2", "PATIENCE": "0.1"}


@dataclass
class Result:
    seed: int
    scenario: str
    seconds: float
    measured: dict[str, float] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)


@contextmanager
def started(folder: Path, pace: Mapping[str, str] = HASTE) -> Iterator[tuple[Workers, Redis]]:
    """The app of this process gets no Redis by this: point settings.REDIS_URL at it."""
    redis = Redis(folder)
    redis.start()
    workers = Workers({**environ(redis.url), **pace}, folder)
    workers.start()
    try:
        yield workers, redis
    finally:
        workers.stop()
        redis.stop()


def play(workers: Workers, redis: Redis, folder: Path, name: str, seed: int) -> Result:
    began = time.monotonic()
    folder.mkdir(parents=True, exist_ok=True)
    with staged(workers, redis, folder, seed) as stage:
        (QUICK | MORE | LONG)[name](stage)
        troubles = stage.troubles()
    return Result(seed, name, time.monotonic() - began, stage.measured, troubles)
