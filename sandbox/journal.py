"""What was really done in the pretend stores, for tests and measurements to look at.

Reading is free of side effects; only mutations that ran are entries, also those that ended in userErrors.
"""

import threading
from collections import deque
from typing import Any, Literal

from flask import Blueprint, Response, jsonify, request

KEPT = 10_000  # entries in memory
SAVED = 200  # entries that outlive a restart; the totals always do
TOTALS = ("requests", "queries", "mutations", "points", "throttled")

Entry = dict[str, Any]


class Journal:
    """Entries {seq, at, store, operation, document, variables, cost, user_errors, request_id, answer} and totals per store."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: deque[Entry] = deque(maxlen=KEPT)
        self._totals: dict[str, dict[str, int]] = {}
        self._seq = 0

    def record(
        self,
        *,
        at: float,
        store: str,
        operation: str,
        document: str | None,
        variables: dict[str, Any],
        cost: int,
        user_errors: list[dict[str, Any]],
        request_id: str,
        answer: Literal["sent", "lost"] = "sent",
    ) -> None:
        """One mutation that was applied. `operation` is its root field, `document` the name of the operation sent."""
        with self._lock:
            self._seq += 1
            self._entries.append(
                {
                    "seq": self._seq,
                    "at": at,
                    "store": store,
                    "operation": operation,
                    "document": document,
                    "variables": variables,
                    "cost": cost,
                    "user_errors": user_errors,
                    "request_id": request_id,
                    "answer": answer,
                }
            )

    def count(self, store: str, **more: int) -> None:
        """Adds to the store's totals: requests, queries, mutations, points, throttled."""
        with self._lock:
            totals = self._totals.setdefault(store, dict.fromkeys(TOTALS, 0))
            for name, number in more.items():
                totals[name] += number

    def since(self, seq: int) -> list[Entry]:
        """Entries whose seq is higher, oldest first."""
        with self._lock:
            return [entry for entry in self._entries if entry["seq"] > seq]

    def totals(self) -> dict[str, dict[str, int]]:
        with self._lock:
            return {store: dict(numbers) for store, numbers in self._totals.items()}

    def as_json(self, since: int = 0) -> dict[str, Any]:
        return {"entries": self.since(since), "totals": self.totals()}

    def clear(self) -> None:
        """Forgets entries and totals; seq goes on, so that a reader's `since` stays true."""
        with self._lock:
            self._entries.clear()
            self._totals.clear()

    def dump(self) -> dict[str, Any]:
        with self._lock:
            return {"seq": self._seq, "totals": self._totals, "entries": list(self._entries)[-SAVED:]}

    @classmethod
    def load(cls, data: dict[str, Any]) -> "Journal":
        journal = cls()
        journal._seq, journal._totals = data["seq"], data["totals"]
        journal._entries.extend(data["entries"])
        return journal


def blueprint(world: Any) -> Blueprint:
    """GET /journal.json?since=SEQ; DELETE /journal.json."""
    pages = Blueprint("journal", __name__)

    @pages.get("/journal.json")
    def read() -> Response | tuple[Response, int]:
        since = request.args.get("since", "0")
        if not since.isdigit():
            return jsonify(error="since must be a whole number"), 400
        return jsonify(world.journal.as_json(int(since)))

    @pages.delete("/journal.json")
    def clear() -> tuple[str, int]:
        world.journal.clear()
        world.changed()
        return "", 204

    return pages
