"""The measuring process of `script/bench pages`: `python -m script.bench_pages_measure SANDBOX PORT` prints JSON."""

import gzip
import importlib
import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from unittest import mock

import django
import urllib3
from django.core.management import call_command

from script.commands import web

REPEATS = 30


def main(url: str, port: int) -> None:
    django.setup()
    logging.disable(logging.CRITICAL)
    call_command("migrate", verbosity=0)
    call_command("connect_world", url, stdout=sys.stderr)
    importlib.import_module("assetlink_site.wsgi")  # what the server does at its start
    from django.conf import settings

    settings.DEBUG = False  # else every query is written down
    settings.ALLOWED_HOSTS = ["*"]
    views, cookie, address = at_the_server()
    print(json.dumps({"views": views, "browser": in_the_browser(port, cookie, address)}))


def at_the_server() -> tuple[list[dict[str, Any]], tuple[str, str], str]:
    """Each view's numbers; the session's cookie; the board's path."""
    from django.urls import reverse

    from linking.models import Selection

    stage = Stage()
    found = [*stage.board(), *stage.edits(), *stage.looks()]
    for title, sync in (("dry run", stage.dry), ("run", stage.done)):
        found += [
            measured(f"{title}: page", "page", stage.get(reverse("sync", args=[sync.key]))),
            measured(f"{title}: progress", "fragment", stage.get(reverse("sync-progress", args=[sync.key]))),
            measured(f"{title}: products", "fragment", stage.get(reverse("sync-products", args=[sync.key]))),
        ]
    found.append(measured("Upload to Store Files", "page", stage.get(stage.path("upload"))))
    found.append(measured("History", "page", stage.get(reverse("history"))))
    found.append(measured("Links", "page", stage.get(reverse("links"))))
    found.append(measured("Setup", "page", stage.get(reverse("setup"))))
    Selection.objects.filter(pk=stage.chosen.pk).update(view="compact")
    return found, stage.cookie, stage.path("link")


class Stage:
    """A selection of all assets that two stores have answered for, a dry run and a run of it, and a member at its pages."""

    def __init__(self) -> None:
        from linking import starting
        from script.bench_ways import selection

        self.chosen = selection()
        self._match()
        self.dry = starting.link(self.chosen, "dry", dry_run=True)
        self.done = starting.link(self.chosen, "run", dry_run=False)
        self._work_off()
        self.chosen.refresh_from_db()
        self.chosen.member.roles = ["master_admin"]
        self.chosen.member.save()
        self.client, self.cookie = self._enter()
        self.turns = 0

    def _match(self) -> None:
        from django.utils import timezone

        from linking import matching
        from setup.models import Store
        from setup.shopify_client import ShopifyClient

        for store in Store.objects.all():
            match, _ = matching.ask(self.chosen, store, now=timezone.now())
            matching.answer(match, ShopifyClient(store))

    def _work_off(self) -> None:
        from linking.syncing.work import Next, work

        for part in [*self.dry.parts.all(), *self.done.parts.all()]:
            while work(part.pk) not in (Next.NOTHING, Next.WAIT):
                pass

    def _enter(self) -> tuple[Any, tuple[str, str]]:
        from django.conf import settings
        from django.test import Client

        client, now = Client(), time.time()
        session = client.session
        known = {"member": self.chosen.member_id, "selection": str(self.chosen.key), "since": now, "seen": now}
        session.update(known)
        session.save()
        client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key or ""
        return client, (settings.SESSION_COOKIE_NAME, session.session_key or "")

    def path(self, name: str) -> str:
        from django.urls import reverse

        return reverse(name, args=[self.chosen.key])

    def get(self, url: str) -> Callable[[], Any]:
        return lambda: self.client.get(url, HTTP_HX_REQUEST="true")

    def post(self, name: str, **fields: Any) -> Any:
        """An edit of the state as it is."""
        from linking.models import Selection

        version = Selection.objects.values_list("version", flat=True).get(pk=self.chosen.pk)
        return self.client.post(self.path(name), {**fields, "version": version}, HTTP_HX_REQUEST="true")

    def board(self) -> list[dict[str, Any]]:
        from linking.arranging import arrangement_of

        self.group = arrangement_of(self.chosen, self.chosen.assets.all()).groups[0].id
        return [
            measured("Link to Products, compact", "page", lambda: self.client.get(self.path("link"))),
            measured("more groups", "fragment", self.get(self.path("link-groups") + f"?after={self.group}")),
            measured("filter by text", "fragment", self.get(self.path("link-groups") + "?q=SKU-12")),
            measured("filter by state", "fragment", self.get(self.path("link-groups") + "?state=matched")),
            measured("stores (polled)", "fragment", self.get(self.path("link-stores"))),
            measured("the button's numbers", "fragment", self.get(self.path("link-actions"))),
        ]

    def edits(self) -> list[dict[str, Any]]:
        """Each takes back what it did the time before; one query of each is the look at the version."""
        from setup.models import Store

        known = {"cloudinary_field": "metadata:sku", "shopify_kind": "sku", "order_field": "metadata:sequence"}
        known |= {"link_mode": "append", "stores": [store.pk for store in Store.objects.all()]}
        return [
            measured("move", "fragment", self._to_and_fro("down", "up", g=self.group, a=0), own=1),
            measured("exclude", "fragment", self._to_and_fro("exclude", "include", a=1), own=1),
            measured("settings saved", "page", lambda: self.post("link-settings", **known), own=1),
        ]

    def _to_and_fro(self, there: str, back: str, **fields: Any) -> Callable[[], Any]:
        def edit() -> Any:
            self.turns += 1
            return self.post("link-arrange", do=there if self.turns % 2 else back, **fields)

        return edit

    def looks(self) -> list[dict[str, Any]]:
        """The other view, and both beside what they are an alternative to: everything at once."""
        from linking import finding
        from linking.models import Selection

        everything = mock.patch.multiple(finding, GROUPS=10**6, TILES=10**6, ROWS=10**6)
        page = self.get(self.path("link"))
        with everything:
            found = [measured("  instead: all groups at once", "alternative", page)]
        Selection.objects.filter(pk=self.chosen.pk).update(view="regular")
        found.append(measured("Link to Products, regular", "page", page))
        with everything:
            found.append(measured("  instead: all rows at once", "alternative", page))
        return found


def measured(name: str, kind: str, ask: Callable[[], Any], own: int = 0) -> dict[str, Any]:
    """`own`: queries that the measuring itself asks, to know the version that it edits."""
    from django.db import connection

    queries = 0

    def count(execute: Any, *arguments: Any) -> Any:
        nonlocal queries
        queries += 1
        return execute(*arguments)

    answer = ask()  # the first one fills caches of templates
    if answer.status_code not in (200, 204):
        raise SystemExit(f"{name} was answered with {answer.status_code}: {answer.content[:300]!r}")
    with connection.execute_wrapper(count):
        answer = ask()
    times = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        answer = ask()
        times.append((time.perf_counter() - began) * 1000)
    times.sort()
    body = answer.content
    sizes = {"raw": len(body) / 1024, "gz": len(gzip.compress(body)) / 1024}
    p95 = times[round(0.95 * (len(times) - 1))]
    return {"name": name, "kind": kind, "median": times[len(times) // 2], "p95": p95, "queries": queries - own, **sizes}


WATCH = """
window.seen = {lcp: 0, cls: 0, inp: 0, long: 0};
new PerformanceObserver(l => { for (const e of l.getEntries()) seen.lcp = e.startTime; })
  .observe({type: "largest-contentful-paint", buffered: true});
new PerformanceObserver(l => { for (const e of l.getEntries()) if (!e.hadRecentInput) seen.cls += e.value; })
  .observe({type: "layout-shift", buffered: true});
new PerformanceObserver(l => { for (const e of l.getEntries()) if (e.interactionId) seen.inp = Math.max(seen.inp, e.duration); })
  .observe({type: "event", durationThreshold: 16, buffered: true});
new PerformanceObserver(l => { for (const e of l.getEntries()) seen.long += e.duration; })
  .observe({type: "longtask", buffered: true});
"""


TIME_A_CLICK = """() => { window.timed = new Promise(told => addEventListener("click", () => {
  const began = performance.now();
  document.addEventListener("htmx:afterSettle", () => told(performance.now() - began), {once: true});
}, {once: true, capture: true})); }"""


@contextmanager
def served(port: int) -> Iterator[str]:
    """The app as it is served in production, by gunicorn."""
    process = subprocess.Popen(web(port), env=os.environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                if urllib3.request("GET", f"{url}/healthz", retries=False, timeout=2).status == 200:
                    break
            except urllib3.exceptions.HTTPError:
                time.sleep(0.2)
        yield url
    finally:
        process.terminate()
        process.wait(20)


def in_the_browser(port: int, cookie: tuple[str, str], path: str) -> dict[str, float]:
    from playwright.sync_api import sync_playwright

    with served(port) as url, sync_playwright() as player:
        browser = player.chromium.launch(executable_path=os.environ["CHROMIUM"], args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": 1024, "height": 700})
        context.add_cookies([{"name": cookie[0], "value": cookie[1], "url": url}])
        context.add_init_script(WATCH)
        page = context.new_page()
        scripts: list[int] = []
        page.on(
            "response",
            lambda answer: scripts.append(weight(answer)) if answer.url.split("?")[0].endswith(".js") else None,
        )
        page.goto(url + path)
        page.goto(url + path)  # the first one warms the server up
        page.wait_for_load_state("networkidle")
        found = {"DCL": dcl(page), **read(page, "LCP", "long tasks"), "scripts KiB gz": sum(scripts) / 2 / 1024}
        everything_loaded(page)
        found |= interactions(page)
        found |= read(page, "INP", "CLS")
        browser.close()
    return found


def weight(answer: Any) -> int:
    try:
        return len(gzip.compress(answer.body()))
    except Exception:  # a redirect has no body
        return 0


def dcl(page: Any) -> float:
    return float(page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"))


def read(page: Any, *names: str) -> dict[str, float]:
    seen = page.evaluate("seen")
    known = {"LCP": seen["lcp"], "CLS": seen["cls"], "INP": seen["inp"], "long tasks": seen["long"]}
    return {name: float(known[name]) for name in names}


def everything_loaded(page: Any) -> None:
    """Scroll until no more groups come."""
    for _ in range(60):
        if not page.locator("[hx-trigger*=intersect]").count():
            return
        page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
        page.wait_for_timeout(200)
    raise SystemExit("The groups do not come to an end.")


def interactions(page: Any) -> dict[str, float]:
    """Exclude, move, filter: with all assets loaded. `reorder`: from the click until the answer is shown, ms at the median."""
    for button in page.get_by_role("button", name="Exclude new-").all()[:6]:
        button.click()
        page.wait_for_timeout(250)
    times = []
    page.get_by_role("button", name="Arrange").first.click()
    page.locator('[data-do="down"]').first.wait_for()
    for _ in range(10):
        page.evaluate(TIME_A_CLICK)
        page.locator(
            '[data-do="down"]:not([disabled])'
        ).first.click()  # a real one: what follows it at once is no shift
        times.append(page.evaluate("timed"))
        page.wait_for_timeout(100)
    box = page.get_by_role("searchbox").first
    box.press_sequentially("SKU-12", delay=60)
    page.wait_for_timeout(800)
    times.sort()
    return {"reorder": float(times[len(times) // 2])}


if __name__ == "__main__":
    arguments: Sequence[str] = sys.argv[1:]
    main(arguments[0], int(arguments[1]))
