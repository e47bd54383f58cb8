"""How quick this machine is, measured in the run whose times it explains: a fixed render, fixed queries, fixed JSON.

One *calibration* (the unit of all budgets in time) is the sum of the three, each the best of many short tries: a try that was
disturbed says nothing about the machine. Nothing of the app takes part, so that no change of ours can move the unit.
"""

import json
import sqlite3
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field

TRIES = 60
# From when on a run says that it was disturbed: one calibration beside the other, or the usual try beside the best.
DIFFERENT = 1.3
TEMPLATE = """{% for row in rows %}<li class="row{% if row.odd %} odd{% endif %}" id="row-{{ row.number }}">
<a href="/rows/{{ row.number }}/">{{ row.name|upper }}</a>
{{ row.text|truncatewords:4 }} {{ row.name|slice:":3" }}</li>{% endfor %}"""
ROWS = [
    {"number": str(at), "name": f"Row <{at}>", "text": "some words & some more of them", "odd": at % 2 == 1}
    for at in range(60)
]


@dataclass(frozen=True)
class Calibration:
    """Milliseconds of each part at its best, and how much slower a usual try was (1 on a machine that does nothing else)."""

    render: float
    query: float
    json: float
    usual: float

    @property
    def unit(self) -> float:
        return self.render + self.query + self.json

    def times(self, milliseconds: float) -> float:
        """How many calibrations that is."""
        return milliseconds / self.unit


@dataclass
class Calibrated:
    """A run between two calibrations."""

    before: Calibration = field(default_factory=lambda: calibrate())
    after: Calibration | None = None

    def end(self) -> Calibration:
        """Once everything is measured. The one to count in: the other was disturbed more."""
        self.after = calibrate()
        return min(self.before, self.after, key=lambda found: found.unit)

    @property
    def lines(self) -> list[str]:
        found = [self.before, self.after or self.before]
        best = min(found, key=lambda each: each.unit)
        parts = f"render {best.render:.1f}, queries {best.query:.1f}, JSON {best.json:.1f}"
        lines = [f"1 calibration (x) = {best.unit:.1f} ms on this machine ({parts})."]
        low, high = sorted(each.unit for each in found)
        usual = max(each.usual for each in found)
        if high > DIFFERENT * low or usual > DIFFERENT:
            first, last = (f"{each.unit:.1f} ms" for each in found)
            busy = (
                f"The machine was busy: {first} before, {last} after, and a usual try took {usual:.1f} times the best."
            )
            lines.append(f"{busy} What is missed by less than that says little.")
        return lines


def calibrate() -> Calibration:
    parts = [tries(work()) for work in (rendering, querying, encoding)]
    best = [min(times) for times in parts]
    return Calibration(*best, usual=sum(map(statistics.median, parts)) / sum(best))


def tries(work: Callable[[], object]) -> list[float]:
    """Milliseconds of each."""
    work()
    times = []
    for _ in range(TRIES):
        began = time.perf_counter()
        work()
        times.append((time.perf_counter() - began) * 1000)
    return times


def rendering() -> Callable[[], object]:
    """Texts only: numbers and dates would ask for settings."""
    from django.template import Context, Engine

    template = Engine().from_string(TEMPLATE)
    return lambda: template.render(Context({"rows": ROWS}))


def querying() -> Callable[[], object]:
    """SQLite in memory, whatever the app's database is: one unit for both."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE thing (id INTEGER PRIMARY KEY, name TEXT, part INTEGER)")
    connection.execute("CREATE INDEX by_part ON thing (part, name)")
    rows = ((f"thing {at}", at % 40) for at in range(4000))
    connection.executemany("INSERT INTO thing (name, part) VALUES (?, ?)", rows)
    ask = "SELECT id, name FROM thing WHERE part = ? AND name LIKE ? ORDER BY name LIMIT 100"
    return lambda: [connection.execute(ask, (part, "%1%")).fetchall() for part in range(40)]


def encoding() -> Callable[[], object]:
    return lambda: [json.loads(json.dumps(ROWS)) for _ in range(16)]
