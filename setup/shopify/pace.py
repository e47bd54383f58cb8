"""Pacing by what each answer reports: we reserve a call's points before sending it, so that Shopify need not refuse it.

https://shopify.dev/docs/api/usage/limits: a bucket per app and store refills at a steady rate.
"""

import math
import time
from dataclasses import dataclass, field

from setup.shapes import mapping, number

# Before the first answer: the cost of a document that was never sent from here, and the smallest bucket there is.
FIRST_GUESS = 50.0
# Seconds: no wait is longer, whatever the numbers say; and the first one after a refusal, with the bucket known or not.
LONGEST, SHORTEST, BLIND = 60.0, 0.2, 2.0
GROWTH = 1.5


@dataclass
class Pace:
    """The store's bucket as last reported, and what each document asked for the last time. Points, points per second."""

    available: float = 2000.0
    maximum: float = 2000.0
    rate: float = 100.0
    known: bool = False  # whether any answer named a level, and whether the last one did
    fresh: bool = False
    reported_at: float = field(default_factory=time.monotonic)
    asked: dict[str, float] = field(default_factory=dict)

    def seconds_until(self, document: str) -> float:
        """How long to wait before the bucket holds what the document asks for; 0 if it does."""
        level = min(self.maximum, self.available + (time.monotonic() - self.reported_at) * self.rate)
        return min(LONGEST, max(0.0, (self.asked.get(document, FIRST_GUESS) - level) / self.rate))

    def hear(self, document: str, cost: dict) -> None:
        """Take in `extensions.cost` of an answer, as much of it as makes sense."""
        status = mapping(cost.get("throttleStatus"))
        self.asked[document] = positive(cost.get("requestedQueryCost"), self.asked.get(document, FIRST_GUESS))
        self.maximum = positive(status.get("maximumAvailable"), self.maximum)
        self.rate = positive(status.get("restoreRate"), self.rate)
        level = number(status.get("currentlyAvailable"), math.inf)
        self.fresh = math.isfinite(level)
        if self.fresh:
            self.available, self.reported_at, self.known = max(-self.maximum, level), time.monotonic(), True

    def after_refusal(self, document: str, times: int) -> float:
        """Seconds to wait after the `times`-th THROTTLED in a row: until the bucket as last reported holds enough, and longer
        each time. A refusal that names no level says at least that the bucket is empty."""
        if not self.fresh:
            self.available, self.reported_at = 0.0, time.monotonic()
        least = (SHORTEST if self.known else BLIND) * GROWTH ** min(times - 1, 20)
        return min(LONGEST, max(self.seconds_until(document), least))


def positive(value: object, default: float) -> float:
    found = number(value, default)
    return found if found > 0 else default
