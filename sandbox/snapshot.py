"""The world on disk: one JSON file, replaced as a whole, so that a crash leaves the old one or the new one."""

import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

from sandbox.world import World

NAME = "world.json"
PAUSE = 1.0  # seconds between looks; more if writing takes long
SHARE = 10  # at most this fraction of the time is spent writing


class BrokenSnapshot(Exception):
    """The file is there and cannot be read."""


def read(folder: Path) -> dict[str, Any] | None:
    """None if no world was ever kept there. Raises BrokenSnapshot."""
    try:
        return json.loads((folder / NAME).read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as wrong:
        raise BrokenSnapshot(f"{folder / NAME} cannot be read ({wrong}); --fresh starts over.") from wrong


def write(world: World) -> None:
    target = world.folder / NAME
    aside = target.with_suffix(".new")
    with aside.open("w") as out:
        json.dump(world.dump(), out)
        out.flush()
        os.fsync(out.fileno())
    os.replace(aside, target)


class Keeper(threading.Thread):
    """Writes the world down about once a second while it changes, and once more at the end."""

    def __init__(self, world: World) -> None:
        super().__init__(name="keeper", daemon=True)
        self._world, self._ended = world, threading.Event()

    def run(self) -> None:
        pause = PAUSE
        while not self._ended.wait(pause):
            started = time.monotonic()
            self.keep()
            pause = max(PAUSE, SHARE * (time.monotonic() - started))

    def keep(self) -> None:
        """Cleared first: what changes during the writing is written the next time."""
        if self._world.dirty.is_set():
            self._world.dirty.clear()
            try:
                write(self._world)
            except (OSError, RuntimeError) as wrong:  # a full disk, or a state that changed underway
                self._world.dirty.set()
                print(f"The world could not be written down: {wrong}", file=sys.stderr, flush=True)

    def end(self) -> None:
        self._ended.set()
        self.join()
        self._world.dirty.set()  # reading changes the journal's totals, too
        self.keep()
