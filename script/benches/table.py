"""What is printed of the measurements, and the bars that they are held to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from script.benches.calibration import Calibration
from script.benches.measured import Measured

Ours = Mapping[str, Measured]  # by plan
Rivals = Mapping[tuple[str, str], Measured]  # by way and plan
# Calls that wait for each other, however many go side by side: one of each, the slowest.
CHAINS = {
    "ours": ["VariantsByField", "ProductCards", "Galleries", "FilesCreate", "FilesStatus", "FilesUpdate", "Galleries"],
    "productSet": ["Galleries", "OneProductSet"],
    "one by one": ["Galleries", *["OneImage", "GalleryReorder"] * 5],
}
IN_POINTS = {"productSet": 5, "one by one": 12}  # how many times our points they shall need at least
IN_TIME = 1.5  # times the limit
UNCHANGED_POINTS = 300
# From one size to the next, per asset: points may not grow, seconds a little, because machines are not still.
GROWTH_IN_POINTS, GROWTH_IN_TIME = 1.1, 1.5


@dataclass(frozen=True)
class Limit:
    """Seconds below which nobody comes: waiting for points, for the media, for answers that the next call needs."""

    points: float
    media: float
    chain: float

    @property
    def seconds(self) -> float:
        return max(self.points, self.media, self.chain)


@dataclass(frozen=True)
class Bar:
    held: bool
    text: str

    @property
    def line(self) -> str:
        return f"{'held  ' if self.held else 'MISSED'} {self.text}"


def limit_of(way: str, measured: Measured, media: float) -> Limit:
    points = max(0.0, measured.points - measured.size) / measured.rate
    return Limit(points, media, sum(measured.slowest.get(name, 0.0) for name in CHAINS[way]))


def comparison(ours: Ours, rivals: Rivals, media: float, machine: Calibration) -> Iterator[str]:
    yield (
        "plan      way         points  times ours  requests  mutations  throttled  seconds        x  times ours"
        "   limit (points media chain)"
    )
    for plan, mine in ours.items():
        ways = {"ours": mine} | {way: found for (way, on), found in rivals.items() if on == plan}
        for way, found in ways.items():
            limit = limit_of(way, found, media)
            yield (
                f"{plan:<10}{way:<11}{found.points:>7,}{found.points / mine.points:>12.1f}{found.requests:>10,}"
                f"{found.mutations:>11,}{found.throttled:>11,}{found.seconds:>9.1f}"
                f"{machine.times(1000 * found.seconds):>9,.0f}{found.seconds / mine.seconds:>12.1f}"
                f"{limit.seconds:>8.1f} ({limit.points:.1f} {limit.media:.1f} {limit.chain:.1f})"
            )


def unchanged(ours: Ours, machine: Calibration) -> Iterator[str]:
    yield "Once more, with nothing changed:"
    for plan, mine in ours.items():
        again = mine.again or {}
        times = machine.times(1000 * again["seconds"])
        spent = f"{again['points']:,} points, {again['mutations']} mutations"
        yield f"{plan:<10}{spent}, {again['seconds']:.1f} s, {times:,.0f} x"


def growth(sizes: Mapping[int, Measured], machine: Calibration) -> Iterator[str]:
    yield "How ours grows (plus):"
    yield " assets   points  per asset  requests  mutations  seconds  ms per asset  x per asset  in calls"
    for size, found in sizes.items():
        each = 1000 * found.seconds / size
        yield (
            f"{size:>7,}{found.points:>9,}{found.points / size:>11.3f}{found.requests:>10,}{found.mutations:>11,}"
            f"{found.seconds:>9.1f}{each:>14.2f}{machine.times(each):>13.2f}{found.busy:>10.1f}"
        )


def bars(ours: Ours, rivals: Rivals, media: float) -> list[Bar]:
    return [bar for plan, mine in ours.items() for bar in bars_of(plan, mine, rivals, media)]


def bars_of(plan: str, mine: Measured, rivals: Rivals, media: float) -> Iterator[Bar]:
    for way, times in IN_POINTS.items():
        share = rivals[way, plan].points / mine.points
        yield Bar(share >= times, f"{plan}: {way} needs {share:.1f} times our points (at least {times})")
    limit = limit_of("ours", mine, media).seconds
    share = mine.seconds / limit
    yield Bar(share <= IN_TIME, f"{plan}: ours takes {share:.2f} times the limit of {limit:.1f} s (at most {IN_TIME})")
    again = mine.again or {}
    quiet = again["mutations"] == 0 and again["points"] <= UNCHANGED_POINTS
    cost = f"{again['mutations']} mutations and {again['points']} points"
    yield Bar(quiet, f"{plan}: nothing changed costs {cost} (0, at most {UNCHANGED_POINTS})")


def growth_bars(sizes: Mapping[int, Measured]) -> list[Bar]:
    """Linear: per asset, the larger size needs no more than the smaller one."""
    return [bar for pair in pairwise(sizes.items()) for bar in growth_bars_of(*pair)]


def growth_bars_of(smaller: tuple[int, Measured], larger: tuple[int, Measured]) -> Iterator[Bar]:
    (few, less), (many, more) = smaller, larger
    for name, most in (("points", GROWTH_IN_POINTS), ("seconds", GROWTH_IN_TIME)):
        times = (getattr(more, name) / many) / (getattr(less, name) / few)
        text = f"from {few:,} to {many:,} assets: {times:.2f} times the {name} per asset (at most {most})"
        yield Bar(times <= most, text)
