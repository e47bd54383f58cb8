"""What a rule may do without a person. Asked once a store's plan is there, by how much of it leaves galleries."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Freedom(StrEnum):
    """How far a rule goes by itself."""

    REPORT = "report"  # a plan that nobody is asked to apply
    WAIT = "wait"  # a plan that waits for a person
    KEEPING = "keeping"  # applied if nothing leaves a gallery
    BOUNDED = "bounded"  # applied if no more leaves than the bounds allow


@dataclass(frozen=True, slots=True)
class Policy:
    """`removals`: so many media may leave the galleries of a store; `percent`: so many of a hundred that stand in the galleries
    of its plan. Both are for BOUNDED; where both are set, both hold."""

    freedom: Freedom = Freedom.REPORT
    removals: int | None = None
    percent: int | None = None

    @classmethod
    def of(cls, stored: object) -> "Policy":
        """As a row keeps it. What cannot be read allows nothing: never raises."""
        known: Mapping[str, Any] = stored if isinstance(stored, dict) else {}
        freedom = known.get("freedom")
        if not isinstance(freedom, str) or freedom not in list(Freedom):
            return cls(Freedom.WAIT)
        policy = cls(Freedom(freedom), _bound(known.get("removals")), _bound(known.get("percent")))
        return policy if policy.is_whole else cls(Freedom.WAIT)

    @property
    def kept(self) -> dict[str, Any]:
        """The inverse of `of`."""
        bounds = {"removals": self.removals, "percent": self.percent}
        return {"freedom": self.freedom.value} | {name: n for name, n in bounds.items() if n is not None}

    @property
    def is_whole(self) -> bool:
        """Whether it says what it has to."""
        return self.freedom != Freedom.BOUNDED or self.removals is not None or self.percent is not None

    @property
    def only_plans(self) -> bool:
        return self.freedom in (Freedom.REPORT, Freedom.WAIT)

    @property
    def asks(self) -> bool:
        """Whether its plans wait for somebody, if they have anything to do."""
        return self.freedom != Freedom.REPORT

    def allows(self, leaving: int, media: int) -> bool:
        """Whether a store's plan is applied by itself. `leaving`: media that it unlinks, without moves and new versions; `media`:
        those that are in its galleries now."""
        if self.freedom == Freedom.KEEPING:
            return leaving == 0
        if self.freedom != Freedom.BOUNDED or not self.is_whole:
            return False
        return (self.removals is None or leaving <= self.removals) and (
            self.percent is None or leaving * 100 <= self.percent * media
        )


def _bound(value: object) -> int | None:
    return value if type(value) is int and value >= 0 else None
