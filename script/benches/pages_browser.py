"""What Chromium makes of the pages, served as in production: paint, shifts, interactions; each page as a person walks it."""

import gzip
import os
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import urllib3

from script.commands import web

WATCH = """
window.seen = {lcp: 0, shifts: [], inp: 0, long: 0};
// What moves before anything is painted, while styles load in a frame, nobody sees.
window.shifted = () => {
  const [painted] = performance.getEntriesByName("first-contentful-paint");
  return seen.shifts.filter(e => !painted || e.startTime > painted.startTime).reduce((sum, e) => sum + e.value, 0);
};
new PerformanceObserver(l => { for (const e of l.getEntries()) seen.lcp = e.startTime; })
  .observe({type: "largest-contentful-paint", buffered: true});
new PerformanceObserver(l => { for (const e of l.getEntries()) if (!e.hadRecentInput) seen.shifts.push(e); })
  .observe({type: "layout-shift", buffered: true});
new PerformanceObserver(l => { for (const e of l.getEntries()) if (e.interactionId) seen.inp = Math.max(seen.inp, e.duration); })
  .observe({type: "event", durationThreshold: 16, buffered: true});
new PerformanceObserver(l => { for (const e of l.getEntries()) seen.long += e.duration; })
  .observe({type: "longtask", buffered: true});
"""


TIME_A_CLICK = """() => { window.timed = new Promise(done => addEventListener("click", () => {
  const began = performance.now();
  document.addEventListener("htmx:afterSettle", () => done(performance.now() - began), {once: true});
}, {once: true, capture: true})); }"""


# What is folded does not come by scrolling.
MORE = "[...document.querySelectorAll('[hx-trigger*=intersect]')].some(element => element.checkVisibility())"
STILL = 150  # looks, five in a second, after which what has not come does not come


@contextmanager
def served(port: int, environment: Mapping[str, str] = os.environ) -> Iterator[str]:
    """The app's address, as it is served in production."""
    with serving(port, environment):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def serving(port: int, environment: Mapping[str, str] = os.environ) -> Iterator[subprocess.Popen[bytes]]:
    """The parent of the web processes: gunicorn, as in production."""
    process = subprocess.Popen(web(port), env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                if urllib3.request("GET", f"{url}/healthz", retries=False, timeout=2).status == 200:
                    break
            except urllib3.exceptions.HTTPError:
                time.sleep(0.2)
        yield process
    finally:
        process.terminate()
        process.wait(20)


def in_the_browser(port: int, cookie: tuple[str, str], paths: Mapping[str, str]) -> dict[str, dict[str, float]]:
    """By the name of a page (`paths` has their paths): what was measured on it, in ms and KiB; CLS has no unit."""
    from playwright.sync_api import sync_playwright

    with served(port) as url, sync_playwright() as player:
        browser = player.chromium.launch(executable_path=os.environ["CHROMIUM"], args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": 1024, "height": 700})
        context.add_cookies([{"name": cookie[0], "value": cookie[1], "url": url}])
        context.add_init_script(WATCH)
        found = {name: walked(context.new_page(), url + path, name) for name, path in paths.items()}
        browser.close()
    return found


def walked(page: Any, url: str, name: str) -> dict[str, float]:
    scripts: list[int] = []
    page.on(
        "response",
        lambda answer: scripts.append(weight(answer)) if answer.url.split("?")[0].endswith(".js") else None,
    )
    page.goto(url)
    page.goto(url)  # the first one warms the server up
    page.wait_for_load_state("networkidle")
    found = {"DCL": dcl(page), **read(page, "LCP"), "scripts KiB gz": sum(scripts) / 2 / 1024}
    if name != "setup":  # which has no list that comes as one scrolls
        everything_loaded(page)
    found |= WALKS[name](page)
    found |= read(page, "INP", "CLS", "long tasks")
    page.close()
    return found


def weight(answer: Any) -> int:
    try:
        return len(gzip.compress(answer.body()))
    except Exception:  # a redirect has no body
        return 0


def dcl(page: Any) -> float:
    return float(page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"))


def read(page: Any, *names: str) -> dict[str, float]:
    seen = page.evaluate("({...seen, shifts: shifted()})")
    known = {"LCP": seen["lcp"], "CLS": seen["shifts"], "INP": seen["inp"], "long tasks": seen["long"]}
    return {name: float(known[name]) for name in names}


def everything_loaded(page: Any) -> None:
    """Scroll until nothing more comes; on a busy machine each part may take its time."""
    size, still = 0, 0
    while page.evaluate(MORE):
        page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
        page.wait_for_timeout(200)
        grown = page.evaluate("document.getElementsByTagName('*').length")
        still, size = (still + 1 if grown == size else 0), grown
        if still > STILL:
            raise SystemExit(f"What comes as one scrolls does not come to an end on {page.url}.")


def link(page: Any) -> dict[str, float]:
    """Exclude, move, filter: with all assets loaded. `reorder`: from the click until the answer is shown, ms at the median."""
    exclude(page)
    times = []
    page.locator("[data-rows]").first.click()
    page.locator('[data-do="down"]').first.wait_for()
    for _ in range(10):
        page.evaluate(TIME_A_CLICK)
        page.locator(
            '[data-do="down"]:not([disabled])'
        ).first.click()  # a real one: what follows it at once is no shift
        times.append(page.evaluate("timed"))
        page.wait_for_timeout(100)
    search(page, "SKU-12")
    times.sort()
    return {"reorder": float(times[len(times) // 2])}


def exclude(page: Any) -> None:
    for _ in range(
        6
    ):  # found by their marks: asking a thousand rows for their accessible names is long work for the page
        page.locator('[data-do="exclude"]').first.click()
        page.wait_for_timeout(250)


def search(page: Any, text: str) -> None:
    page.locator("input[type=search]").first.press_sequentially(text, delay=60)
    page.wait_for_timeout(800)


def upload(page: Any) -> dict[str, float]:
    """Exclude, leave a store out and take it in again, another policy for alt texts, filter."""
    exclude(page)
    store = page.locator(".store input[type=checkbox]").first
    for _ in range(2):
        store.click()
        page.wait_for_timeout(500)
    page.locator("#alt-policy").select_option(index=1)
    page.wait_for_timeout(500)
    search(page, "new-12")
    return {}


def finder(page: Any) -> dict[str, float]:
    """Look for a key, and for one that nothing has."""
    search(page, "SKU-12")
    search(page, "nobody")
    return {}


def galleries(page: Any) -> dict[str, float]:
    """Of a run: they come when they are in sight."""
    page.locator("#filter-q").wait_for()
    return finder(page)


def choose(page: Any) -> dict[str, float]:
    """With a thousand pictures: select some, in a row, and all; move among them, and look at one large."""
    tiles = page.locator("#grid > .asset")
    while (more := page.locator("#more")).count() and tiles.count() < 1000:
        before = tiles.count()
        more.click()
        tiles.nth(before).wait_for()
    for at in (0, 3, 8):
        tiles.nth(at).click()
    keys = (
        "ArrowDown",
        "ArrowRight",
        "Space",
        "Shift+ArrowDown",
        "PageDown",
        "Space",
        "Home",
        "Shift+End",
        "Control+a",
    )
    for key in keys:
        page.keyboard.press(key)
        page.wait_for_timeout(300)
    page.keyboard.press("Enter")
    page.wait_for_timeout(800)
    return {}


WALKS: Mapping[str, Callable[[Any], dict[str, float]]] = {
    "link": link,
    "upload": upload,
    "choose": choose,
    "history": finder,
    "links": finder,
    "run": galleries,
    "dry run": lambda page: {},
    "setup": lambda page: {},
}
