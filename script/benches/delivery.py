"""Media by SKU, asked as shops do: as quickly as answers come, every other time by who knows the answer already. For
`script/bench delivery`."""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import urllib3

from script import surroundings
from script.benches import app
from script.benches.calibration import Calibrated
from script.benches.pages_browser import served
from script.ports import free_port
from script.terminal import say

SLUG, PRODUCTS, MEDIA, SENDERS = "benchbench", 1000, 5, 8
LEAST, P95 = 300, 50.0  # requests a second, ms
MADE = f"""
import django
django.setup()
from django.core.management import call_command
from linking.delivery import entries
from linking.domain import delivered
from linking.domain.assets import Asset
from linking.models import DeliveredName, DeliveredProduct, DeliveryEndpoint
from setup.models import Environment, Store
call_command("migrate", verbosity=0)
known = {{"api_key": "k", "api_secret": "s", "launch_issuer": "i", "launch_secret": "s"}}
environment = Environment.objects.create(cloud_name="bench", **known)
store = Store.objects.create(environment=environment, name="Bench", domain="bench.myshopify.com")
endpoint = DeliveryEndpoint.objects.create(environment=environment, store=store, slug="{SLUG}", name="b", on=True, state="done")
for at in range({PRODUCTS}):
    media = []
    for n in range({MEDIA}):
        asset = Asset(f"{{at}}-{{n}}", f"products/{{at}}-{{n}}", width=2000, height=2500, context={{"alt": "A chair"}})
        shown = entries.of_asset(environment, asset, {{}})
        media.append(delivered.entry(asset.asset_id, [(0.0, float("inf"))], [], shown))
    body = {{"product": {{"id": str(at), "title": "Chair", "handle": f"chair-{{at}}"}}, "media": media}}
    product = DeliveredProduct.objects.create(endpoint=endpoint, product_id=str(at), body=body)
    DeliveredName.objects.create(endpoint=endpoint, product=product, kind="sku", value=f"SKU-{{at}}")
"""


@dataclass
class Asked:
    statuses: Counter[int] = field(default_factory=Counter)
    took: list[float] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


def delivery(seconds: int, run: Calibrated) -> int:
    """The exit code: 1 if it misses a bar."""
    with tempfile.TemporaryDirectory(prefix="assetlink-bench-delivery-") as kept:
        outside, port = surroundings.cleaned(os.environ), free_port()
        own = {"DEBUG": "1", "APP_URL": f"http://127.0.0.1:{port}", "REQUESTS_PER_MINUTE": "1000000"}
        environment = outside | app.surroundings(Path(kept) / "app.sqlite3") | own
        subprocess.run([sys.executable, "-c", MADE], cwd=app.ROOT, env=environment, check=True)
        with served(port, environment) as address:
            ask(address, 2)  # processes have to get warm
            asked = ask(address, seconds)
    run.end()
    ordered = sorted(asked.took)
    rate, late = len(ordered) / seconds, ordered[int(len(ordered) * 0.95)]
    counts = ", ".join(f"{n:,} answered {status}" for status, n in sorted(asked.statuses.items()))
    say(
        "",
        f"from gunicorn  {rate:,.0f} a second: {counts}; median {statistics.median(ordered):.1f} ms, p95 {late:.1f} ms",
    )
    say("behind nginx   skipped: " + ("not measured yet" if shutil.which("nginx") else "nginx is not installed"))
    odd = sum(n for status, n in asked.statuses.items() if status not in (200, 304))
    missed = [f"MISSED {rate:,.0f} a second, and the bar is {LEAST}"] if rate < LEAST else []
    missed += [f"MISSED p95 {late:.1f} ms, and the bar is {P95:.0f}"] if late > P95 else []
    missed += [f"MISSED {odd:,} answers were neither 200 nor 304"] if odd else []
    say("", *(missed or ["held   all bars"]))
    return 1 if missed else 0


def ask(address: str, seconds: float) -> Asked:
    asked, until = Asked(), time.monotonic() + seconds

    def one(first: int) -> None:
        pool, known, at = (
            urllib3.PoolManager(maxsize=1, retries=False, timeout=urllib3.Timeout(10)),
            dict[str, str](),
            first,
        )
        statuses, took = Counter[int](), []
        while time.monotonic() < until:
            at += 1
            url = f"{address}/d/{SLUG}/products/SKU-{at // 2 * 7 % PRODUCTS}/media"
            start = time.monotonic()
            answer = pool.request("GET", url, headers={"If-None-Match": known[url]} if url in known else {})
            took.append(1000 * (time.monotonic() - start))
            statuses[answer.status] += 1
            known = {url: answer.headers.get("ETag", "")} if url not in known else {}
        with asked.lock:
            asked.statuses.update(statuses)
            asked.took += took

    threads = [threading.Thread(target=one, args=(100 * n,)) for n in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return asked
