"""The HTTP API among the views of `script/bench pages`: a thousand assets in one request, and runs that are polled."""

import itertools
import json
import threading
import time
from typing import Any

import urllib3
from django.test import Client

KINDS = ("files:write", "links:read", "links:write", "runs:read", "runs:write", "selections:write")
POLLED, TOGETHER, ROUNDS = 100, 20, 5
PACE = 2.0  # seconds between two polls of one run


class Program:
    """One with a key of its own. The runs that it makes are dry ones, which nobody works off."""

    def __init__(self, selection: Any) -> None:
        from setup.models import Store
        from setup.security import api_keys

        _, self.text = api_keys.make(selection.environment, "Bench", KINDS, who=None)
        self.client, self.numbers, self.runs = Client(), itertools.count(), list[str]()
        match = {"cloudinary_field": "metadata:sku", "shopify_field": "sku"}
        ids = [{"asset_id": id} for id in selection.assets.values_list("asset_id", flat=True)]
        stores = [store.domain for store in Store.objects.all()]
        self.body = json.dumps({"assets": ids, "match": match, "stores": stores, "dry_run": True})
        self.chosen = selection

    def start(self) -> Any:
        headers = {"Authorization": f"Bearer {self.text}", "Idempotency-Key": f"bench-{next(self.numbers)}"}
        answer = self.client.post("/api/v1/runs", self.body, content_type="application/json", headers=headers)
        if answer.status_code == 202:
            self.runs.append(answer.json()["id"])
        return answer

    def poll(self) -> Any:
        """One run after another."""
        key = self.runs[next(self.numbers) % len(self.runs)]
        return self.client.get(f"/api/v1/runs/{key}", headers={"Authorization": f"Bearer {self.text}"})

    def withdraw(self) -> None:
        """Its runs, which the worker of the launch would work off first."""
        from linking.models import Selection, Sync

        made = Sync.objects.filter(key__in=self.runs)
        Selection.objects.filter(pk__in=list(made.values_list("selection", flat=True))).delete()
        Sync.objects.filter(key__in=self.runs).delete()


def at_once(url: str, program: Program) -> dict[str, float]:
    """A hundred runs that are all polled at the pace that answers ask for, of a real server: milliseconds for each answer."""
    pool, took, lock = urllib3.PoolManager(maxsize=TOGETHER), list[float](), threading.Lock()
    keys = itertools.cycle(program.runs)
    began = time.perf_counter()
    due = [(began + PACE * at / POLLED, next(keys)) for at in range(POLLED * ROUNDS)]
    left = iter(due)

    def work() -> None:
        while True:
            with lock:
                at, key = next(left, (0.0, ""))
            if not key:
                return
            time.sleep(max(0.0, at - time.perf_counter()))
            asked = max(at, began)
            answer = pool.request(
                "GET", f"{url}/api/v1/runs/{key}", headers={"Authorization": f"Bearer {program.text}"}, retries=False
            )
            if answer.status != 200:
                raise SystemExit(f"A poll was answered with {answer.status}: {answer.data[:300]!r}")
            with lock:
                took.append(1000 * (time.perf_counter() - asked))

    threads = [threading.Thread(target=work) for _ in range(TOGETHER)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took.sort()
    return {"median": took[len(took) // 2], "p95": took[round(0.95 * (len(took) - 1))]}
