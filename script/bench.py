"""script/bench sync|video|pages|choose|reports|history|search|events|delivery|rules [OPTIONS]

Measures AssetLink in the sandbox. `sync` links 1,000 assets to 200 products, whose galleries hold five pictures already, in
a store of each plan: by AssetLink, by one productSet per product, and by one create and one reorder call per image.
Everything is real but the outside world: the app's engine, HTTP, throttling. It ends with 1 if it misses a bar.

It also counts each time in calibrations (x), to compare it with other machines. docs/bench.md says what it measures and why.
About eight minutes; the slow part is one call per image on the basic plan.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from script import surroundings
from script.benches import app
from script.benches.calibration import Calibrated
from script.terminal import say

if TYPE_CHECKING:
    from script.benches.measured import Measured

PLANS = ("basic", "advanced", "plus")
RIVALS = ("productSet", "one by one")
GROWTH = (100, 1000, 10_000)


def main(arguments: Sequence[str]) -> int:
    options = read(arguments)
    run = Calibrated()
    code = bench(options, run)
    say("", *run.lines)
    return code


def bench(options: argparse.Namespace, run: Calibrated) -> int:
    """Each imports what it needs: some want Django set up by themselves."""
    if options.what == "video":
        from script.benches.video import video

        return video(options.megabytes * 1024**2, run)
    if options.what == "history":
        from script.benches.history import history

        return history(options.runs, options.changes, run)
    if options.what == "reports":
        from script.benches.reports import reports

        return reports(options.rows, run)
    if options.what == "events":
        from script.benches.events import events

        return events(options.burst, options.rate, options.seconds, run)
    if options.what == "delivery":
        from script.benches.delivery import delivery

        return delivery(options.seconds, run)
    if options.what == "search":
        from script.benches.searching import searching

        return searching(options.assets, run)
    if options.what == "choose":
        from script.benches.choosing import choosing

        return choosing(options.rounds, options.slowed, options.accessible, run)
    with tempfile.TemporaryDirectory(prefix="assetlink-bench-") as folder:
        if options.what == "rules":
            from script.benches.rules import rules

            whole, ways = Bench(Path(folder)), {"a person": "ours", "a rule": "a rule"}
            one_run = {who: whole.measure(way, "plus", options.assets, at_once=True) for who, way in ways.items()}
            return rules(options.rules, options.stores, one_run, run)
        if options.what == "pages":
            from script.benches.pages import pages

            return pages(Path(folder), run, options.only)
        return sync(Bench(Path(folder)), options, run)


def read(arguments: Sequence[str]) -> argparse.Namespace:
    about = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__, formatter_class=about)
    what = parser.add_subparsers(
        dest="what", required=True, metavar="sync|video|pages|choose|reports|history|search|events|delivery|rules"
    )
    more = what.add_parser("sync", help="linking: points, calls and seconds, beside the usual ways").add_argument
    more("--assets", type=int, default=1000, metavar="N", help="for the comparison (%(default)s)")
    more("--plans", nargs="+", choices=PLANS, default=PLANS, help="Shopify plans (all three)")
    more("--growth", nargs="*", type=int, default=GROWTH, metavar="N", help="sizes to show growth by (100 1000 10000)")
    one = what.add_parser("video", help="a large video through a worker: the worker's peak memory")
    one.add_argument("--megabytes", type=int, default=1024, metavar="N", help="its size (%(default)s)")
    seen = what.add_parser("pages", help="1,000 assets: server time, queries, bytes, and what a browser makes of them")
    seen.add_argument("--only", nargs="+", default=[], metavar="WORD", help="only the server's views with such names")
    tick = what.add_parser("choose", help="Choose Assets with 1,000 pictures: each press until it is seen, in Chromium")
    tick.add_argument("--rounds", type=int, default=8, metavar="N", help="of all presses (%(default)s)")
    tick.add_argument("--slowed", type=float, default=2.0, metavar="N", help="processor, once more (%(default)s times)")
    tick.add_argument("--accessible", action="store_true", help="with the tree that a screen reader reads")
    past = what.add_parser(
        "history", help="10,000 runs with a million changes: server time, queries, and what is read whole"
    )
    past.add_argument("--runs", type=int, default=10_000)
    past.add_argument("--changes", type=int, default=100, help="of each run")
    rows = what.add_parser("reports", help="a report of very many rows through a worker: seconds and peak memory")
    rows.add_argument("--rows", type=int, default=100_000, metavar="N", help="of the report (%(default)s)")
    big = what.add_parser("search", help="a big Media Library: page 1 beside page 100")
    big.add_argument("--assets", type=int, default=100_000, metavar="N", help="of the library (%(default)s)")
    heard = what.add_parser("events", help="Cloudinary's events in a burst, and so many a second: none is lost")
    heard.add_argument("--burst", type=int, default=1000, metavar="N", help="at once (%(default)s)")
    heard.add_argument("--rate", type=int, default=150, metavar="N", help="a second (%(default)s)")
    heard.add_argument("--seconds", type=int, default=60, metavar="N", help="for so long (%(default)s)")
    shop = what.add_parser("delivery", help="media by SKU, asked as quickly as answers come, 304s included")
    shop.add_argument("--seconds", type=int, default=20, metavar="N", help="for so long (%(default)s)")
    busy = what.add_parser("rules", help="assets that change at once, and rules that are due in the same minute")
    busy.add_argument("--assets", type=int, default=1000, metavar="N", help="that change at once (%(default)s)")
    busy.add_argument("--rules", type=int, default=100, metavar="N", help="in one minute (%(default)s)")
    busy.add_argument("--stores", type=int, default=20, metavar="N", help="of these rules (%(default)s)")
    return parser.parse_args(arguments)


class Bench:
    """Every measurement has a sandbox, a process and a database of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.count = folder, 0

    def measure(self, way: str, plan: str, assets: int, *, at_once: bool = False) -> "Measured":
        """`at_once`: without chance. In which portions pictures are ready decides how often it is looked, and in how many
        portions they go to galleries: of two equal runs one may take a quarter more points."""
        from script.benches.measured import Measured
        from script.benches.world import sandbox

        self.count += 1
        name = f"{self.count}-{way.replace(' ', '-')}-{plan}-{assets}"
        outside = surroundings.cleaned(os.environ)
        with sandbox(self.catalog(assets), self.folder / name, plan, outside, at_once=at_once) as url:
            command = [sys.executable, "-m", "script.benches.measure", way, url]
            surrounded = outside | app.surroundings(self.folder / name / "app.sqlite3")
            done = subprocess.run(command, cwd=app.ROOT, env=surrounded, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"{name} came to no result:\n{done.stderr[-3000:]}")
        return Measured(**json.loads(done.stdout.splitlines()[-1]))

    def catalog(self, assets: int) -> Path:
        from script.benches.world import write_catalog

        folder = self.folder / f"catalog-{assets}"
        if not folder.exists():
            write_catalog(folder, assets)
        return folder


def sync(bench: Bench, options: argparse.Namespace, run: Calibrated) -> int:
    from script.benches import table as table

    assets, plans = options.assets, options.plans
    say(f"Linking {assets:,} assets to {assets // 5:,} products, five pictures in each gallery before, append ...")
    media = bench.measure("media", "plus", assets).seconds
    ours = {
        plan: bench.measure("ours", plan, assets) for plan in plans
    }  # alone, one after another: nothing disturbs them
    pairs = [(way, plan) for plan in plans for way in RIVALS]
    with ThreadPoolExecutor(len(pairs)) as pool:  # these mostly wait for points
        done = pool.map(lambda pair: bench.measure(*pair, assets), pairs)
        rivals: Mapping[tuple[str, str], Measured] = dict(zip(pairs, done, strict=True))
    known = {assets: ours["plus"]} if "plus" in ours else {}
    sizes = {size: known.get(size) or bench.measure("ours", "plus", size) for size in sorted(options.growth)}
    machine = run.end()
    say("", *table.comparison(ours, rivals, media, machine))
    say("", *table.unchanged(ours, machine))
    bars = table.bars(ours, rivals, media)
    if sizes:
        say("", *table.growth(sizes, machine))
        bars += table.growth_bars(sizes)
    say("", *(bar.line for bar in bars))
    return 0 if all(bar.held for bar in bars) else 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
