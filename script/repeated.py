"""python -m script.repeated [--times N] [--whole N] [--busy N]: whether the suite can be trusted on a busy machine.

Beside some busy loops (two) the landing tier is run whole (twice); then what starts processes, threads or a browser in it again,
until it has run so often in all (ten times). It ends with 1 if anything failed once, and says what failed how often.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from script import test
from script.terminal import say

LOOP = "while True: pass"
FAILED = re.compile(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", re.MULTILINE)


def main(arguments: Sequence[str]) -> int:
    known = read(arguments)
    environment = test.surroundings_of_tests() | {"TIER": "landing"}
    failed: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="assetlink-repeated-") as folder, busy(known.busy):
        found, chosen = Path(folder) / "found", Path(folder) / "chosen"
        for at in range(known.whole):
            say("", f"All tests, {at + 1} of {known.whole} ...")
            failed += played([], environment | {"STARTERS": str(found)})
        names = sorted(set(found.read_text().splitlines()))
        chosen.write_text("".join(f"{name}\n" for name in names))
        for at in range(known.whole, known.times):
            say("", f"{len(names)} tests with processes, threads or a browser, {at + 1} of {known.times} ...")
            failed += played([f"@{chosen}"], environment)
    say("", *outcome(failed, len(names), known))
    return 1 if failed else 0


def read(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/full repeated", description=__doc__)
    for name, default, least in (("--times", 10, 1), ("--whole", 2, 1), ("--busy", 2, 0)):
        parser.add_argument(name, type=int, choices=range(least, 101), default=default, metavar="N")
    return parser.parse_args(arguments)


def played(chosen: Sequence[str], environment: Mapping[str, str]) -> Counter[str]:
    """How often which test failed; a run that ended without saying so counts as `pytest`."""
    command = [sys.executable, "-u", *test.PYTEST, "-p", "tests.starters", "--quiet", "--tb=short", *chosen]
    with subprocess.Popen(command, cwd=test.ROOT, env=dict(environment), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        lines = []
        for line in process.stdout:
            say(line.rstrip("\n"))
            lines.append(line)
    failed = Counter(set(FAILED.findall("".join(lines))))
    return failed or Counter(["pytest"] if process.returncode else [])


@contextmanager
def busy(loops: int) -> Iterator[None]:
    """Beside so many loops that use a core each."""
    running = [subprocess.Popen([sys.executable, "-c", LOOP]) for _ in range(loops)]
    try:
        yield
    finally:
        for one in running:
            one.kill()
            one.wait()


def outcome(failed: Mapping[str, int], tests: int, known: argparse.Namespace) -> Iterable[str]:
    yield from (f"{times} times: {name}" for name, times in sorted(failed.items()))
    yield (
        f"{known.whole} whole runs, and {tests} tests with processes, threads or a browser {known.times} times, "
        f"beside {known.busy} busy loops on {os.cpu_count()} cores: {len(failed) or 'none'} failed"
    )


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
