"""Choose Assets with a thousand pictures in Chromium: what each press costs until it is seen, and of that styles, layout and
scripts. Once as this machine is, once with its processor slowed down. For `script/bench choose`."""

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from script import chromium, surroundings
from script.benches import app
from script.benches.calibration import Calibrated, Calibration
from script.benches.pages import TIMES, write_catalog
from script.benches.pages_browser import served
from script.benches.world import sandbox
from script.ports import free_port
from script.terminal import say

THOUSAND = 1000
# https://web.dev/articles/inp: of one press, of all its events the longest, from the press to the frame that shows what it did.
WATCH = """
window.presses = [];
new PerformanceObserver(list => { for (const one of list.getEntries()) if (one.interactionId) presses.push(one.duration); })
  .observe({type: "event", durationThreshold: 16, buffered: true});
"""
QUIET = 250  # ms after a press, for its frame and the report of it
PARTS = {"style": "RecalcStyleDuration", "layout": "LayoutDuration", "script": "ScriptDuration", "all": "TaskDuration"}
# Prints the session's cookie of an admin of the sandbox's environment.
ENTER = """
import sys, time, django
django.setup()
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from setup.models import Environment, Member
call_command("migrate", verbosity=0)
call_command("connect_world", sys.argv[1], stdout=sys.stderr)
known = {"external_id": "bench", "name": "Bench", "roles": ["master_admin"]}
member = Member.objects.create(environment=Environment.objects.get(), **known)
session = Client().session
session.update({"member": member.pk, "since": time.time(), "seen": time.time()})
session.save()
print(settings.SESSION_COOKIE_NAME, session.session_key)
"""


@dataclass(frozen=True)
class Press:
    """Of one kind of press, in ms: what each took until it was seen, and what it cost the page's main thread at the median."""

    name: str
    took: list[float]
    cost: dict[str, float]

    @property
    def worst(self) -> float:
        return max(self.took)


def choosing(rounds: int, slowed: float, accessible: bool, run: Calibrated) -> int:
    """The exit code: 1 if a press takes longer than INP may, as the machine is or slowed down."""
    browser = chromium.find()
    if browser is None:
        say(chromium.HOW_TO_GET_IT)
        return 1
    found: dict[float, list[Press]] = {}
    with tempfile.TemporaryDirectory(prefix="assetlink-bench-choose-") as kept:
        folder, outside, port = Path(kept), surroundings.cleaned(os.environ), free_port()
        write_catalog(folder / "catalog")
        own = f"http://127.0.0.1:{port}"
        with sandbox(folder / "catalog", folder / "world", "plus", outside, stores=2, app_url=own) as url:
            values = {"DEBUG": "1", "IMAGE_SOURCES": url, "APP_URL": own, "REQUESTS_PER_MINUTE": "100000"}
            environment = outside | app.surroundings(folder / "app.sqlite3") | values
            entered = [sys.executable, "-c", ENTER, url]
            done = subprocess.run(entered, cwd=app.ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
            name, value = done.stdout.split()[-2:]
            with served(port, environment) as address:
                cookie = {"name": name, "value": value, "url": address}
                for rate in dict.fromkeys((1.0, slowed)):
                    found[rate] = list(pressed(browser, cookie, rounds, rate, accessible=accessible))
    machine = run.end()
    for rate, presses in found.items():
        say("", *table(rate, presses, machine))
    missed = [
        f"MISSED {press.name}: {machine.times(press.worst):.1f} x of {TIMES['INP']:g} ({press.worst:.0f} ms), slowed {rate:g} x"
        for rate, presses in found.items()
        for press in presses
        if machine.times(press.worst) > TIMES["INP"]
    ]
    say("", *(missed or ["held   every budget"]))
    return 1 if missed else 0


def table(rate: float, presses: Sequence[Press], machine: Calibration) -> list[str]:
    lines = [
        f"{'slowed down ' + format(rate, 'g') + ' times' if rate != 1 else 'as it is':<24}{'median':>8}{'worst':>8}"
    ]
    lines[0] += f"{'worst x':>9}" + "".join(f"{part:>8}" for part in PARTS)
    for press in presses:
        numbers = f"{statistics.median(press.took):>8.0f}{press.worst:>8.0f}{machine.times(press.worst):>9.1f}"
        lines.append(f"{press.name:<24}{numbers}" + "".join(f"{press.cost[part]:>8.1f}" for part in PARTS))
    return lines


def pressed(browser: str, cookie: Mapping[str, str], rounds: int, rate: float, *, accessible: bool) -> Iterator[Press]:
    """`accessible`: with the tree that a screen reader reads."""
    from playwright.sync_api import sync_playwright

    more = ["--force-renderer-accessibility"] if accessible else []
    with sync_playwright() as player:
        opened = player.chromium.launch(executable_path=browser, args=["--no-sandbox", *more])
        context = opened.new_context(viewport={"width": 1024, "height": 700})
        context.add_cookies([dict(cookie)])
        context.add_init_script(WATCH)
        page = context.new_page()
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto(f"{cookie['url']}/assets/?order=name")
        fill(page)
        meter = context.new_cdp_session(page)
        meter.send("Performance.enable")
        meter.send("Emulation.setCPUThrottlingRate", {"rate": rate})
        taken: dict[str, list[tuple[float, dict[str, float]]]] = {}
        for _round in range(rounds):
            for name, prepare, press in PRESSES:
                prepare(page)
                page.wait_for_timeout(4 * QUIET)  # what is drawn in parts, and what is sent
                taken.setdefault(name, []).append(measured(page, meter, press))
        opened.close()
    for name, found in taken.items():
        cost = {part: statistics.median(known[part] for _, known in found) for part in PARTS}
        yield Press(name, [took for took, _ in found], cost)


def fill(page: Any) -> None:
    """Until a thousand are shown."""
    tiles = page.locator("#grid > .asset")
    tiles.first.wait_for()
    while (more := page.locator("#more")).count() and tiles.count() < THOUSAND:
        before = tiles.count()
        more.click()
        tiles.nth(before).wait_for()


def measured(page: Any, meter: Any, press: Callable[[Any], None]) -> tuple[float, dict[str, float]]:
    """ms until it was seen (16 for what is quicker than Chromium reports), and what it cost within that and a moment more."""
    page.evaluate("presses.length = 0")
    before = metrics(meter)
    press(page)
    page.wait_for_timeout(QUIET)
    after = metrics(meter)
    took = max(page.evaluate("presses"), default=16.0)
    return float(took), {part: after[part] - before[part] for part in PARTS}


def metrics(meter: Any) -> dict[str, float]:
    known = {one["name"]: one["value"] for one in meter.send("Performance.getMetrics")["metrics"]}
    return {part: 1000 * known[name] for part, name in PARTS.items()}


def nothing_selected(page: Any) -> None:
    """The first one has the focus, and nothing is selected."""
    box = page.locator("#all")
    if box.evaluate("box => box.checked || box.indeterminate"):
        box.evaluate("box => { box.checked = true; box.indeterminate = false; box.click(); }")
    page.evaluate("document.querySelector('#grid > .asset').focus()")


def as_a_list(page: Any) -> None:
    nothing_selected(page)
    page.locator("#view-list").click()


def as_a_grid(page: Any) -> None:
    nothing_selected(page)
    page.locator("#view-grid").click()


def all_selected(page: Any) -> None:
    nothing_selected(page)
    page.keyboard.press("Control+a")


PRESSES: Sequence[tuple[str, Callable[[Any], None], Callable[[Any], None]]] = (
    ("a tick", nothing_selected, lambda page: page.locator("#grid > .asset").nth(3).click()),
    ("an arrow", nothing_selected, lambda page: page.keyboard.press("ArrowDown")),
    ("Page Down", nothing_selected, lambda page: page.keyboard.press("PageDown")),
    ("Shift over all", nothing_selected, lambda page: page.keyboard.press("Shift+End")),
    ("select all", nothing_selected, lambda page: page.keyboard.press("Control+a")),
    ("unselect all", all_selected, lambda page: page.locator("#all").click()),
    ("as a list", nothing_selected, lambda page: page.locator("#view-list").click()),
    ("a tick in the list", as_a_list, lambda page: page.locator("#grid > .asset").nth(3).click()),
    ("Shift over the list", as_a_list, lambda page: page.keyboard.press("Shift+End")),
    ("as a grid", as_a_list, lambda page: page.locator("#view-grid").click()),
    ("another size", as_a_grid, lambda page: page.locator("#size").press("ArrowRight")),
    ("the size from before", nothing_selected, lambda page: page.locator("#size").press("ArrowLeft")),
    ("a preview", nothing_selected, lambda page: page.keyboard.press("Enter")),
    ("its end", lambda page: None, lambda page: page.keyboard.press("Escape")),
)
