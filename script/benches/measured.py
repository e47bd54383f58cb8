"""What one measurement tells."""

from dataclasses import dataclass, field


@dataclass
class Measured:
    """`slowest`: operation -> seconds of its slowest call; `busy`: seconds spent inside calls; `again` for ours only."""

    points: int = 0
    requests: int = 0
    mutations: int = 0
    seconds: float = 0.0
    throttled: int = 0
    size: float = 0.0  # of the bucket, points
    rate: float = 0.0  # points a second
    slowest: dict[str, float] = field(default_factory=dict)
    busy: float = 0.0
    again: dict | None = None
