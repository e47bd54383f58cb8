"""A base of Debian's own packages, and the image on top of it: no daemon and no registry of images is asked."""

import json
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from script.family import Failed

BASE, IMAGE = "localhost/assetlink-base", "localhost/assetlink"
RELEASE = "bookworm"
PACKAGES = "python3,python3-venv,ca-certificates"
# Where a proxy of the machine answers for the package index, its authority is in here.
AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")
LONGEST = 900  # seconds for one command


@dataclass
class Store:
    """Buildah's, in a folder of its own: it goes with the folder."""

    folder: Path
    log: Path

    def buildah(self, *arguments: str | Path) -> str:
        """What it prints. Raises Failed."""
        places = ["--root", self.folder / "images", "--runroot", self.folder / "run", "--storage-driver", "vfs"]
        return run(["buildah", *map(str, places), *map(str, arguments)], self.log)

    def base(self) -> None:
        archive = self.folder / "base.tar"
        made = ["mmdebstrap", "--quiet", "--variant=minbase", f"--include={PACKAGES}", RELEASE, str(archive)]
        run(made, self.log)
        container = self.buildah("from", "scratch")
        self.buildah("add", "--quiet", container, archive, "/")
        self.buildah("commit", "--quiet", "--rm", container, BASE)
        archive.unlink()

    def image(self, source: Path, *, version: str, revision: str) -> dict[str, Any]:
        """Its configuration."""
        arguments = {"BASE": BASE, "VERSION": version, "REVISION": revision}
        given = [part for name, value in arguments.items() for part in ("--build-arg", f"{name}={value}")]
        secret = ["--secret", f"id=ca,src={AUTHORITIES}"] if AUTHORITIES.exists() else []
        self.buildah("bud", "--format", "docker", "--isolation", "chroot", *secret, *given, "--tag", IMAGE, source)
        return dict(json.loads(self.buildah("inspect", "--type", "image", IMAGE))["Docker"]["config"])

    def mounted(self) -> Path:
        """The image's files, in a container that nothing else uses."""
        return Path(self.buildah("mount", self.buildah("from", IMAGE)))


def run(command: Sequence[str], log: Path) -> str:
    with log.open("a") as output:
        environment = os.environ | {"BUILDAH_ISOLATION": "chroot"}
        done = subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=output,
            text=True,
            timeout=LONGEST,
        )
        output.write(done.stdout)
    if done.returncode:
        raise Failed(f"{command[0]} ended with {done.returncode}; the end of its log:\n{log.read_text()[-3000:]}")
    return done.stdout.strip()
