"""python -m script.landing: which tests the landing tier can do without, by what they walk.

Runs both tiers' tests that need no browser, with the branches that each test walks in its own process (tests/walks.py). Of the
dearest it takes those out of the landing tier which walk no branch that none of the others walks, and writes their names to
tests/beyond_landing.txt. What they prove about values is still proved, in `script/full`.
"""

import re
import sqlite3
import sys
import tempfile
from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from script import test
from script.terminal import say

LIST = test.ROOT / "tests" / "beyond_landing.txt"
LEAST = 0.05  # seconds of a processor: cheaper ones are not worth a name
# What is walked in processes of their own is not seen here, and of what keeps people, secrets and galleries safe each test lands.
STAYING = re.compile(
    r"^tests/(browser|house|chaos|live|routes|assetlink_site)/|test_access\.py|test_launch_fuzz\.py|test_outbox\.py"
    r"|another_environment|secret|hostile|csrf|obeyed|undo_of_any|brings_back|same_key|never_came"
    r"|kill|lost|worker|process|signal|redis|last_release"
)


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="assetlink-walks-") as folder:
        # The list as it is would hide what it names.
        environment = test.surroundings_of_tests() | {"WALKS": folder, "TIER": "landing", "ALL_LAND": "1"}
        code = test.python([*test.PYTEST, "-p", "tests.walks", "--quiet", "-m", "not browser"], environment)
        walks, costs = read(Path(folder).glob("*.walks")), costs_of(Path(folder).glob("*.costs"))
    if code:
        say("The tests failed: what they walk says little. The list stays as it is.")
        return code
    chosen = beyond(costs, walks)
    LIST.write_text("".join(f"{name}\n" for name in sorted(chosen)))
    spared = sum(costs[name] for name in chosen)
    say(
        f"{len(chosen)} of {len(costs)} tests are for the full tier, {spared:.0f} of {sum(costs.values()):.0f} s of a processor"
    )
    return 0


def beyond(costs: Mapping[str, float], walks: Mapping[str, Collection[int]]) -> list[str]:
    """Names of tests, the dearest first: each branch is still walked by a test that lands, and of each test's cases one lands.
    `costs`: seconds; `walks`: numbers of branches."""
    walkers: Counter[int] = Counter()
    for walked in walks.values():
        walkers.update(walked)
    cases = Counter(map(test_of, costs))
    found = []
    for name, seconds in sorted(costs.items(), key=lambda cost: (-cost[1], cost[0])):
        walked = walks.get(name, ())
        if seconds < LEAST or stays(name) or not walked or any(walkers[branch] == 1 for branch in walked):
            continue
        if "[" in name and cases[test_of(name)] == 1:
            continue
        walkers.subtract(walked)
        cases[test_of(name)] -= 1
        found.append(name)
    return found


def stays(name: str) -> bool:
    return STAYING.search(name) is not None


def test_of(name: str) -> str:
    return name.split("[")[0]


def read(files: Iterable[Path]) -> dict[str, array]:
    """Of coverage's data files: the numbers of the branches that each test walked."""
    numbers: dict[tuple[str, int, int], int] = {}
    found: dict[str, array] = defaultdict(lambda: array("l"))
    for file in files:
        with sqlite3.connect(file) as database:
            paths = dict(database.execute("SELECT id, path FROM file"))
            tests = dict(database.execute("SELECT id, context FROM context"))
            for context, path, start, end in database.execute("SELECT context_id, file_id, fromno, tono FROM arc"):
                if name := tests[context]:
                    number = numbers.setdefault((paths[path], start, end), len(numbers))
                    found[name].append(number)
    return found


def costs_of(files: Iterable[Path]) -> dict[str, float]:
    lines = [line.split(" ", 1) for file in files for line in file.read_text().splitlines()]
    return {name: float(seconds) for seconds, name in lines}


if __name__ == "__main__":
    sys.exit(main())
