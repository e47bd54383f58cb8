"""Pacing by what each answer reports: we reserve a call's points before sending it, so that Shopify need not refuse it.

https://shopify.dev/docs/api/usage/limits: a bucket per app and store refills at a steady rate.
"""

import time
from dataclasses import dataclass, field

# Before the first answer: the cost of a document that was never sent from here, and the smallest bucket there is.
FIRST_GUESS = 50.0


@dataclass
class Pace:
    """The store's bucket as last told, and what each document asked for the last time. Points, points per second."""

    available: float = 2000.0
    maximum: float = 2000.0
    rate: float = 100.0
    told_at: float = field(default_factory=time.monotonic)
    asked: dict[str, float] = field(default_factory=dict)

    def seconds_until(self, document: str) -> float:
        """How long to wait before the bucket holds what the document asks for; 0 if it does."""
        level = min(self.maximum, self.available + (time.monotonic() - self.told_at) * self.rate)
        return max(0.0, (self.asked.get(document, FIRST_GUESS) - level) / self.rate)

    def hear(self, document: str, cost: dict) -> None:
        """Take in `extensions.cost` of an answer."""
        status = cost.get("throttleStatus", {})
        if requested := cost.get("requestedQueryCost"):
            self.asked[document] = float(requested)
        if status:
            self.maximum, self.rate = float(status["maximumAvailable"]), float(status["restoreRate"])
            self.available, self.told_at = float(status["currentlyAvailable"]), time.monotonic()
