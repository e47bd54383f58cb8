"""script/full [STAGE...]

Runs what takes too long before every landing, all of it or the named stages, and writes the figures to docs/full.md:

  suite     every test of both tiers: whole products of cases, ten times as many examples of Hypothesis
  repeated  the landing tier twice beside two busy loops, and what starts processes, threads or a browser ten times
  tiers     which tests land: branch coverage of each, and the dearest that walk nothing by themselves (tests/beyond_landing.txt)
  chaos     real workers killed, frozen and cut off, with ten seeds
  routes    2,000 hostile requests to every route
  awkward   what people do, in every link mode, in a store that answers awkwardly
  live      contracts, questions and a journey on a development store of yours; without its keys one line says so
  image     the image built, started and used in Chromium through Caddy; as root, with Debian's buildah, mmdebstrap, caddy
  restore   a run under way, everything killed, a backup brought back; on Postgres and on SQLite
  update    a run under way, from the last release to this one
  sync, pages, reports, history, video      the benches

It ends with 1 if a stage failed. On a quiet machine with two cores all of it takes about three and a half hours.
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from script import test
from script.terminal import say

ROOT = Path(__file__).resolve().parent.parent
FIGURES = ROOT / "docs" / "full.md"
STAGES: dict[str, list[str]] = {
    "suite": [*test.PYTEST, *test.SLOWEST],
    "postgres": ["-m", "script.test", "--postgres"],
    "repeated": ["-m", "script.repeated"],
    "tiers": ["-m", "script.landing"],
    "chaos": ["-m", "script.chaos", "--seeds", "10"],
    "routes": ["-m", "script.routes"],
    "awkward": ["-m", "script.chaos", "awkward"],
    "live": ["-m", "pytest", "-q", "-m", "live", "tests/live"],
    "image": ["-m", "script.image"],
    **{name: ["-m", "script.rehearse", name] for name in ("restore", "update")},
    **{bench: ["-m", "script.bench", bench] for bench in ("sync", "pages", "reports", "history", "video")},
}
# What a bench says at its end, which is no figure of what it measured (script/benches/calibration.py).
OF_THE_MACHINE = ("1 calibration ", "The machine was busy")
HEAD = """# The last run of everything

Written by `script/full`: whole products of cases, many more examples, chaos and the benches. [What each tier
holds](testing.md).

| stage | when (UTC) | commit | cores | outcome | minutes | its last line |
|---|---|---|---|---|---|---|
"""


@dataclass(frozen=True)
class Figures:
    stage: str
    code: int
    seconds: float
    last: str

    def row(self, *, now: datetime, commit: str) -> str:
        last = self.last.replace("|", "/").strip("= ")
        outcome = "passed" if self.code == 0 else "FAILED"
        cells = (self.stage, f"{now:%Y-%m-%d %H:%M}", commit, os.cpu_count(), outcome, f"{self.seconds / 60:.1f}", last)
        return f"| {' | '.join(map(str, cells))} |"


def main(arguments: Sequence[str]) -> int:
    if {"-h", "--help"} & set(arguments):
        say(__doc__.strip())
        return 0
    if unknown := set(arguments) - STAGES.keys():
        sys.exit(f"No such stage: {', '.join(sorted(unknown))}. There are {', '.join(STAGES)}.")
    environment = test.surroundings_of_tests() | {"TIER": "full"}
    at = commit()  # before the first figures are written, which change a file of it
    rows, failed = known(FIGURES.read_text() if FIGURES.exists() else ""), []
    for stage in arguments or STAGES:
        say("", f"{stage} ...")
        found = played(stage, STAGES[stage], environment)
        rows[stage] = found.row(now=datetime.now(UTC), commit=at)
        FIGURES.write_text(HEAD + "".join(f"{rows[name]}\n" for name in STAGES if name in rows))
        failed += [stage] if found.code else []
    say("", *rows.values(), "", f"Failed: {', '.join(failed)}" if failed else "All of it passed.")
    return 1 if failed else 0


def played(stage: str, arguments: Sequence[str], environment: Mapping[str, str]) -> Figures:
    """Its output is passed on as it comes."""
    began, last = time.monotonic(), ""
    command = [sys.executable, "-u", *arguments]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        for line in process.stdout:
            say(line.rstrip("\n"))
            last = last if line.startswith(OF_THE_MACHINE) else line.strip() or last
    return Figures(stage, process.returncode, time.monotonic() - began, last)


def known(text: str) -> dict[str, str]:
    """The rows of earlier runs, by their stages."""
    rows = {match[1]: match[0] for match in re.finditer(r"^\| (\w+) \|.*\|$", text, re.MULTILINE)}
    return {stage: row for stage, row in rows.items() if stage in STAGES}


def commit() -> str:
    command = ["git", "describe", "--always", "--dirty", "--exclude", "*"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
