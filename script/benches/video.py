"""A large video through a worker: how much memory that takes, and how long. For `script/bench video`."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from script.benches.calibration import Calibrated
from script.own_database import prepare
from script.terminal import say

ROOT = Path(__file__).resolve().parents[2]
MB = 1024**2
BAR = 200 * MB


def video(size: int, run: Calibrated) -> int:
    """`size` in bytes. The exit code: 1 if the worker took more memory than the bar, or the video did not arrive."""
    with tempfile.TemporaryDirectory(prefix="assetlink-bench-video-") as kept:
        folder = Path(kept)
        prepare(folder)
        peak, seconds, outcome = measure(folder, size)
    took = f"{seconds:.1f} s ({run.end().times(1000 * seconds):,.0f} x)"
    say(f"A video of {size // MB:,} MB: {outcome} in {took}; the worker took {peak / MB:.0f} MB at most.")
    held = outcome == "done" and peak < BAR
    say(f"{'held' if held else 'MISSED'}: below {BAR // MB} MB")
    return 0 if held else 1


def measure(folder: Path, size: int) -> tuple[int, float, str]:
    """(bytes, seconds, outcome). Source and store are in this process, the worker in one of its own."""
    from linking.models import ChangeRow
    from tests import pressing
    from tests.films import cinema, clip
    from tests.processes import environ
    from tests.scenes import asset, catalog, connected, part_of, product, served

    shop = catalog([product("a")], [asset("turn", "a", content=clip())])
    with served(shop, folder) as (world, url), cinema(size) as house:
        place = connected(world, url)
        place.environment.delivery_base = house.url
        place.environment.save()
        sync = pressing.link(place.select("turn"), "bench", dry_run=False)
        command = [sys.executable, "-m", "tests.peak", str(part_of(sync).pk)]
        begun = time.monotonic()
        done = subprocess.run(
            command, cwd=ROOT, env={**os.environ, **environ("redis://127.0.0.1:1/0")}, capture_output=True, text=True
        )
        seconds = time.monotonic() - begun
    if done.returncode:
        raise SystemExit(f"The worker came to no result:\n{done.stderr[-3000:]}")
    [line] = ChangeRow.objects.filter(part__sync=sync)
    return int(done.stdout.split()[-1]), seconds, line.outcome if line.outcome == "done" else line.reason
