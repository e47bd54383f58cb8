"""Starting what script/install has written, with compose; and what people have to know then."""

import json
import shutil
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from assetlink_site import __version__, release
from script.install_files import Way
from script.terminal import say

WAYS = (["docker", "compose"], ["podman", "compose"], ["docker-compose"], ["podman-compose"])
ROOT = Path(__file__).resolve().parent.parent
NOT_STARTED = 3
PATIENCE = 180.0  # seconds until /readyz answers


def start(folder: Path, known: Mapping[str, str], way: Way) -> int:
    """By compose.yaml of the folder where the settings are. The exit code."""
    marks = {"VERSION": __version__, "REVISION": release.revision(ROOT)}
    built = [part for name, value in marks.items() for part in ("--build-arg", f"{name}={value}")]
    steps = [["build", *built, "migrate"], ["up", "--detach"]]
    command = composer()
    if command is None or not (folder / "compose.yaml").exists():
        lines = [f"  docker compose {' '.join(step)}" for step in steps]
        say("", *welcome(known, way), "", f"Nothing was started: {elsewhere(folder, command)}", *lines)
        return NOT_STARTED
    for step in steps:
        say("", f"{' '.join([*command, *step])} ...")
        if subprocess.run([*command, *step], cwd=folder).returncode:
            say("That failed (see above). Correct it, and start script/install again: it keeps what it has written.")
            return 1
    address = f"https://{known['DOMAIN']}/readyz"
    say("", f"Waiting for {address} ...")
    if problem := trouble(address, verified=known.get("TLS", "internal") not in ("", "internal")):
        say(
            f"AssetLink is not well yet: {problem}",
            f"See: {' '.join(command)} ps, and logs proxy migrate web worker sweeper",
        )
        return 1
    say("", *welcome(known, way))
    return 0


def elsewhere(folder: Path, command: list[str] | None) -> str:
    """Why it cannot be started, and where it can."""
    if not (folder / "compose.yaml").exists():
        return f"compose.yaml is not in {folder}. Take .env and secrets/ to {ROOT}, and run there:"
    return f"this machine has no docker compose and no podman compose. On one that has, run in {folder}:"


def composer() -> list[str] | None:
    for command in WAYS:
        if shutil.which(command[0]) and not subprocess.run([*command, "version"], capture_output=True).returncode:
            return command
    return None


def trouble(address: str, *, verified: bool) -> str:
    """Why /readyz was not content in time; empty if it was. It answers 200 also where parts are away: people could come in, and
    nothing would be linked."""
    context = ssl.create_default_context()
    if not verified:  # nobody knows Caddy's own authority
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    until, problem = time.monotonic() + PATIENCE, "nothing was asked"
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(address, timeout=5, context=context) as answer:
                problem = degraded(answer.read())
            if not problem:
                return ""
        except urllib.error.HTTPError as error:
            problem = f"{error} {error.read(500).decode(errors='replace')}"
        except OSError as error:
            problem = str(error)
        time.sleep(2)
    return problem


def degraded(answer: bytes) -> str:
    """What /readyz says of itself where it is not content."""
    try:
        found = json.loads(answer)
        return "" if found["status"] == "ok" else " ".join(found["reasons"]) or str(found["status"])
    except (ValueError, LookupError, TypeError):
        return "something else answers there"


def welcome(known: Mapping[str, str], way: Way) -> list[str]:
    """A launch is the only door: there is no sign-in of AssetLink's own."""
    lines = [f"AssetLink's address: https://{known['DOMAIN']}", ""]
    if known.get("CLOUD_NAME"):
        lines += [
            "For the person who sets the launch up in the Cloudinary Console:",
            f"  address   https://{known['DOMAIN']}/launch",
            f"  issuer    {known.get('LAUNCH_ISSUER') or 'cloudinary-console'}",
            f"  audience  {known.get('LAUNCH_AUDIENCE') or 'assetlink'}",
            f"  secret    in {way.secret('launch_secret')}",
            "",
            "A Media Library, Master or Technical admin who opens it from there lands on Setup, and connects the stores.",
        ]
    else:
        lines += [
            "Next, add a product environment, which prints the launch secret (docs/operator/environments.md):",
            "  script/manage environment add CLOUD --api-key KEY",
        ]
    return [*lines, f"Keep {way.settings} and {way.secrets} in a safe place, apart from the database's backups."]
