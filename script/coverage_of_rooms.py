"""Branch coverage, room by room: what of the code no test walks. For `script/test --coverage`."""

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from script.terminal import say

ROOT = Path(__file__).resolve().parent.parent
RUN = ["-m", "coverage", "run"]
LEAST = 85.0  # percent of the lines and branches of a room
FILES = 3  # so many of a room that is below are named


@dataclass
class Part:
    """Of a file or a room: how many of its lines and branches there are, and how many were walked."""

    name: str
    walked: int = 0
    all: int = 0

    @property
    def percent(self) -> float:
        return 100 * self.walked / self.all if self.all else 100.0

    def __str__(self) -> str:
        return f"{self.percent:5.1f} %  {self.name}"


def erase(environment: Mapping[str, str]) -> None:
    subprocess.run([sys.executable, "-m", "coverage", "erase"], cwd=ROOT, env=dict(environment), check=True)


def tell(environment: Mapping[str, str]) -> None:
    """Of all processes that were measured since `erase`."""
    report = ROOT / ".cache" / "coverage.json"
    for words in (["combine", "--quiet"], ["json", "--quiet", "-o", str(report)]):
        subprocess.run([sys.executable, "-m", "coverage", *words], cwd=ROOT, env=dict(environment), check=True)
    say(*lines(files_of(json.loads(report.read_text()))))


def files_of(report: dict) -> list[Part]:
    found = []
    for name, file in report["files"].items():
        sums = file["summary"]
        walked = sums["covered_lines"] + sums["covered_branches"]
        found.append(Part(name, walked, sums["num_statements"] + sums["num_branches"]))
    return found


def lines(files: Iterable[Part]) -> list[str]:
    """The whole, and each room that is below, with its files of which least was walked."""
    rooms: dict[str, list[Part]] = defaultdict(list)
    for file in files:
        rooms[f"{Path(file.name).parent}/"].append(file)
    sums = {room: sum_of(room, parts) for room, parts in rooms.items()}
    found = ["", f"Branch coverage: {sum_of('all rooms', sums.values())}"]
    below = sorted((room for room in sums.values() if room.percent < LEAST), key=lambda room: room.percent)
    found.append(f"Below {LEAST:.0f} %:" if below else f"No room is below {LEAST:.0f} %.")
    for room in below:
        worst = sorted(rooms[room.name], key=lambda part: part.percent)[:FILES]
        found += [f"  {room}", *(f"      {part}" for part in worst if part.percent < LEAST)]
    return found


def sum_of(name: str, parts: Iterable[Part]) -> Part:
    found = Part(name)
    for part in parts:
        found.walked, found.all = found.walked + part.walked, found.all + part.all
    return found
