"""Cloudinary's events as they may come: a burst, and then so many a second. Each is a row, or was answered 503 and would come
again; none that was answered 200 is lost. For `script/bench events`."""

import hashlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import urllib3

from script import surroundings
from script.benches import app
from script.benches.calibration import Calibrated
from script.benches.pages_browser import served
from script.ports import free_port
from script.terminal import say

SECRET, TOKEN = "the-secret-of-the-bench", "token-of-the-bench"
SENDERS = 64
PATIENCE = 20.0  # seconds: Cloudinary's own
MADE = f"""
import django
django.setup()
from django.core.management import call_command
from setup.models import Environment, EventAddress
call_command("migrate", verbosity=0)
known = {{"api_key": "k", "api_secret": "{SECRET}", "launch_issuer": "i", "launch_secret": "s"}}
EventAddress.objects.create(environment=Environment.objects.create(cloud_name="bench", **known), token="{TOKEN}")
"""
KEPT = """
import django
django.setup()
from setup.models import CloudinaryEvent
print(*CloudinaryEvent.objects.values_list("digest", flat=True))
"""


@dataclass
class Sent:
    """By digest: the status of the answer, 0 for none, and how long it took in ms."""

    statuses: dict[str, int] = field(default_factory=dict)
    took: list[float] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def line(self, name: str) -> str:
        counts = ", ".join(f"{n:,} answered {status}" for status, n in sorted(Counter(self.statuses.values()).items()))
        ordered = sorted(self.took)
        middle, late = statistics.median(ordered), ordered[int(len(ordered) * 0.99)]
        return f"{name:<24}{len(self.statuses):>7,} sent: {counts}; median {middle:.0f} ms, p99 {late:.0f} ms"


def events(burst: int, rate: int, seconds: int, run: Calibrated) -> int:
    """The exit code: 1 if an event was lost, or was answered anything but 200 and 503."""
    with tempfile.TemporaryDirectory(prefix="assetlink-bench-events-") as kept:
        outside, port = surroundings.cleaned(os.environ), free_port()
        own = {"DEBUG": "1", "APP_URL": f"http://127.0.0.1:{port}"}
        environment = outside | app.surroundings(Path(kept) / "app.sqlite3") | own
        subprocess.run([sys.executable, "-c", MADE], cwd=app.ROOT, env=environment, check=True)
        with served(port, environment) as address:
            url = f"{address}/webhooks/cloudinary/{TOKEN}"
            at_once = send(url, burst, 0)
            steadily = send(url, rate * seconds, rate)
        found = subprocess.run(
            [sys.executable, "-c", KEPT], cwd=app.ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True
        )
    run.end()
    rows = set(found.stdout.split())
    say("", at_once.line("a burst"), steadily.line(f"{rate} a second"))
    missed = [*troubles("burst", at_once, rows), *troubles("rate", steadily, rows)]
    say("", *(missed or [f"held   {len(rows):,} rows: every event that was answered 200 is one"]))
    return 1 if missed else 0


def troubles(name: str, sent: Sent, rows: set[str]) -> list[str]:
    lost = [digest for digest, status in sent.statuses.items() if status == 200 and digest not in rows]
    odd = Counter(status for status in sent.statuses.values() if status not in (200, 503))
    found = [f"MISSED {name}: {len(lost):,} events were answered 200 and are no rows"] if lost else []
    return found + [f"MISSED {name}: {n:,} events were answered {status}" for status, n in odd.items()]


def send(url: str, count: int, rate: int) -> Sent:
    """`rate`: so many a second; 0: all at once."""
    sent, begun = Sent(), time.monotonic()
    pool = urllib3.PoolManager(maxsize=SENDERS, retries=False, timeout=urllib3.Timeout(PATIENCE))

    def one(number: int) -> None:
        if rate:
            time.sleep(max(0.0, begun + number / rate - time.monotonic()))
        body = json.dumps({"notification_type": "upload", "asset_id": f"{begun}-{number}", "public_id": "a"}).encode()
        at = str(int(time.time()))
        signed = hashlib.sha1(body + at.encode() + SECRET.encode()).hexdigest()
        headers = {"X-Cld-Timestamp": at, "X-Cld-Signature": signed, "Content-Type": "application/json"}
        start = time.monotonic()
        try:
            status = pool.request("POST", url, body=body, headers=headers).status
        except urllib3.exceptions.HTTPError:
            status = 0
        with sent.lock:
            sent.statuses[hashlib.sha256(body + at.encode()).hexdigest()] = status
            sent.took.append(1000 * (time.monotonic() - start))

    with ThreadPoolExecutor(SENDERS) as senders:
        list(senders.map(one, range(count)))
    return sent
