"""An update of what compose.yaml runs: an image for each release, TAG in .env says which."""

import re
import subprocess
from pathlib import Path

from script import starting, update_unfinished
from script.update_steps import Failed, Step

BACKUP = "script/backup /var/backups/assetlink.dump"
SERVICES = ("web", "worker", "sweeper")
UP = ("up", "--detach", "--no-deps", "--no-build")
# compose 2.26 fails with --wait where there is no health check (compose.yaml says why the others have none).
WAITED_FOR = {"web"}


def folder(root: Path) -> Path:
    return root


def installed(root: Path) -> str:
    """The release whose image runs; the files of the clone are another's after an update that failed. Raises Failed."""
    found = re.findall(r"^TAG=(.*)$", kept(root / ".env"), re.MULTILINE)
    tag = found[-1].strip().strip("\"'") if found else ""
    if not re.fullmatch(r"\d+\.\d+\.\d+", tag):
        says = (
            f"TAG in {root / '.env'} is {tag[:40]!r}, which is not a release" if tag else f"{root / '.env'} has no TAG"
        )
        raise Failed(f"{says}: write TAG= and the running release there, such as 0.1.0.")
    return tag


def steps(root: Path, present: str, version: str, *, back: bool) -> list[Step]:
    compose, tag = starting.composer() or starting.WAYS[0], {"TAG": version}
    manage = [*compose, "run", "--rm", "--no-deps", "migrate", "manage"]
    revert = "Start it again to go on." + ("" if back else f" To go back: script/update {present} --back")
    before = [Step(f"Take the files of {version}.", [["git", "checkout", "--quiet", f"v{version}"]], cwd=root)]
    if not back:
        marks = ["--build-arg", f"VERSION={version}", "--build-arg", f"REVISION={revision(root, version)}"]
        before += [
            Step(f"Build the image assetlink:{version}.", [[*compose, "build", *marks, "migrate"]], cwd=root, env=tag),
            Step("List the pending migrations.", [[*manage, "migrate", "--plan"]], cwd=root, env=tag),
            Step(
                "Migrate, while the previous processes go on. It waits for a lock for 3 s at a time.",
                [[*compose, "run", "--rm", "--no-deps", "migrate"]],
                cwd=root,
                env=tag,
            ),
        ]
    return [
        *before,
        Step(f"TAG={version} in .env.", then=lambda: turned(root, present, version, back=back)),
        *(
            Step(
                f"Replace {service}; a worker has 60 s to finish the call in hand.",
                [[*compose, *UP, *(["--wait"] if service in WAITED_FOR else []), service]],
                cwd=root,
                env=tag,
                touches=revert,
            )
            for service in SERVICES
        ),
        Step("Check that all of them run.", then=lambda: update_unfinished.end(root)),
        Step(
            "Are all secrets under the first key?",
            [[*manage, "rotate_keys", "--check"]],
            cwd=root,
            env=tag,
            may_fail=True,
        ),
        Step("Is it well?", [[*manage, "doctor"]], cwd=root, env=tag, may_fail=True),
    ]


def revision(root: Path, version: str) -> str:
    command = ["git", "rev-parse", f"v{version}^{{commit}}"]
    return subprocess.run(command, cwd=root, capture_output=True, text=True).stdout.strip()


def turned(root: Path, present: str, version: str, *, back: bool) -> None:
    """Raises Failed."""
    update_unfinished.begin(root, present, version, back=back)
    tagged(root / ".env", version)


def kept(path: Path) -> str:
    """Raises Failed."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is no UTF-8 text"
        raise Failed(f"{path} cannot be read: {why}. script/install writes it.") from error


def tagged(path: Path, version: str) -> None:
    """Raises Failed."""
    others = re.sub(r"^TAG=.*\n?", "", kept(path), flags=re.MULTILINE)
    update_unfinished.replace(path, f"{others.rstrip()}\nTAG={version}\n")
