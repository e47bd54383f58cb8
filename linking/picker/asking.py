"""What a page asks of Cloudinary while somebody waits for it: for a shorter time than a job, and never so many questions at once
that a process has no thread left for anything else."""

import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from setup.cloudinary.client import CloudinaryClient, CloudinaryError, Trouble
from setup.models import Environment
from setup.reasons import Reason

# Seconds that a question may take: Cloudinary answers a search within one.
SECONDS = 6.0
# Questions of one environment in a process, which has four threads.
AT_ONCE = 2
# Seconds. A further question waits its turn as long as those under way are not older: older ones say that Cloudinary is slow.
PATIENCE = 2.0


class Gate:
    """Lets so many in at once."""

    def __init__(self) -> None:
        self._left, self._since = threading.Condition(), list[float]()

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Raises CloudinaryError if there is no way in."""
        with self._left:
            while len(self._since) >= AT_ONCE:
                left = self._since[0] + PATIENCE - time.monotonic()
                if left <= 0 or not self._left.wait(left):
                    raise CloudinaryError(Trouble.AWAY, Reason("cloudinary.crowded"))
            began = time.monotonic()
            self._since.append(began)
        try:
            yield
        finally:
            with self._left:
                self._since.remove(began)
                self._left.notify()


_gates: defaultdict[int, Gate] = defaultdict(Gate)


@contextmanager
def asking(environment: Environment) -> Iterator[CloudinaryClient]:
    """For one call. Raises CloudinaryError, also where too many others wait for Cloudinary."""
    with _gates[environment.pk].entered():
        yield CloudinaryClient(environment, SECONDS)
