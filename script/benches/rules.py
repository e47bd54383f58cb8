"""Rules at their busiest: a thousand assets that change at once, and very many rules that are due in the same minute, while
people look at pages. For `script/bench rules`."""

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import urllib3

from script import surroundings
from script.benches.calibration import Calibrated, Calibration
from script.benches.pages_browser import served
from script.benches.world import PER_PRODUCT, sandbox, write_catalog
from script.own_database import prepare
from script.ports import free_port
from script.terminal import say

if TYPE_CHECKING:
    from linking.models import Rule
    from script.benches.measured import Measured

# In calibrations, at p95: the budgets of first pages (docs/bench.md).
ALLOWED = {"Link to Products": 22.5, "Rules": 45.0, "a rule": 45.0, "History": 45.0, "Links": 45.0}
PATIENCE = 900.0  # seconds for all of them
PAUSE = 0.2  # between two looks at a page
ROUNDS = 20  # before anything is due

Times = Mapping[str, list[float]]


def rules(count: int, stores: int, one_run: Mapping[str, "Measured"], run: Calibrated) -> int:
    """`one_run`: by who started it. The exit code: 1 if a bar is missed."""
    with tempfile.TemporaryDirectory(prefix="assetlink-bench-rules-") as kept:
        folder = Path(kept)
        write_catalog(folder / "catalog", count * PER_PRODUCT)
        outside = surroundings.cleaned(os.environ)
        with sandbox(folder / "catalog", folder / "world", "plus", outside, stores=stores) as url:
            prepare(folder)
            quiet, busy, took, missed = due_at_once(folder, url, count)
    machine = run.end()
    say("", *alike(one_run), "", *table(quiet, busy, machine))
    missed += [*more_points(one_run), *late(busy, machine)]
    lines = missed or [f"held   {count} rules over {stores} stores, due at once: all have run after {took:.0f} s"]
    say("", *lines)
    return 1 if missed else 0


def alike(found: Mapping[str, "Measured"]) -> list[str]:
    return [
        f"1,000 changed assets, {who:<10}{one.points:>7,} points {one.requests:>4} requests {one.mutations:>3} mutations"
        f" {one.seconds:6.1f} s"
        for who, one in found.items()
    ]


def more_points(found: Mapping[str, "Measured"]) -> list[str]:
    """A rule's run costs what a person's does."""
    person, rule = found.values()
    if rule.points <= 1.05 * person.points and rule.mutations <= person.mutations:
        return []
    return [f"MISSED one run: a rule's takes {rule.points:,} points, a person's {person.points:,}"]


def due_at_once(folder: Path, url: str, count: int) -> tuple[Times, Times, float, list[str]]:
    """Milliseconds of pages before and meanwhile, the seconds until all have run, and what went wrong."""
    from django.conf import settings
    from django.core.management import call_command
    from django.utils import timezone

    from linking.models import Rule
    from tests.chaos.workers import Redis, Workers
    from tests.processes import environ

    call_command("connect_world", url, verbosity=0)
    made = make(count)
    redis = Redis(folder)
    redis.start()
    settings.REDIS_URL = redis.url
    limits = {"REQUESTS_PER_MINUTE": "100000", "SYNCS_PER_HOUR": "100000", "DRY_RUNS_PER_HOUR": "100000"}
    env = os.environ | environ(redis.url) | limits | {"LOG_LEVEL": "WARNING"}
    workers = Workers(env, folder)
    try:
        with served(free_port(), env) as address, looked_at(address, made[0]) as look:
            quiet = look(lambda: False, ROUNDS)
            workers.start()
            begun = time.monotonic()
            at = timezone.now() - timedelta(seconds=1)
            Rule.objects.update(on=True, next_at=at)
            busy = look(lambda: is_over(count) or time.monotonic() - begun > PATIENCE, 0)
            return quiet, busy, time.monotonic() - begun, [*wrong(count)]
    finally:
        workers.stop()
        redis.stop()


def make(count: int) -> "list[Rule]":
    """Each for the assets of one product and one of the stores, so that these have as many rules each."""
    from linking.models import Rule
    from setup.models import Environment, Store

    environment = Environment.objects.get()
    stores = list(Store.objects.order_by("pk"))
    settings = {"link_mode": "append", "cloudinary_field": "metadata:sku", "shopify_field": "sku"}
    known = {"schedule": "0 3 1 1 *", "policy": {"freedom": "keeping"}, "settings": settings}
    made = [
        Rule.objects.create(
            environment=environment, name=f"Rule {at}", search=f'metadata.sku="SKU-{at}"', trigger="schedule", **known
        )
        for at in range(count)
    ]
    for at, rule in enumerate(made):
        rule.stores.set([stores[at % len(stores)]])
    return made


@contextmanager
def looked_at(address: str, rule: "Rule") -> "Iterator[Callable[[Callable[[], bool], int], Times]]":
    """Call it: a person who looks at one page after another until it is over, or for so many rounds."""
    from django.conf import settings
    from django.contrib.sessions.backends.db import SessionStore

    from linking.models import Selection
    from script.benches import ways

    chosen: Selection = ways.selection()
    session = SessionStore()
    session["member"] = chosen.member_id
    session.save()
    headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session.session_key}"}
    paths = {
        "Link to Products": f"/selections/{chosen.key}/",
        "Rules": "/rules/",
        "a rule": f"/rules/{rule.key}/",
        "History": "/syncs/",
        "Links": "/links/",
    }
    pool = urllib3.PoolManager(retries=False, timeout=urllib3.Timeout(60))

    def look(over: Callable[[], bool], rounds: int) -> Times:
        found: dict[str, list[float]] = {name: [] for name in paths}
        while not over() and (not rounds or len(found["Rules"]) < rounds):
            for name, path in paths.items():
                begun = time.perf_counter()
                status = pool.request("GET", address + path, headers=headers, redirect=False).status
                found[name].append(1000 * (time.perf_counter() - begun))
                if status != 200:
                    raise SystemExit(f"{path} was answered {status}.")
            time.sleep(PAUSE)
        return found

    yield look


def is_over(count: int) -> bool:
    from linking.models import Firing, StoreSync
    from linking.models.jobs import JobState

    done = Firing.objects.filter(state__in=[JobState.DONE, JobState.FAILED]).count()
    return done == count and not StoreSync.objects.busy().exists()


def wrong(count: int) -> Iterator[str]:
    from linking.models import ChangeRow, Firing, StoreSync

    ran = Firing.objects.filter(result=Firing.Result.RAN).count()
    done = StoreSync.objects.filter(state=StoreSync.State.DONE).count()
    # The pretend stores lack some of the products: of these the report says so.
    ended = ChangeRow.objects.exclude(asset_id="").filter(
        outcome__in=[ChangeRow.Outcome.DONE, ChangeRow.Outcome.SKIPPED]
    )
    if (ran, done, ended.count()) != (count, count, count * PER_PRODUCT):
        yield f"MISSED of {count} rules {ran} fired, {done} runs are done, and {ended.count()} pictures ended well"


def table(quiet: Times, busy: Times, machine: Calibration) -> list[str]:
    lines = [f"{'page':<20}{'quiet':>9}{'busy':>9}{'p95':>9}{'best x':>9}{'p95 x':>9}{'budget':>9}{'looks':>8}"]
    for name, took in busy.items():
        middle, late = statistics.median(took), p95(took)
        before = statistics.median(quiet[name])
        numbers = f"{before:>7.0f}ms{middle:>7.0f}ms{late:>7.0f}ms{machine.times(min(took)):>9.1f}"
        lines.append(f"{name:<20}{numbers}{machine.times(late):>9.1f}{ALLOWED[name]:>9g}{len(took):>8}")
    return lines


def p95(took: list[float]) -> float:
    return sorted(took)[int(len(took) * 0.95)]


def late(busy: Times, machine: Calibration) -> list[str]:
    return [
        f"MISSED {name}: {machine.times(p95(took)):.1f} x of {ALLOWED[name]:g} ({p95(took):.0f} ms)"
        for name, took in busy.items()
        if machine.times(p95(took)) > ALLOWED[name]
    ]
