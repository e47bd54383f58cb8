"""Events: whatever changes in an environment is sent to its triggers, signed, https://cloudinary.com/documentation/notifications.

What changed is found by comparing: an asset as it was when it was last looked at, and as it is. So nothing that changes assets
knows of events, and what one call changes together is one event. A receiver that does not answer 200 gets it three more times.
"""

import hashlib
import heapq
import itertools
import json
import random
import threading
import time
import uuid
from collections import deque
from typing import Any

import urllib3

from sandbox.cloudinary import event_bodies as bodies

HTTP = urllib3.PoolManager(timeout=urllib3.Timeout(connect=5, read=20), retries=False, maxsize=4)
RETRIES = 3  # after 3, 6 and 9 minutes; here after as many times settings.notice_pause
IDLE = 5.0  # seconds after which the thread ends; the next change starts another one
SOON = 0.3  # seconds: how far events are shuffled
KEPT = 1000


class Events:
    """Of one environment. Its lock is the environment's."""

    def __init__(self, environment: Any) -> None:
        self.environment, self.world = environment, environment.world
        self.known: dict[str, bodies.State] = {}
        self.gone: set[str] = set()
        self.heard: set[str] = set()
        self.further: list[dict[str, Any]] = []
        self.sent: deque[dict[str, Any]] = deque(maxlen=KEPT)  # {type, status, tries}
        self._due: list[tuple[float, int, dict[str, Any]]] = []
        self._count = itertools.count()
        self._wake, self._thread = threading.Event(), threading.Thread()
        self._dice = random.Random(0)

    def begin(self) -> None:
        """From now on, with the first trigger: nobody has compared until then. Called under the lock."""
        self.known = {id: bodies.state_of(asset) for id, asset in self.environment.assets.items()}
        self.gone = set(self.environment.backups)

    def hear(self, asset_id: str) -> None:
        """Something about this asset may be different. Called under the lock."""
        if self.environment.triggers:
            self.heard.add(asset_id)
            self._start()

    def tell(self, body: dict[str, Any]) -> None:
        """What no comparison finds: an add-on is ready. Called under the lock."""
        if self.environment.triggers:
            self.further.append(body)
            self._start()

    def _start(self) -> None:
        self._wake.set()
        if not self._thread.is_alive():
            self._thread = threading.Thread(target=self._work, name="events", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        quiet = time.monotonic()
        while True:
            left = self._due[0][0] - time.monotonic() if self._due else IDLE
            if self._wake.wait(max(0.0, min(left, IDLE))):
                self._wake.clear()
                self._look()
            sent = self._send()
            if sent or self._due:
                quiet = time.monotonic()
            with self.environment.lock:
                if not (self._due or self.heard or self.further) and time.monotonic() - quiet > IDLE:
                    self._thread = threading.Thread()  # who hears something now starts another one
                    return

    def _look(self) -> None:
        """What has changed becomes events."""
        with self.environment.lock:
            heard, self.heard = sorted(self.heard), set()
            more, self.further = self.further, []
            for body in [*self._bodies(heard), *more]:
                self._put(body | self._tail())

    def _bodies(self, heard: list[str]) -> list[dict[str, Any]]:
        assets, at, request_id = self.environment.assets, self.world.clock(), uuid.uuid4().hex
        now = {id: bodies.state_of(assets[id]) if id in assets else None for id in heard}
        changes = [(self.known.get(id), now[id]) for id in heard]
        back = [state for id, state in now.items() if state and id in self.gone]
        made = [
            bodies.upload_of(self.environment, assets[id], again=was is not None, request_id=request_id)
            for id, (was, state) in zip(heard, changes, strict=True)
            if state and id not in self.gone and (was is None or was["version"] != state["version"])
        ]
        made += [
            *bodies.restored(back),
            *bodies.gone(changes),
            *bodies.renamed(changes, at, request_id),
            *bodies.moved(changes),
            *bodies.called_otherwise(changes),
            *bodies.with_other_metadata(changes),
            *bodies.with_other_context(changes),
            *bodies.with_other_tags(changes),
            *bodies.with_other_access(changes),
            *bodies.moderated(changes, at),
        ]
        for id, state in now.items():
            if state is None:
                self.known.pop(id, None)
                self.gone.add(id)
            else:
                self.known[id] = state
                self.gone.discard(id)
        return made

    def _tail(self) -> dict[str, Any]:
        by = {"source": "api", "id": self.environment.keys.api_key}
        at = bodies.moment(self.world.clock())
        return {"notification_context": {"triggered_at": at, "triggered_by": by}, "signature_key": self._key()[0]}

    def _put(self, body: dict[str, Any]) -> None:
        """For each trigger that wants it, as the settings have it: late, in another order, twice, or not at all."""
        settings = self.world.settings
        for trigger in self.environment.triggers.values():
            if trigger["event_type"] not in ("all", body["notification_type"]):
                continue
            hit = {kind for kind in settings.event_faults if self._dice.random() < settings.event_share}
            if "lost" in hit:
                continue
            for _ in range(2 if "doubled" in hit else 1):
                wait = settings.event_late if "late" in hit else 0.0
                wait += self._dice.uniform(0, SOON) if "shuffled" in hit else 0.0
                row = {"uri": trigger["uri"], "type": body["notification_type"], "body": json.dumps(body).encode()}
                heapq.heappush(self._due, (time.monotonic() + wait, next(self._count), row | {"tries": 0}))

    def _key(self) -> tuple[str, str]:
        """Which key signs, and its secret. Worlds from before have no webhook key."""
        keys = self.environment.keys
        own = self.world.settings.event_key == "webhook" and keys.webhook_secret
        return (keys.webhook_key, keys.webhook_secret) if own else (keys.api_key, keys.api_secret)

    def _send(self) -> int:
        """What is due; how many."""
        count = 0
        while self._due and self._due[0][0] <= time.monotonic():
            _at, _number, row = heapq.heappop(self._due)
            status, count = self._post(row), count + 1
            self.sent.append({"type": row["type"], "status": status, "tries": row["tries"] + 1})
            if status != 200 and row["tries"] < RETRIES:
                pause = self.world.settings.notice_pause * (row["tries"] + 1)
                again = row | {"tries": row["tries"] + 1}
                heapq.heappush(self._due, (time.monotonic() + pause, next(self._count), again))
        return count

    def _post(self, row: dict[str, Any]) -> int:
        """The status, 0 for none. Each try is signed by itself."""
        headers = {"Content-Type": "application/json", **signed(row["body"], self._key()[1], self.world.settings)}
        try:
            return HTTP.request("POST", row["uri"], body=row["body"], headers=headers, redirect=False).status
        except urllib3.exceptions.HTTPError:
            return 0


def signed(body: bytes, secret: str, settings: Any) -> dict[str, str]:
    """The time is the real one: receivers compare it with theirs."""
    at = str(int(time.time()))
    made = hashlib.new(settings.event_signature, body + at.encode() + secret.encode()).hexdigest()
    return {"X-Cld-Timestamp": at, "X-Cld-Signature": made}
