"""A step of an update: a sentence, and what is done."""

import os
import shlex
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


class Failed(Exception):
    """The text says what failed."""


def as_user(name: str | None) -> dict[str, Any]:
    """What subprocess takes to start a program as that user, in no group but its own; without a name nothing is changed."""
    return {"user": name, "group": name, "extra_groups": []} if name else {}


@dataclass(frozen=True)
class Step:
    """`commands` one after another, then `then`. `touches`: running processes; it says how to go on if a later step fails.
    `may_fail`: a look at the end, which undoes nothing."""

    says: str
    commands: Sequence[Sequence[str | Path]] = ()
    then: Callable[[], object] | None = None
    touches: str = ""
    may_fail: bool = False
    cwd: Path | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    user: str | None = None

    def lines(self) -> list[str]:
        """As they would be typed; the environment is not shown: it may hold secrets."""
        return [shlex.join(map(str, command)) for command in self.commands]

    def do(self) -> None:
        """Raises Failed."""
        environment = {**os.environ, **self.env}
        for command in self.commands:
            try:
                done = subprocess.run(
                    command, cwd=self.cwd, env=environment, stdin=subprocess.DEVNULL, **as_user(self.user)
                )
            except OSError as error:
                raise Failed(f"{command[0]} does not start: {error.strerror}.") from error
            if done.returncode:
                raise Failed(f"{shlex.join(map(str, command))} failed with {done.returncode} (see above).")
        if self.then:
            self.then()
