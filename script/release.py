"""script/release VERSION [--dry-run]

Makes a release of what is checked out. It checks that it may be one, gives it its version (assetlink_site/__init__.py) and a
section in CHANGELOG.md, and commits and tags it. It names it as the last release for continuous integration (.ci/last-release),
and writes its bill of materials and licences to .cache/releases/VERSION. It pushes nothing: the last lines say what is left to
do, with the image and its labels. With --dry-run it only says each step.
"""

import argparse
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from script import supply_chain
from script.terminal import say

ROOT = Path(__file__).resolve().parent.parent
BRANCH = "main"
VERSIONED = "assetlink_site/__init__.py"
NOTES = "docs/operator/update.md"
UNRELEASED = "## [Unreleased]\n"


def main(arguments: Sequence[str], root: Path = ROOT) -> int:
    parser = argparse.ArgumentParser(
        prog="script/release", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("version", metavar="VERSION", help="MAJOR.MINOR.PATCH, https://semver.org")
    parser.add_argument("--dry-run", action="store_true", help="only say each step")
    chosen = parser.parse_args(arguments)
    version = chosen.version.removeprefix("v")
    if wrong := troubles(root, version):
        say(*(f"- {trouble}" for trouble in wrong))
        if not chosen.dry_run:
            return 1
    for said, step in steps(root, version):
        say(said)
        if not chosen.dry_run and (code := step()):
            return code
    say("", *left(root, version))
    return 1 if wrong else 0


def troubles(root: Path, version: str) -> list[str]:
    """Why this may not be released."""
    found = []
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        return [f"{version} is no version: MAJOR.MINOR.PATCH, as 1.4.0."]
    present = (root / VERSIONED).read_text().partition('__version__ = "')[2].partition('"')[0]
    # The first release has its number already.
    if number(version) < number(present) or (version == present and tags(root)):
        found.append(f"{version} is not newer than {present}.")
    if f"v{version}" in tags(root):
        found.append(f"There is a tag v{version}.")
    if (branch := git(root, "branch", "--show-current")) != BRANCH:
        found.append(f"The branch is {branch or 'none'}: releases are made on {BRANCH}.")
    if changed := git(root, "status", "--porcelain"):
        found.append(f"Not committed: {', '.join(line[3:] for line in changed.splitlines())}.")
    ours, theirs = git(root, "rev-parse", "HEAD"), git(root, "rev-parse", "--verify", "--quiet", "@{upstream}")
    if theirs and ours != theirs:
        found.append("The branch is not what is upstream: pull, and push.")
    if not section(root).strip():
        found.append("CHANGELOG.md has nothing under [Unreleased].")
    if f"\n### {version}\n" not in (root / NOTES).read_text():
        found.append(f"{NOTES} has no section ### {version}: say what an operator has to do, or that there is nothing.")
    return found


def number(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def tags(root: Path) -> list[str]:
    return git(root, "tag", "--list", "v*").split()


def section(root: Path) -> str:
    """What CHANGELOG.md has under [Unreleased]."""
    _, _, rest = (root / "CHANGELOG.md").read_text().partition(UNRELEASED)
    return re.split(r"^## \[", rest, maxsplit=1, flags=re.MULTILINE)[0]


def steps(root: Path, version: str) -> Iterator[tuple[str, Callable[[], int | None]]]:
    """Sentences, each with the function that does it."""
    folder = root / ".cache" / "releases" / version
    yield f"Version {version} in {VERSIONED}.", lambda: numbered(root / VERSIONED, version)
    yield (
        f"A section [{version}] in CHANGELOG.md.",
        lambda: dated(root / "CHANGELOG.md", version, now=datetime.now(UTC)),
    )
    yield f"Commit and tag v{version}.", lambda: tagged(root, version)
    yield "Its commit in .ci/last-release, committed.", lambda: remembered(root, version)
    yield f"Bill of materials, licences and known vulnerabilities in {folder}.", lambda: listed(root, folder)


def numbered(path: Path, version: str) -> None:
    path.write_text(re.sub(r'__version__ = "[^"]*"', f'__version__ = "{version}"', path.read_text()))


def dated(path: Path, version: str, *, now: datetime) -> None:
    path.write_text(path.read_text().replace(UNRELEASED, f"{UNRELEASED}\n## [{version}] - {now:%Y-%m-%d}\n", 1))


def tagged(root: Path, version: str) -> None:
    """An annotated tag, signed where git is set to sign (`tag.gpgSign`)."""
    run(root, "commit", "--quiet", "-m", f"Release {version}", "--", VERSIONED, "CHANGELOG.md")
    run(root, "tag", "--annotate", f"v{version}", "-m", f"AssetLink {version}; CHANGELOG.md says what is new.")


def remembered(root: Path, version: str) -> None:
    """Not in the release itself: a commit cannot name itself."""
    path = root / ".ci" / "last-release"
    path.write_text(re.sub(r"^[0-9a-f]{40}$", git(root, "rev-parse", "HEAD"), path.read_text(), flags=re.MULTILINE))
    run(
        root,
        "commit",
        "--quiet",
        "-m",
        f"Let changes suit processes of {version} from now on",
        "--",
        ".ci/last-release",
    )


def listed(root: Path, folder: Path) -> int:
    return supply_chain.main(["--out", str(folder)])


def left(root: Path, version: str) -> list[str]:
    commit = git(root, "rev-parse", "--verify", "--quiet", f"v{version}^{{commit}}") or "COMMIT"
    # The Dockerfile has the labels that are always the same.
    # https://github.com/opencontainers/image-spec/blob/main/annotations.md
    created = f"--label org.opencontainers.image.created={datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    arguments = f"--build-arg VERSION={version} --build-arg REVISION={commit}"
    folder = f"/tmp/assetlink-{version}"
    build = [f"git worktree add {folder} v{version}"]
    build += [f"docker build {arguments} {created} --tag assetlink:{version} {folder}"]
    return [
        "Left to do: .ci/run and script/full on this commit; then",
        f"git push --follow-tags origin {BRANCH}",
        *build,
    ]


def run(root: Path, *words: str) -> None:
    subprocess.run(["git", *words], cwd=root, check=True)


def git(root: Path, *words: str) -> str:
    """What it says; empty if it fails."""
    done = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True)
    return done.stdout.strip("\n") if done.returncode == 0 else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
