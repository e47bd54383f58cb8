"""Ports for tests that need several in a row."""

import random

from script.ports import trouble


def free_family() -> int:
    """The first of four free ports, below those that the system gives to outgoing connections."""
    tries = (random.randrange(20000, 32000) for _ in range(100))
    return next(port for port in tries if not any(trouble(port + at) for at in range(4)))
