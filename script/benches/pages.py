"""The pages with 1,000 assets in 250 groups: server time, queries and bytes of each view, and what a browser makes of them.

Side by side in the same run: the board as it is shown, and the same board with all of its groups at once.
"""

import csv
import json
import os
import subprocess
import sys
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from script import chromium, surroundings
from script.benches import app
from script.benches.world import PICTURES, free_port, sandbox
from script.terminal import say

GROUPS, PER_GROUP = 250, 4
KIB = 1024
# What facts of the field call quick. Server times in ms at p95, sizes in KiB, queries per view.
PAGE_MS, FRAGMENT_MS, PAGE_KIB, QUERIES = 200, 80, 150, 12
# In the browser, on every page: ms, KiB, and a shift without a unit.
BROWSER = {"LCP": 1500.0, "INP": 200.0, "reorder": 150.0, "CLS": 0.02, "scripts KiB gz": 60.0}


@dataclass(frozen=True)
class View:
    """Measured: milliseconds at the median and the 95th percentile, queries, KiB raw and compressed."""

    name: str
    kind: str
    median: float
    p95: float
    queries: int
    raw: float
    gz: float

    @property
    def trouble(self) -> str:
        """Which of its budgets it misses."""
        allowed = PAGE_MS if self.kind == "page" else FRAGMENT_MS
        missed = [f"{self.p95:.0f} ms of {allowed}"] if self.p95 > allowed else []
        missed += [f"{self.queries} queries of {QUERIES}"] if self.queries > QUERIES else []
        missed += [f"{self.raw:.0f} KiB of {PAGE_KIB}"] if self.raw > PAGE_KIB else []
        return ", ".join(missed) if self.kind != "alternative" else ""


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


def pages(folder: Path) -> int:
    """Returns the exit code: 1 if a budget is missed."""
    browser = chromium.find()
    if browser is None:
        say(chromium.HOW_TO_GET_IT)
        return 1
    write_catalog(folder / "catalog")
    outside = surroundings.cleaned(os.environ)
    say(f"{GROUPS * PER_GROUP:,} assets in {GROUPS} groups, two stores ...")
    with sandbox(folder / "catalog", folder / "world", "plus", outside, stores=2) as url:
        port = free_port()
        told = {"DEBUG": "1", "CHROMIUM": browser, "IMAGE_SOURCES": url, "APP_URL": f"http://127.0.0.1:{port}"}
        limits = {"REQUESTS_PER_MINUTE": "100000", "DRY_RUNS_PER_HOUR": "1000", "SYNCS_PER_HOUR": "1000"}
        environment = outside | app.surroundings(folder / "app.sqlite3") | told | limits
        command = [sys.executable, "-m", "script.benches.pages_measure", url, str(port)]
        done = subprocess.run(command, cwd=app.ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise SystemExit("The measurement came to no result.")
    found = json.loads(done.stdout.splitlines()[-1])
    views = [View(**row) for row in found["views"]]
    say("", *table(views), "", *in_browser(found["browser"]))
    missed = [f"MISSED {view.name}: {view.trouble}" for view in views if view.trouble] + browser_troubles(
        found["browser"]
    )
    say("", *(missed or ["held   every budget"]))
    return 1 if missed else 0


def table(views: Sequence[View]) -> list[str]:
    lines = [f"{'view':<34}{'median':>8}{'p95':>8}{'queries':>9}{'KiB':>8}{'KiB gz':>8}"]
    for view in views:
        numbers = f"{view.median:>8.0f}{view.p95:>8.0f}{view.queries:>9}{view.raw:>8.1f}{view.gz:>8.1f}"
        lines.append(f"{view.name:<34}{numbers}  {'MISSED' if view.trouble else ''}")
    return lines


def in_browser(found: Mapping[str, Mapping[str, float]]) -> list[str]:
    """`found`: by page, by what was measured."""
    names = list(dict.fromkeys(name for page in found.values() for name in page))
    lines = [f"{'in Chromium':<20}" + "".join(f"{page:>10}" for page in found) + f"{'budget':>10}"]
    for name in names:
        values = "".join(f"{page[name]:>10.3g}" if name in page else f"{'':>10}" for page in found.values())
        lines.append(f"{name:<20}{values}" + (f"{BROWSER[name]:>10g}" if name in BROWSER else ""))
    return lines


def browser_troubles(found: Mapping[str, Mapping[str, float]]) -> list[str]:
    return [
        f"MISSED {name} on {page}: {value:.3g} of {BROWSER[name]:g}"
        for page, values in found.items()
        for name, value in values.items()
        if name in BROWSER and value > BROWSER[name]
    ]
