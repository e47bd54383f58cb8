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
    from django.conf import settings
    from django.test import Client
    from django.urls import reverse
    from django.utils import timezone

    from linking import finding, matching, starting
    from linking.models import Selection
    from linking.syncing.work import Next, work
    from script.bench_ways import selection
    from setup.models import Store
    from setup.shopify_client import ShopifyClient

    chosen = selection()
    for store in Store.objects.all():
        match, _ = matching.ask(chosen, store, now=timezone.now())
        matching.answer(match, ShopifyClient(store))
    dry = starting.link(chosen, "dry", dry_run=True)
    run = starting.link(chosen, "run", dry_run=False)
    for part in [*dry.parts.all(), *run.parts.all()]:
        while work(part.pk) not in (Next.NOTHING, Next.WAIT):
            pass
    chosen.refresh_from_db()
    chosen.member.roles = ["master_admin"]
    chosen.member.save()
    client = Client()
    session = client.session
    session.update(
        {"member": chosen.member_id, "selection": str(chosen.key), "since": time.time(), "seen": time.time()}
    )
    session.save()
    cookie = (settings.SESSION_COOKIE_NAME, session.session_key or "")
    client.cookies[cookie[0]] = cookie[1]

    def path(name: str, *more: Any) -> str:
        return reverse(name, args=[chosen.key, *more])

    def get(url: str) -> Callable[[], Any]:
        return lambda: client.get(url, HTTP_HX_REQUEST="true")

    def edit(**fields: Any) -> Callable[[], Any]:
        def send() -> Any:
            version = Selection.objects.values_list("version", flat=True).get(pk=chosen.pk)
            return client.post(path("link-arrange"), {**fields, "version": version}, HTTP_HX_REQUEST="true")

        return send

    from linking.arranging import arrangement_of

    group = arrangement_of(chosen, chosen.assets.all()).groups[0].id
    settings_form = {"cloudinary_field": "metadata:sku", "shopify_kind": "sku", "link_mode": "append"}
    settings_form |= {"order_field": "metadata:sequence", "stores": [store.pk for store in Store.objects.all()]}

    def save_settings() -> Any:
        version = Selection.objects.values_list("version", flat=True).get(pk=chosen.pk)
        return client.post(path("link-settings"), {**settings_form, "version": version}, HTTP_HX_REQUEST="true")

    seesaw = {"up": 0}

    def to_and_fro() -> Any:
        seesaw["up"] += 1
        return edit(do="down" if seesaw["up"] % 2 else "up", g=group, a=0)()

    def out_and_in() -> Any:
        seesaw["up"] += 1
        return edit(do="exclude" if seesaw["up"] % 2 else "include", a=1)()

    found = [
        measured("Link to Products, compact", "page", lambda: client.get(path("link"))),
        measured("more groups", "fragment", get(path("link-groups") + f"?after={group}")),
        measured("filter by text", "fragment", get(path("link-groups") + "?q=SKU-12")),
        measured("filter by state", "fragment", get(path("link-groups") + "?state=matched")),
        measured("stores (polled)", "fragment", get(path("link-stores"))),
        measured("the button's numbers", "fragment", get(path("link-actions"))),
        measured("move", "fragment", to_and_fro, own=1),
        measured("exclude", "fragment", out_and_in, own=1),
        measured("settings saved", "page", save_settings, own=1),
    ]
    everything = mock.patch.multiple(finding, GROUPS=10**6, TILES=10**6, ROWS=10**6)
    with everything:
        found.append(measured("  instead: all groups at once", "alternative", lambda: client.get(path("link"))))
    Selection.objects.filter(pk=chosen.pk).update(view="regular")
    found.append(measured("Link to Products, regular", "page", lambda: client.get(path("link"))))
    with everything:
        found.append(measured("  instead: all rows at once", "alternative", lambda: client.get(path("link"))))
    Selection.objects.filter(pk=chosen.pk).update(view="compact")
    for title, sync in (("dry run", dry), ("run", run)):
        address = reverse("sync", args=[sync.key])
        found += [
            measured(f"{title}: page", "page", get(address)),
            measured(f"{title}: progress", "fragment", get(reverse("sync-progress", args=[sync.key]))),
            measured(f"{title}: products", "fragment", get(reverse("sync-products", args=[sync.key]))),
        ]
    found.append(measured("History", "page", lambda: client.get(reverse("history"))))
    found.append(measured("Setup", "page", lambda: client.get(reverse("setup"))))
    return found, cookie, path("link")


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
        times.append(
            page.evaluate(
                """async () => {
                  const button = [...document.querySelectorAll('[data-do="down"]:not([disabled])')][0];
                  const began = performance.now();
                  const done = new Promise(r =>
                    document.addEventListener("htmx:afterSettle", () => r(performance.now()), {once: true}));
                  button.click();
                  return (await done) - began;
                }"""
            )
        )
        page.wait_for_timeout(100)
    box = page.get_by_role("searchbox").first
    box.press_sequentially("SKU-12", delay=60)
    page.wait_for_timeout(800)
    times.sort()
    return {"reorder": float(times[len(times) // 2])}


if __name__ == "__main__":
    arguments: Sequence[str] = sys.argv[1:]
    main(arguments[0], int(arguments[1]))
