"""What the machine needs for it. Nothing is installed by itself."""

import os
import shutil

from script import chromium, postgres, redis_server

# Program -> Debian's package.
PACKAGES = {
    "buildah": "buildah",
    "mmdebstrap": "mmdebstrap",
    "caddy": "caddy",
    "setpriv": "util-linux",
    "unshare": "util-linux",
}


def missing() -> str:
    """Why it cannot be done here; empty if it can."""
    if os.geteuid() != 0:
        return "only root may make a root file system and mount it"
    packages = {package for program, package in PACKAGES.items() if not shutil.which(program)}
    packages |= {"redis-server"} if redis_server.find_program() is None else set()
    packages |= {"postgresql"} if postgres.find() is None else set()
    packages |= {"chromium"} if chromium.find() is None else set()
    return f"apt-get install {' '.join(sorted(packages))}" if packages else ""
