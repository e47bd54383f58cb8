"""A few calls to Cloudinary at a time, by a job that tells that it lives, and hears when it shall end."""

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TypeVar

from django.utils import timezone

from linking.models import AssetJob
from linking.runtime import process

AT_ONCE = 4
PAUSES = (1.0, 2.0)  # seconds between the tries of one call
Given = TypeVar("Given")
Made = TypeVar("Made")


class Heartbeat:
    """Keeps a job's row alive, about once a second; False when nothing new shall begin. `until`: of the monotonic clock."""

    def __init__(self, job: AssetJob, until: float) -> None:
        self._job, self._until, self._last, self.over = job, until, 0.0, False

    def __call__(self) -> bool:
        now = time.monotonic()
        if now - self._last >= 1 and not self.over:
            self._last = now
            self.over = not self._job.mine().update(heartbeat_at=timezone.now())
        self.over = self.over or process.ending or now > self._until
        return not self.over


def each(
    items: Iterable[Given], call: Callable[[Given], Made], heartbeat: Heartbeat
) -> Iterator[tuple[Given, "Future[Made]"]]:
    """Every item with its finished call, as they finish. What has begun is always waited for and reported."""
    left = iter(items)
    running: dict[Future[Made], Given] = {}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        while True:
            while heartbeat() and len(running) < AT_ONCE and (item := next(left, None)) is not None:
                running[pool.submit(call, item)] = item
            if not running:
                return
            for future in wait(running, timeout=1, return_when=FIRST_COMPLETED).done:
                yield running.pop(future), future


def moment() -> None:
    """Until somebody else has read the selection's assets."""
    time.sleep(0.5)


def patiently(call: Callable[[], Made], passing: Callable[[Exception], bool]) -> Made:
    """The call's answer; it is repeated after a trouble that is `passing`."""
    for pause in PAUSES:
        try:
            return call()
        except Exception as error:
            if not passing(error):
                raise
        time.sleep(pause)
    return call()
