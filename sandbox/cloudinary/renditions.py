"""What the CDN holds: answers by exact URL, and the rendered bytes behind them.

Good answers stay, also when the asset changes: only a new version in the URL, or an invalidation, shows the change. Refusals
stay for a minute, doubled each time up to a day, so that asking too early is punished here as it is out there.
"""

import hashlib
import os
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

MOST_ANSWERS = 20_000
MOST_BYTES = 64 * 1024 * 1024
FIRST_WAIT, LONGEST_WAIT = 60.0, 86_400.0

Place = tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """`key` names rendered bytes, `blob` an original; one of them. `place` is the asset, to forget by."""

    place: Place
    mime: str
    key: str = ""
    blob: str = ""
    left_out: str = ""


@dataclass
class Refusal:
    place: Place
    status: int
    message: str
    until: float
    wait: float


class Renditions:
    """Thread-safe; two threads may render the same thing at the same time, to the same bytes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._answers: OrderedDict[str, Answer | Refusal] = OrderedDict()
        self._bytes: OrderedDict[str, bytes] = OrderedDict()
        self._size = 0

    def held(self, url: str, now: float) -> Answer | Refusal | None:
        with self._lock:
            known = self._answers.get(url)
            if isinstance(known, Refusal) and known.until <= now:
                return None
            return known

    def hold(self, url: str, answer: Answer) -> None:
        self._keep(url, answer)

    def refuse(self, url: str, place: Place, status: int, message: str, now: float) -> None:
        with self._lock:
            before = self._answers.get(url)
        wait = min(before.wait * 2, LONGEST_WAIT) if isinstance(before, Refusal) else FIRST_WAIT
        self._keep(url, Refusal(place, status, message, now + wait, wait))

    def _keep(self, url: str, answer: Answer | Refusal) -> None:
        with self._lock:
            self._answers[url] = answer
            self._answers.move_to_end(url)
            if len(self._answers) > MOST_ANSWERS:
                self._answers.popitem(last=False)

    def purge(self, cloud_name: str, place: Place) -> None:
        """The CDN forgets everything about that asset, as after an invalidation."""
        with self._lock:
            for url in [url for url, known in self._answers.items() if known.place == (cloud_name, *place)]:
                del self._answers[url]

    def rendered(self, key: str, render: Callable[[], bytes]) -> bytes:
        """Bytes that were rendered before, or are now."""
        content = self.kept(key)
        if content is None:
            content = render()
            written(self._place(key), content)
            self._remember(key, content)
        return content

    def kept(self, key: str) -> bytes | None:
        with self._lock:
            if key in self._bytes:
                self._bytes.move_to_end(key)
                return self._bytes[key]
        try:
            content = self._place(key).read_bytes()
        except FileNotFoundError:
            return None
        self._remember(key, content)
        return content

    def _place(self, key: str) -> Path:
        return self._folder / key[:2] / key

    def _remember(self, key: str, content: bytes) -> None:
        with self._lock:
            if key in self._bytes:
                return
            self._bytes[key] = content
            self._size += len(content)
            while self._size > MOST_BYTES and len(self._bytes) > 1:
                self._size -= len(self._bytes.popitem(last=False)[1])


def key_of(blob: str, transformation: str, form: str) -> str:
    return hashlib.sha256(f"{blob}\n{transformation}\n{form}".encode()).hexdigest()


def written(place: Path, content: bytes) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(dir=place.parent)
    with os.fdopen(handle, "wb") as target:
        target.write(content)
    os.replace(aside, place)
