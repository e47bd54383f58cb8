"""What the suite makes out there, written down before it is made, so that it can be removed by who comes later.

A line per event: what is about to be made (`kind`, `name`), its id once that is known, and that it is gone. All names carry the
run's own random id, so that a thing whose id never came is still known to be ours. No secret is in it.
"""

import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

BEGINNING = "assetlink-live-"


@dataclass(frozen=True)
class Thing:
    """`name`: a product's handle, a file's name or an asset's `resource_type/public_id`."""

    kind: str
    name: str
    id: str = ""


class Ledger:
    """Of one run of the suite, in one store and one cloud."""

    def __init__(self, path: Path) -> None:
        self.path = path
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        self.shop, self.cloud, self.run = (str(rows[0][name]) for name in ("shop", "cloud", "run"))
        self._known: dict[tuple[str, str], Thing] = {}
        for row in rows[1:]:
            self._take(**row)

    @classmethod
    def begin(cls, folder: Path, *, shop: str, cloud: str) -> "Ledger":
        run = secrets.token_hex(5)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / f"made-{run}.jsonl"
        path.touch(mode=0o600)
        _append(path, {"shop": shop, "cloud": cloud, "run": run})
        return cls(path)

    @property
    def beginning(self) -> str:
        """Of the names of everything that this run makes."""
        return f"{BEGINNING}{self.run}-"

    def name(self, last: str) -> str:
        return f"{self.beginning}{last}"

    def intend(self, kind: str, name: str) -> str:
        """Before it is made."""
        assert self.beginning in name, name
        self._write(kind=kind, name=name)
        return name

    def made(self, kind: str, name: str, id: str) -> str:
        self._write(kind=kind, name=name, id=id)
        return id

    def gone(self, thing: Thing) -> None:
        self._write(kind=thing.kind, name=thing.name, gone=True)

    def left(self, kind: str) -> list[Thing]:
        return [thing for thing in self._known.values() if thing.kind == kind]

    def close(self) -> None:
        """Once nothing is left."""
        if not self._known:
            self.path.unlink(missing_ok=True)

    def _write(self, **row: str | bool) -> None:
        _append(self.path, row)
        self._take(**row)

    def _take(self, *, kind: str, name: str, id: str = "", gone: bool = False) -> None:
        if gone:
            self._known.pop((kind, name), None)
        else:
            self._known[kind, name] = Thing(kind, name, id)


def _append(path: Path, row: dict) -> None:
    """On the disk before anything is made: a machine may go down as well."""
    with path.open("a", encoding="utf-8") as kept:
        kept.write(json.dumps(row) + "\n")
        kept.flush()
        os.fsync(kept.fileno())


def open_ones(folder: Path) -> Iterator[Ledger]:
    """Of runs that did not come to their end."""
    for path in sorted(folder.glob("made-*.jsonl")):
        if path.stat().st_size:
            yield Ledger(path)
