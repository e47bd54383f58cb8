"""What a receiver of webhooks was sent; keeps the last hundred."""

import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

MOST = 100
SHOWN = ("webhook-id", "webhook-timestamp", "webhook-signature", "content-type", "user-agent")


@dataclass(frozen=True)
class Event:
    number: int
    answered: int
    headers: Mapping[str, str]
    body: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Inbox:
    """Everybody's."""

    def __init__(self) -> None:
        self._events: deque[Event] = deque(maxlen=MOST)
        self._count = 0
        self._lock = threading.Lock()

    def put(self, headers: Mapping[str, str], body: str, *, answered: int) -> None:
        known = {name: headers[name] for name in SHOWN if name in headers}
        with self._lock:
            self._count += 1
            self._events.appendleft(Event(self._count, answered, known, body))

    def events(self) -> list[Event]:
        """The newest first."""
        with self._lock:
            return list(self._events)
