"""Which processes there are, of which release, and with which keys: each worker and sweeper says so in Redis while it lives.

What each seals with its first key shows who looks whether that can be opened here. It says nothing: everybody knows its text.
"""

import json
import os
import socket
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import lru_cache

import redis.exceptions
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from setup.redis_client import client
from setup.security.secrets import keys, seal
from setup.shapes import mapping, number, parsed, text

PROCESSES = "assetlink:processes"
EVERY = 10.0  # seconds between two signs of life
# Seconds without one: longer than those after which workers and sweepers count as dead (linking.operations.queue_health), so that
# nobody counts as one that says nothing of itself.
GONE = 80.0
FORGOTTEN = 3600.0
TENANT = "processes"


@dataclass(frozen=True)
class Presence:
    """`keys`: ids of those that it holds, the first one seals; `probe`: sealed with that; `at`: its own clock's seconds; `marks`:
    of settings that all must have alike (assetlink_site.variables)."""

    role: str
    name: str
    release: str
    keys: tuple[str, ...]
    probe: str
    at: float
    marks: Mapping[str, str] = field(default_factory=dict)


def of_this_process(role: str, name: str = "") -> Presence:
    held, probe = _sealed(tuple(settings.ENCRYPTION_KEYS))
    known = name or f"{socket.gethostname()}:{os.getpid()}"
    return Presence(role, known, settings.RELEASE, held, probe, time.time(), settings.SETTINGS_MARKS)


def marks_of(known: object) -> dict[str, str]:
    """As another process sent them."""
    return {str(name): text(mark) for name, mark in mapping(known).items()}


@lru_cache(maxsize=4)
def _sealed(of: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
    try:
        return tuple(keys()), str(seal("AssetLink", TENANT))
    except ImproperlyConfigured:
        return (), ""


class Announcer:
    """Of one process; quick and without trouble, whatever Redis does."""

    def __init__(self, role: str, name: str = "") -> None:
        self._role, self._name, self._next = role, name, 0.0

    def announce(self) -> None:
        """Every few seconds, however often it is called."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + EVERY
        mine = of_this_process(self._role, self._name)
        try:
            known = client()
            heard = int(known.time()[0])
            known.hset(PROCESSES, f"{mine.role} {mine.name}", json.dumps(asdict(mine) | {"heard": heard}))
            if stale := [name for name, _, at in _rows() if heard - at > FORGOTTEN]:
                known.hdel(PROCESSES, *stale)
        except redis.exceptions.RedisError:
            return

    def leave(self) -> None:
        mine = of_this_process(self._role, self._name)
        try:
            client().hdel(PROCESSES, f"{mine.role} {mine.name}")
        except redis.exceptions.RedisError:
            return


def alive() -> list[Presence]:
    """By Redis's clock. Raises RedisError."""
    now = float(client().time()[0])
    return [found for _, found, at in _rows() if found and now - at < GONE]


def _rows() -> Iterator[tuple[bytes | str, Presence | None, float]]:
    """(field, what it says or None for what nobody of ours wrote, when it was heard of); whatever stands there."""
    for name, written in client().hgetall(PROCESSES).items():
        row = mapping(parsed(written))
        words = {part: text(row.get(part)) for part in ("role", "name", "release", "probe")}
        held = row.get("keys")
        known = all((words["role"], words["name"], words["release"])) and isinstance(held, list)
        kept = tuple(map(text, held)) if isinstance(held, list) else ()
        marks = marks_of(row.get("marks"))
        there = Presence(**words, keys=kept, at=number(row.get("at"), 0.0), marks=marks) if known else None
        yield name, there, number(row.get("heard"), 0.0)
