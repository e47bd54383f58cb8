"""The pages with 1,000 assets in 250 groups: server time, queries and bytes of each view, and what a browser makes of them.

Side by side in the same run: the board as it is shown, and the same board with all of its groups at once.
"""

import csv
import json
import os
import subprocess
import sys
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from script import chromium, surroundings
from script.benches import app
from script.benches.calibration import Calibrated, Calibration
from script.benches.world import PICTURES, sandbox
from script.ports import free_port
from script.terminal import say

GROUPS, PER_GROUP = 250, 4
# Server times at p95 in calibrations: what facts of the field call quick (200 and 80 ms) on a machine that takes 4.5 ms for one;
# 100 ms for the first page that people see. Sizes in KiB, queries per view.
PAGE, FRAGMENT, QUERIES = 45.0, 18.0, 12
# 25 ms for a fragment of Link to Products.
# And 300 ms for a program's request that begins a run of a thousand assets, which writes more than a view reads.
ALLOWED = {"first": 22.5, "page": PAGE, "fragment": FRAGMENT, "board": 5.6, "start": 67.0}
KIB_ALLOWED = {"first": 100, "page": 150, "fragment": 150, "board": 150, "start": 150}
QUERIES_ALLOWED = {"start": 100}
# In the browser, on every page: times in calibrations (1,500, 200 and 150 ms there; 3 and 8 s from the launch), KiB, and a
# shift without a unit.
TIMES = {"LCP": 335.0, "INP": 45.0, "reorder": 34.0, "groups in sight": 670.0, "matches of both": 1780.0}
BROWSER = {"CLS": 0.02, "scripts KiB gz": 60.0}


# MB of a web process that has shown five selections whose assets have details of 55 KB each.
MEMORY = 150.0


@dataclass(frozen=True)
class View:
    """Measured: milliseconds at best, at the median and the 95th percentile, queries, KiB raw and compressed."""

    name: str
    kind: str
    best: float
    median: float
    p95: float
    queries: int
    raw: float
    gz: float

    def trouble(self, machine: Calibration) -> str:
        """Which of its budgets it misses."""
        if self.kind not in ALLOWED:  # stands beside for comparison
            return ""
        allowed, kib, took = ALLOWED[self.kind], KIB_ALLOWED[self.kind], machine.times(self.p95)
        missed = [f"{took:.1f} x of {allowed:g} ({self.p95:.0f} ms)"] if took > allowed else []
        most = QUERIES_ALLOWED.get(self.kind, QUERIES)
        missed += [f"{self.queries} queries of {most}"] if self.queries > most else []
        missed += [f"{self.raw:.0f} KiB of {kib}"] if self.raw > kib else []
        return ", ".join(missed)


def write_catalog(folder: Path) -> None:
    """250 products without pictures, and four assets for each."""
    (folder / "assets").mkdir(parents=True)
    for at in range(PICTURES):
        shade = zlib.crc32(str(at).encode())
        picture = Image.new("RGB", (120, 150), (shade & 255, shade >> 8 & 255, shade >> 16 & 255))
        picture.save(folder / "assets" / f"{at}.jpg")
    with (folder / "products.csv").open("w", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["Handle", "Title", "Variant SKU", "Image Src", "Image Position"])
        for at in range(GROUPS):
            rows.writerow([f"product-{at}", f"Product {at}", f"SKU-{at}", f"assets/{at % PICTURES}.jpg", 1])
    with (folder / "assets" / "assets.csv").open("w", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["file", "public_id", "display_name", "metadata.sku", "metadata.sequence:integer"])
        for at in range(GROUPS):
            for place in range(PER_GROUP):
                name = f"new-{at}-{place}"
                rows.writerow([f"{(at * 7 + place) % PICTURES}.jpg", name, name, f"SKU-{at}", place + 1])


def pages(folder: Path, run: Calibrated, only: Sequence[str] = ()) -> int:
    """Returns the exit code: 1 if a budget is missed. `only`: words in the names of views; with any, the server alone is asked,
    and only for those."""
    browser = "" if only else chromium.find()
    if browser is None:
        say(chromium.HOW_TO_GET_IT)
        return 1
    write_catalog(folder / "catalog")
    outside = surroundings.cleaned(os.environ)
    say(f"{GROUPS * PER_GROUP:,} assets in {GROUPS} groups, two stores ...")
    port = free_port()
    own = f"http://127.0.0.1:{port}"
    with sandbox(folder / "catalog", folder / "world", "plus", outside, stores=2, app_url=own) as url:
        values = {"DEBUG": "1", "CHROMIUM": browser, "IMAGE_SOURCES": url, "APP_URL": own}
        limits = {"REQUESTS_PER_MINUTE": "100000", "DRY_RUNS_PER_HOUR": "1000", "SYNCS_PER_HOUR": "1000"}
        environment = outside | app.surroundings(folder / "app.sqlite3") | values | limits
        command = [sys.executable, "-m", "script.benches.pages_measure", url, str(port), *only]
        done = subprocess.run(command, cwd=app.ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise SystemExit("The measurement came to no result.")
    found = json.loads(done.stdout.splitlines()[-1])
    views = [View(**row) for row in found["views"]]
    machine = run.end()
    say("", *table(views, machine))
    missed = [f"MISSED {view.name}: {trouble}" for view in views if (trouble := view.trouble(machine))]
    if not only:
        say("", *in_browser(found["browser"], machine), "", in_memory(found["memory"]))
        missed += browser_troubles(found["browser"], machine) + memory_troubles(found["memory"])
    if known := found["polled"]:
        say("", polled(known, machine))
        if machine.times(took := known["p95"]) > PAGE:
            missed.append(f"MISSED polls at once: {machine.times(took):.1f} x of {PAGE:g} ({took:.0f} ms)")
    if not views:
        missed = [f"MISSED everything: no view is called {' or '.join(only)}"]
    say("", *(missed or ["held   every budget"]))
    return 1 if missed else 0


def table(views: Sequence[View], machine: Calibration) -> list[str]:
    lines = [f"{'view':<34}{'median':>8}{'p95':>8}{'best x':>8}{'p95 x':>8}{'queries':>9}{'KiB':>8}{'KiB gz':>8}"]
    for view in views:
        numbers = f"{view.median:>8.0f}{view.p95:>8.0f}{machine.times(view.best):>8.1f}{machine.times(view.p95):>8.1f}"
        numbers += f"{view.queries:>9}{view.raw:>8.1f}{view.gz:>8.1f}"
        lines.append(f"{view.name:<34}{numbers}  {'MISSED' if view.trouble(machine) else ''}")
    return lines


def in_browser(found: Mapping[str, Mapping[str, float]], machine: Calibration) -> list[str]:
    """`found`: by page, by what was measured. Each time twice: in ms and in calibrations, as its budget is."""
    names = list(dict.fromkeys(name for page in found.values() for name in page))
    lines = [f"{'in Chromium':<20}" + "".join(f"{page:>10}" for page in found) + f"{'budget':>10}"]
    for name in names:
        values = {page: measured.get(name) for page, measured in found.items()}
        lines.append(f"{name:<20}{cells(values.values())}" + (f"{BROWSER[name]:>10g}" if name in BROWSER else ""))
        if name not in BROWSER:
            times = [None if value is None else machine.times(value) for value in values.values()]
            lines.append(f"{'':<18}x {cells(times)}" + (f"{TIMES[name]:>10g}" if name in TIMES else ""))
    return lines


def cells(values: Iterable[float | None]) -> str:
    return "".join(f"{'':>10}" if value is None else f"{value:>10.3g}" for value in values)


def in_memory(found: Mapping[str, float]) -> str:
    """`found`: by what was measured; nothing on a machine that does not say."""
    words = ", ".join(f"{value:.0f} {name}" for name, value in found.items())
    return f"a web process with heavy selections: {words or 'not measured here'} (budget {MEMORY:g} MB)"


def polled(found: Mapping[str, float], machine: Calibration) -> str:
    """`found`: milliseconds of an answer."""
    median, p95 = (f"{found[name]:.0f} ms ({machine.times(found[name]):.1f} x)" for name in ("median", "p95"))
    return f"100 runs that are polled every two seconds: {median}, p95 {p95}"


def memory_troubles(found: Mapping[str, float]) -> list[str]:
    missed = {name: value for name, value in found.items() if value > MEMORY}
    return [f"MISSED memory of a web process: {value:.0f} {name} of {MEMORY:g}" for name, value in missed.items()]


def browser_troubles(found: Mapping[str, Mapping[str, float]], machine: Calibration) -> list[str]:
    missed = []
    for page, values in found.items():
        for name, value in values.items():
            if name in TIMES and machine.times(value) > TIMES[name]:
                missed.append(
                    f"MISSED {name} on {page}: {machine.times(value):.1f} x of {TIMES[name]:g} ({value:.0f} ms)"
                )
            if name in BROWSER and value > BROWSER[name]:
                missed.append(f"MISSED {name} on {page}: {value:.3g} of {BROWSER[name]:g}")
    return missed
