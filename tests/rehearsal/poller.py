"""Somebody who looks at pages all the time, and writes down what they are answered."""

import threading
from collections import Counter
from dataclasses import dataclass, field

import urllib3

EVERY = 0.1  # seconds


@dataclass
class Poller:
    """`seen`: (path, status or what went wrong) -> how often. `odd`: the beginnings of answers that nobody should get."""

    address: str
    cookie: str
    paths: tuple[str, ...]
    seen: Counter[tuple[str, str]] = field(default_factory=Counter)
    odd: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._look, args=(path,), daemon=True) for path in self.paths]

    def __enter__(self) -> "Poller":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(30)

    def _look(self, path: str) -> None:
        http = urllib3.PoolManager(timeout=urllib3.Timeout(30), retries=False)
        while not self._over.wait(EVERY):
            try:
                answer = http.request("GET", self.address + path, headers={"Cookie": self.cookie}, redirect=False)
            except urllib3.exceptions.HTTPError as error:
                self.seen[path, type(error).__name__] += 1
            else:
                self.seen[path, str(answer.status)] += 1
                if answer.status not in (200, 503):
                    self.odd.append(f"{path}: {answer.status} {answer.data[:200]!r}")

    def statuses(self) -> Counter[str]:
        found: Counter[str] = Counter()
        for (_, status), n in self.seen.items():
            found[status] += n
        return found
