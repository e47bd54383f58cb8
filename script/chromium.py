"""The browser for the browser tests."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping

HOW_TO_GET_IT = """Chromium is missing: the browser tests will fail. Get it by one of
    apt-get install chromium          (Debian; as root script/test does it itself)
    dnf install chromium              (Fedora)
    brew install --cask chromium      (macOS)
or name one that you have: CHROMIUM=/path/to/chrome script/test"""


def find(environment: Mapping[str, str] = os.environ) -> str | None:
    return next((path for path in candidates(environment) if runs(path)), None)


def candidates(environment: Mapping[str, str]) -> Iterator[str]:
    named = environment.get("CHROMIUM")
    if named:  # then no other: a named one is the one that is wanted
        yield named
        return
    # Debian's headless shell is Chromium without its windows: it starts and draws for a third of the processor time.
    for name in ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        yield shutil.which(name) or ""
    yield "/Applications/Chromium.app/Contents/MacOS/Chromium"
    yield "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"


def runs(path: str) -> bool:
    """Ubuntu's /usr/bin/chromium-browser may be a stub that only says how to get the real one."""
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=30).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def install() -> None:
    """With apt-get, as root; elsewhere nothing is done."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        packages = ("chromium", "chromium-headless-shell")  # one command each: older releases have no shell
        installing = [["apt-get", "install", "-y", "-qq", name] for name in packages]
        for command in (["apt-get", "update", "-qq"], *installing):
            subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
