"""An update of what systemd's units run: each release in a folder of its own, and two links that say which.

/opt/assetlink/releases/VERSION has `app` and `venv`; /opt/assetlink/app and venv lead there. Processes read modules when they
first need them, so that links are only changed between the end of the old ones and the start of the new.
"""

import os
import re
import subprocess
from pathlib import Path

from script import update_unfinished
from script.install_files import place
from script.update_steps import Failed, Step

SETTINGS = Path("/etc/assetlink")
USER = "assetlink"
LINKS = ("app", "venv")
BACKUP = "script/backup /var/backups/assetlink.dump"
WORKERS = ["assetlink-worker@*.service", "assetlink-sweeper.service"]


def folder(root: Path) -> Path:
    """Where the links are."""
    return root.parents[2] if len(root.parents) > 2 and root.parents[1].name == "releases" else root.parent


def installed(root: Path) -> str:
    """The release that the link leads to, wherever this command was started. Raises Failed."""
    path = folder(root) / "app" / "assetlink_site" / "__init__.py"
    try:
        found = re.search(r'__version__ = "([^"]+)"', path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Failed(
            f"{path} cannot be read: {getattr(error, 'strerror', error)}. Is AssetLink installed there?"
        ) from error
    if not found:
        raise Failed(f"{path} names no release.")
    return found[1]


def steps(
    root: Path, present: str, version: str, *, back: bool, settings: Path = SETTINGS, user: str | None = USER
) -> list[Step]:
    home = folder(root)
    fresh = home / "releases" / version
    app, python = fresh / "app", fresh / "venv" / "bin" / "python"
    service = {"cwd": app, "env": environment(settings), "user": user}
    # By an update that did not end: it is built, and processes may run from it.
    led = (home / "app").resolve() == app.resolve()
    source = root if root != app else another(home, present)
    before = [] if back else [*([] if led else built(source, fresh, version)), *migrated(python, service)]
    return [
        *before,
        Step(f"{app} is there.", then=lambda: there(home, fresh)),
        Step(
            "End workers and sweeper; pages go on. A worker has 60 s to finish the call in hand.",
            [["systemctl", "stop", *WORKERS]],
            then=lambda: update_unfinished.begin(home, present, version, back=back),
            touches="Start it again to go on."
            + ("" if back else f" To go back: script/update {present} --back --systemd"),
        ),
        Step(f"{home}/app and venv lead to {version}.", then=lambda: linked(home, present, fresh)),
        Step(
            f"Place the units of {version} in {settings.parent}/systemd.",
            then=lambda: placed(app / "deploy" / "systemd", settings.parent),
        ),
        Step("systemd reads them.", [["systemctl", "daemon-reload"]]),
        Step(
            "Restart the web; Caddy keeps requests until it is there.",
            [["systemctl", "restart", "assetlink-web.service"]],
        ),
        Step(
            "Start workers and sweeper.",
            [["systemctl", "start", "assetlink.target"]],
            then=lambda: update_unfinished.end(home),
        ),
        Step(
            "Are all secrets under the first key?",
            [[python, "manage.py", "rotate_keys", "--check"]],
            may_fail=True,
            **service,
        ),
        Step("Is it well?", [[python, "manage.py", "doctor"]], may_fail=True, **service),
    ]


def another(home: Path, present: str) -> Path:
    """The clone of the release that runs, if this command was started in the one that is to be built. Raises Failed."""
    for path in (home / "app", home / "releases" / present / "app"):
        if path.is_dir():
            return path
    raise Failed(f"{home / 'app'} is missing: AssetLink {present} is not installed there.")


def built(root: Path, fresh: Path, version: str) -> list[Step]:
    pip = [fresh / "venv" / "bin" / "python", "-m", "pip", "install", "--quiet", "--require-hashes"]
    # What builds those without a wheel, by its hash.
    tools = [*pip, "--no-deps", "-r", fresh / "app" / "requirements-install.txt"]
    return [
        Step(
            f"Take the files of {version}.",
            [
                ["rm", "-rf", fresh / "app"],
                [
                    "git",
                    "-c",
                    "advice.detachedHead=false",
                    "clone",
                    "--quiet",
                    "--branch",
                    f"v{version}",
                    root,
                    fresh / "app",
                ],
                ["git", "-C", fresh / "app", "remote", "set-url", "origin", origin(root)],
            ],
        ),
        Step(
            "Install its packages beside the previous ones.",
            [
                ["python3", "-m", "venv", "--clear", fresh / "venv"],
                tools,
                [*pip, "--no-build-isolation", "-r", fresh / "app" / "requirements.txt"],
            ],
        ),
    ]


def migrated(python: Path, service: dict) -> list[Step]:
    manage = [python, "manage.py"]
    return [
        # The files are root's, as all of them.
        Step("Collect its static files.", [[*manage, "collectstatic", "--noinput", "-v0"]], **service | {"user": None}),
        Step("Can it work with these settings?", [[*manage, "check", "--deploy"]], **service),
        Step("List the pending migrations.", [[*manage, "migrate", "--plan"]], **service),
        Step(
            "Migrate, while the previous processes go on. It waits for a lock for 3 s at a time.",
            [[*manage, "migrate", "--noinput"]],
            **service,
        ),
    ]


def environment(settings: Path) -> dict[str, str]:
    """What the units give their processes: assetlink.env, and the secrets, which are files of root's. Raises Failed."""
    try:
        path = settings / "assetlink.env"
        lines = path.read_text(encoding="utf-8").splitlines()
        secrets = {}
        for path in (settings / "secrets").iterdir():
            secrets[path.name.upper()] = path.read_text(encoding="utf-8").strip()
    except ValueError as error:
        raise Failed(f"{path} is no UTF-8 text.") from error
    except OSError as error:
        raise Failed(f"{error.filename} cannot be read: {error.strerror}. Start it as root.") from error
    pairs = [line.split("=", 1) for line in lines if "=" in line and not line.startswith("#")]
    given = {name: value.strip("\"'") for name, value in pairs} | {
        name: value for name, value in secrets.items() if value
    }
    return {"REPORT_FOLDER": "/var/lib/assetlink/reports"} | given


def origin(root: Path) -> str:
    """Where the releases come from; this clone itself if it knows of no other."""
    command = ["git", "remote", "get-url", "origin"]
    return subprocess.run(command, cwd=root, capture_output=True, text=True).stdout.strip() or str(root)


def there(home: Path, fresh: Path) -> None:
    """Raises Failed."""
    for name in LINKS:
        if not (fresh / name).exists() and not by_hand(home / name):
            raise Failed(f"{fresh / name} is not there: this machine never had that release.")


def by_hand(link: Path) -> bool:
    """Whether what was installed before the first update is still in the link's place."""
    return link.is_dir() and not link.is_symlink()


def placed(units: Path, etc: Path) -> None:
    """Raises Failed."""
    try:
        place(units, etc)
    except OSError as error:
        raise Failed(f"{error.filename} cannot be written: {error.strerror}.") from error


def linked(home: Path, present: str, fresh: Path) -> None:
    """The first time, what was installed by hand moves into the folder of its release, where it can be gone back to. Killed
    anywhere, a link is the old one or the new one, and a second call ends it; only that first time there is none for an instant,
    as a link cannot take a folder's place at once."""
    for name in LINKS:
        link, kept, beside = home / name, home / "releases" / present / name, home / f".{name}.new"
        beside.unlink(missing_ok=True)
        beside.symlink_to(fresh / name)
        if by_hand(link):
            kept = kept if (fresh / name).exists() else fresh / name  # gone back to before it was moved
            kept.parent.mkdir(parents=True, exist_ok=True)
            link.rename(kept)
        os.replace(beside, link)
