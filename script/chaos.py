"""Starts real workers, a real Redis and a pretend world, disturbs one run after another, and checks how it ended.

Each line shows seed, scenario, outcome and times in seconds; the table at the end shows the worst of each scenario. The
exit code is 1 if a run broke a promise.

`script/chaos awkward` plays scenarios in a store that answers awkwardly instead: see its own --help.
"""

import argparse
import signal
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from script.own_database import prepare

if TYPE_CHECKING:
    from tests.chaos.running import Result


def main() -> int:
    if sys.argv[1:2] == ["awkward"]:
        from script import chaos_awkward

        return chaos_awkward.main(sys.argv[2:])
    chosen = options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # whatever was started is ended, too
    with tempfile.TemporaryDirectory(prefix="assetlink-chaos-") as kept:
        folder = Path(kept)
        prepare(folder)
        results = run(chosen, folder)
        for result in results:
            if result.troubles:
                print(f"\nRepeat: script/chaos --start {result.seed} --seeds 1 --only {result.scenario}")
    table(results)
    return 1 if any(result.troubles for result in results) else 0


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/chaos", description=__doc__)
    more = parser.add_argument
    more("--seeds", type=int, default=20, help="how many seeds; each plays every scenario")
    more("--start", type=int, default=1, help="the first seed")
    more("--minutes", type=float, default=1e9, help="begin nothing new after that many minutes")
    more("--only", action="append", help="play only this scenario; you may give it several times")
    more("--real-time", action="store_true", help="the default lease and sweep instead of ten times faster ones")
    more("--long", action="store_true", help="also the scenarios that take minutes")
    more("--logs", type=Path, help="keep the processes' logs in this folder")
    return parser.parse_args()


def run(chosen: argparse.Namespace, folder: Path) -> "list[Result]":
    from django.conf import settings

    from tests.chaos.running import HASTE, play, started
    from tests.chaos.scenarios import LONG, MORE, QUICK

    names = chosen.only or [*QUICK, *MORE, *(LONG if chosen.long else ())]
    ends = time.monotonic() + chosen.minutes * 60
    logs = chosen.logs or folder
    logs.mkdir(parents=True, exist_ok=True)
    pace = {} if chosen.real_time else HASTE
    results = []
    with started(logs, {"LOG_LEVEL": "INFO", **pace}) as (processes, redis):
        settings.REDIS_URL = redis.url
        for seed in range(chosen.start, chosen.start + chosen.seeds):
            for name in names:
                if time.monotonic() < ends:
                    results.append(play(processes, redis, folder / f"{seed}-{name}", name, seed))
                    tell(results[-1])
    return results


def tell(result: "Result") -> None:
    times = ", ".join(f"{name} {value:.1f}" for name, value in result.measured.items())
    print(
        f"{result.seed:4} {result.scenario:32} {'BROKEN' if result.troubles else 'kept':6} {result.seconds:6.1f} s  {times}"
    )
    for trouble in result.troubles:
        print(f"       {trouble}")
    sys.stdout.flush()


def table(results: "list[Result]") -> None:
    by_name: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        by_name[result.scenario].append(result)
    print(f"\n{'scenario':32} {'runs':>5} {'broken':>7}  hits in sum, worst times in seconds")
    for name, found in by_name.items():
        worst: dict[str, float] = {}
        for result in found:
            for what, value in result.measured.items():
                worst[what] = value + worst.get(what, 0) if what == "hits" else max(value, worst.get(what, 0.0))
        broken = sum(bool(result.troubles) for result in found)
        times = ", ".join(f"{what} {value:.1f}" for what, value in worst.items())
        print(f"{name:32} {len(found):5} {broken:7}  {times}")
    broken = sum(bool(result.troubles) for result in results)
    print(f"{'all':32} {len(results):5} {broken:7}")


if __name__ == "__main__":
    sys.exit(main())
