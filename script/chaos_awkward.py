"""Plays what people do in a pretend Shopify that behaves as nobody has recorded: every scenario in every link mode under every
behaviour, each in a world of its own, ten times as fast as in earnest, and checks galleries, files, ledger and words.

One line for each case, and a table of scenarios and behaviours at the end. The exit code is 1 if any case broke.
"""

import argparse
import logging
import multiprocessing
import os
import random
import signal
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from script.own_database import prepare

if TYPE_CHECKING:
    from tests.awkward.playing import Case, Result


def main(arguments: Sequence[str]) -> int:
    chosen = options(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the processes are ended, too
    with tempfile.TemporaryDirectory(prefix="assetlink-chaos-") as kept:
        prepare(Path(kept))
        from tests.awkward.playing import product_of

        try:
            cases = product_of(chosen.only or ())
        except ValueError as unknown:
            sys.exit(str(unknown))
        random.Random(chosen.seed).shuffle(cases)  # whatever of it there is time for is a sample
        print(f"{len(cases)} cases, {chosen.processes} at a time.", flush=True)
        results = []
        for result in played(cases, Path(kept), chosen.processes, chosen.minutes):
            results.append(result)
            tell(result, chosen.logs)
    for title, key in (("scenario", lambda case: case.scenario), ("behaviour", lambda case: case.behaviour)):
        table(title, results, key)
    return 1 if any(result.wrong for result in results) else 0


def options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/chaos awkward", description=__doc__)
    more = parser.add_argument
    more("--minutes", type=float, default=1e9, help="begin nothing new after that many minutes")
    more(
        "--only",
        action="append",
        metavar="NAME",
        help="play only this scenario, link mode or behaviour; you may give it several times",
    )
    more("--processes", type=int, default=2, help="how many cases at a time; they mostly wait")
    more("--seed", type=int, default=1, help="draws the order of the cases")
    more("--logs", type=Path, help="keep rows and journal of broken cases in this folder")
    return parser.parse_args(arguments)


def played(cases: "list[Case]", folder: Path, processes: int, minutes: float) -> "Iterator[Result]":
    """As they end. Each process has a database of its own."""
    left, ends = iter(cases), time.monotonic() + minutes * 60
    context = multiprocessing.get_context("spawn")  # nothing of this process is shared, neither connections nor threads
    with ProcessPoolExecutor(processes, context, initializer=begin, initargs=(folder,)) as pool:
        running = {pool.submit(play, case) for case in islice(left, processes)}
        while running:
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                yield future.result()
                if time.monotonic() < ends and (case := next(left, None)):
                    running.add(pool.submit(play, case))


def begin(folder: Path) -> None:
    """A process that plays. Some scenarios make the app crash, and its log would tell so here."""
    own = folder / str(os.getpid())
    own.mkdir()
    prepare(own)
    logging.disable()


def play(case: "Case") -> "Result":
    from tests.awkward.playing import play

    return play(case)


def tell(result: "Result", logs: Path | None) -> None:
    print(f"{'BROKEN' if result.wrong else 'right':6} {result.seconds:6.1f} s  {result.case}")
    for sentence in result.wrong:
        print(f"         {sentence}")
    if result.wrong and logs:
        logs.mkdir(parents=True, exist_ok=True)
        kept = logs / f"{'_'.join(str(result.case).split())}.txt"
        kept.write_text("\n".join([str(result.case), *result.wrong, result.details]))
    sys.stdout.flush()


def table(title: str, results: "list[Result]", key: "Callable[[Case], str]") -> None:
    by_name: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        by_name[key(result.case)].append(result)
    print(f"\n{title:52} {'runs':>5} {'broken':>7} {'seconds':>8} {'slowest':>8}")
    for name, found in [*sorted(by_name.items()), ("all", results)]:
        seconds = [result.seconds for result in found]
        broken = sum(bool(result.wrong) for result in found)
        print(f"{name:52} {len(found):5} {broken:7} {sum(seconds):8.0f} {max(seconds, default=0.0):8.1f}")
