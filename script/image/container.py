"""Command lines that run in the image, by its own configuration: user, folder, environment, entry point."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CONFINED = Path(__file__).with_name("confined.sh")
DEVICES = ("null", "zero", "random", "urandom")


@dataclass(frozen=True)
class Container:
    files: Path
    configuration: Mapping[str, Any]
    binds: Mapping[str, Path]  # place in the image -> what is mounted there

    def furnish(self) -> None:
        """Places to mount at: the engine of containers makes them in the same way."""
        for place, source in self.binds.items():
            target = self.files / place
            target.parent.mkdir(parents=True, exist_ok=True)
            target.mkdir(exist_ok=True) if source.is_dir() else target.touch()
        (self.files / "dev/shm").mkdir(parents=True, exist_ok=True)
        for device in DEVICES:
            (self.files / "dev" / device).touch()

    def command(self, role: Sequence[str], environment: Mapping[str, str]) -> list[str]:
        known = dict(line.split("=", 1) for line in self.configuration["Env"]) | dict(environment)
        mounts = [f"{place}={source}" for place, source in self.binds.items()]
        inside = [*(f"{name}={value}" for name, value in known.items()), *self.configuration["Entrypoint"], *role]
        where = [str(self.files), self.configuration["User"], self.configuration["WorkingDir"]]
        alone = ["unshare", "--mount", "--propagation", "private", str(CONFINED), *where, *mounts, "--"]
        return [*alone, "--ignore-environment", *inside]
