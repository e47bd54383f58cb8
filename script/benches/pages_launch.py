"""From the Console's menu to a board that a person can work with: groups in sight, and the matches of both stores."""

import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from script.benches.pages_browser import WATCH, read, served

TIMES = 3  # launches; the median counts
PATIENCE = 60_000.0  # ms
# Counts stand beside the checkboxes of the stores, as their descriptions, whether the list is open or not.
ANSWERED = """stores => [...document.querySelectorAll("input[type=checkbox][name=stores]")].filter(box =>
  /\\d+ of [\\d,]+ .*matched/.test(document.getElementById(box.getAttribute("aria-describedby"))?.textContent ?? "")
).length >= stores"""


def launched(console: str, port: int, folder: Path, *, stores: int) -> dict[str, float]:
    """In ms, from the press of the menu's item, with two workers as in script/demo. The Console frames the app."""
    from playwright.sync_api import sync_playwright

    from tests.processes import redis, worker

    with redis(folder) as url:
        known = {**os.environ, "REDIS_URL": url, "FRAME_ANCESTORS": console}
        with (
            worker(known, folder, "one"),
            worker(known, folder, "two"),
            served(port, known),
            sync_playwright() as player,
        ):
            browser = player.chromium.launch(executable_path=os.environ["CHROMIUM"], args=["--no-sandbox"])
            found = [launch(browser, console, stores) for _ in range(TIMES + 1)][1:]  # the first one warms up
            browser.close()
    return {name: sorted(one[name] for one in found)[TIMES // 2] for name in found[0]}


def launch(browser: Any, console: str, stores: int) -> dict[str, float]:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(PATIENCE)
    context.add_init_script(WATCH)
    page = context.new_page()
    page.goto(f"{console}/console/")
    page.get_by_label("Role").select_option("Media Library user")
    page.get_by_role("button", name="Select all shown").click()
    page.get_by_role("button", name="More actions").click()
    took = stopwatch()
    page.get_by_role("menuitem", name="Shopify AssetLink").click()
    app = page.frame_locator("iframe[name=assetlink]")
    app.locator("#groups").get_by_text(re.compile(r"^\s*SKU-\d+\s*$")).first.wait_for()
    found = {"groups in sight": took()}
    frame = page.frame(name="assetlink")
    frame.wait_for_function(ANSWERED, arg=stores)
    found["matches of both"] = took()
    page.wait_for_timeout(1500)  # what the counts move comes after them
    found |= read(frame, "CLS")
    context.close()
    return found


def stopwatch() -> Callable[[], float]:
    began = time.monotonic()
    return lambda: (time.monotonic() - began) * 1000
