"""The services of compose.yaml that run the image, read as compose reads them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

VARIABLE = re.compile(r"\$\{(\w+)(?::[-?]([^}]*))?\}")


@dataclass(frozen=True)
class Service:
    name: str
    command: list[str]
    environment: dict[str, str]
    copies: int


def read(folder: Path, known: Mapping[str, str]) -> dict[str, Service]:
    """`known`: what .env says."""

    def filled(value: object) -> str:
        return VARIABLE.sub(lambda found: known.get(found[1]) or found[2] or "", str(value))

    services = yaml.safe_load((folder / "compose.yaml").read_text())["services"]
    return {
        name: Service(
            name,
            list(one["command"]),
            {**known, **{key: filled(value) for key, value in one["environment"].items()}},
            int(filled(one["deploy"].get("replicas", 1))),
        )
        for name, one in services.items()
        if "build" in one
    }
