"""What a person should know of the files they gave: each kind of trouble by a few examples and a number, not a thousand lines."""

from collections import Counter
from pathlib import Path

from sandbox.catalog.rows import Say

EXAMPLES, OFTEN = 5, 2000


class Notes:
    """`path`: the file or folder that they are about."""

    def __init__(self, path: Path, say: Say) -> None:
        self.path, self._say = path, say
        self._seen: Counter[str] = Counter()
        self._first: dict[str, str] = {}

    def each(self, kind: str, text: str, line: int | None = None) -> None:
        """Said at once, up to EXAMPLES of a kind; `kind` says what the others are."""
        self._seen[kind] += 1
        if self._seen[kind] <= EXAMPLES:
            self._say(f"{self.path}{'' if line is None else f', line {line}'}: {text}")

    def counted(self, kind: str, example: str) -> None:
        """Said at the end, in one line with the number and the first example; now and then before, as it may take long."""
        self._seen[kind] += 1
        if self._seen[kind] % OFTEN == 0:
            self._say(f"  {self._seen[kind]:,} {kind.partition(',')[0]} so far ...")
        self._first.setdefault(kind, example)

    def close(self) -> None:
        for kind, count in self._seen.items():
            if example := self._first.get(kind):
                self._say(f"{self.path}: {kind}: {count:,} (the first: {example})")
            elif count > EXAMPLES:
                self._say(f"{self.path}: {count - EXAMPLES:,} more {kind}")
