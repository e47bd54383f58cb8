"""A big Media Library: what page 100 costs beside page 1, of the sandbox's Search API and of Choose Assets. For `script/bench
search`."""

import os
import tempfile
import time
from pathlib import Path
from typing import Any

import urllib3
from cloudinary import Search

from script import surroundings
from script.benches import searching_pages
from script.benches.calibration import Calibrated
from script.benches.world import sandbox, write_catalog
from script.terminal import say

BAR = 1.2
PAGES = 100
ROUNDS = 60
SEARCHES = {
    "everything": "",
    "a tag": "tags=approved AND resource_type:image",
    "a folder": 'asset_folder:"Archive/*" AND NOT tags=hero',
}


def searching(assets: int, run: Calibrated) -> int:
    """The exit code: 1 if a page 100 took more than 1.2 times its page 1, each at its best."""
    with tempfile.TemporaryDirectory(prefix="assetlink-bench-search-") as kept:
        folder = Path(kept)
        write_catalog(folder / "catalog", 100)
        surrounded = surroundings.cleaned(os.environ)
        with sandbox(folder / "catalog", folder / "sandbox", "plus", surrounded, library=assets) as url:
            keys = credentials(url)
            ratios = [
                measure(name, expression, size, keys) for name, expression in SEARCHES.items() for size in (100, 500)
            ]
        # One of its own: together they are more calls than an environment has in an hour.
        with sandbox(folder / "catalog", folder / "app", "plus", surrounded, library=assets) as url:
            ratios += searching_pages.ratios(url, folder, PAGES)
    run.end()
    held = max(ratios) <= BAR
    say(f"{'held' if held else 'MISSED'}: page {PAGES} takes at most {BAR} times page 1 (most: {max(ratios):.2f})")
    return 0 if held else 1


def credentials(url: str) -> dict[str, Any]:
    known = urllib3.request("GET", f"{url}/world.json").json()["environments"][0]
    names = ("cloud_name", "api_key", "api_secret")
    return {name: known[name] for name in names} | {"upload_prefix": url, "timeout": 60}


def measure(name: str, expression: str, size: int, keys: dict[str, Any]) -> float:
    """How many times as long page 100 takes (the last one, if there are fewer): both are asked for in turn."""
    begun = time.perf_counter()
    cursor, pages = "", 1
    answer = ask(expression, size, cursor, keys)
    cold = 1000 * (time.perf_counter() - begun)
    while pages < PAGES and (following := answer.get("next_cursor")):
        cursor, pages = following, pages + 1
        answer = ask(expression, size, cursor, keys)
    first, last = [], []
    for _ in range(ROUNDS):
        first.append(timed(expression, size, "", keys))
        last.append(timed(expression, size, cursor, keys))
    usual, late = min(first), min(last)  # what a busy machine adds says nothing of the pages
    say(
        f"{name} ({answer['total_count']:,} found), {size} a page: page 1 {usual:.0f} ms (asked for the first time"
        f" {cold:.0f} ms), page {pages} {late:.0f} ms: {late / usual:.2f} times"
    )
    return late / usual


def timed(expression: str, size: int, cursor: str, keys: dict[str, Any]) -> float:
    begun = time.perf_counter()
    ask(expression, size, cursor, keys)
    return 1000 * (time.perf_counter() - begun)


def ask(expression: str, size: int, cursor: str, keys: dict[str, Any]) -> dict[str, Any]:
    search = Search().expression(expression).max_results(size)
    for field in ("tags", "context", "metadata"):
        search.with_field(field)
    return (search.next_cursor(cursor) if cursor else search).execute(**keys)
