"""Updates this installation to a release, the next one by default, while people work. It builds the new code beside the
old, migrates while the old processes go on, then restarts web, workers and sweeper. It says each step before it
does it. A failure before it ends the first process leaves everything as it was. Run it again to go on after a failure.

--back goes back to an earlier release of this machine: its processes on the schema of today, which suits them. It
migrates nothing back. docs/operator/update.md says when that is not enough.

With compose (the usual way): in the clone that has compose.yaml and .env. With --systemd: in /opt/assetlink/app, as root.
"""

import argparse
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from script import update_compose, update_systemd, update_unfinished
from script.terminal import say
from script.update_steps import Failed, Step
from script.update_unfinished import Unfinished

ROOT = Path(__file__).resolve().parent.parent
NOTES = "docs/operator/update.md"


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="script/update", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("version", nargs="?", metavar="VERSION", help="a release; the next one by default")
    parser.add_argument("--systemd", action="store_true", help="systemd services instead of compose")
    parser.add_argument("--back", action="store_true", help="go back to the previous release, without migrating")
    parser.add_argument("--dry-run", action="store_true", help="only say each step")
    parser.add_argument("--yes", action="store_true", help="you have a backup: do not ask")
    chosen = parser.parse_args(arguments)
    try:
        way = update_systemd if chosen.systemd else update_compose
        begun = update_unfinished.read(way.folder(ROOT))
        present = begun.of(back=chosen.back) if begun else way.installed(ROOT)
        version = releases(ROOT, present, chosen.version, back=chosen.back, begun=begun)
        say(f"AssetLink {present} is installed; {version} follows.", *news(ROOT, version))
        if not (chosen.yes or chosen.dry_run or chosen.back or asked(way.BACKUP)):
            return 1
        return done(way.steps(ROOT, present, version, back=chosen.back), dry_run=chosen.dry_run)
    except Failed as failed:
        say("", str(failed))
        return 1


def releases(root: Path, present: str, wanted: str | None, *, back: bool, begun: Unfinished | None) -> str:
    """What shall be installed after `present`. Raises Failed."""
    if why := no_clone(root):
        raise Failed(f"{root} is no clone that git reads, and releases come by it (docs/operator/update.md): {why}")
    if changed := git(root, "status", "--porcelain", "--untracked-files=no"):
        raise Failed(f"Files of the clone were changed, and would be lost: {changed.strip()}")
    git(root, "fetch", "--quiet", "--tags")  # without a network: what is known already
    known = sorted((tag[1:] for tag in git(root, "tag", "--list", "v*").split() if number(tag[1:])), key=number)
    return chosen_of(known, present, wanted, back=back, begun=begun)


def chosen_of(
    known: Sequence[str], present: str, wanted: str | None, *, back: bool, begun: Unfinished | None = None
) -> str:
    """Every release in turn: migrations are made for processes of the one before. An update that was begun is ended, or gone back
    from, before another one. Raises Failed."""
    if not known and not begun:
        raise Failed(
            "This clone has no tag v…, so it knows no release: run `git fetch --tags` from the repository of the "
            "releases. To take a commit without one, see *By hand* in docs/operator/update.md."
        )
    later = [one for one in known if number(one) > number(present)]
    earlier = [one for one in known if number(one) < number(present)]
    possible = earlier[-1:] if back else later[:1]
    if begun:
        possible = [begun.present if back else begun.version]
    if not possible:
        raise Failed(f"There is no release {'before' if back else 'after'} {present}.")
    version = (wanted or possible[0]).removeprefix("v")
    if version not in known and not (begun and version in possible):
        raise Failed(f"There is no release {version}. There are {', '.join(known)}.")
    if version in possible:
        return version
    if begun:
        raise Failed(
            f"The update from {begun.present} to {begun.version} did not end: end it with script/update, or go back with --back."
        )
    raise Failed(f"From {present}, {possible[0]} comes first: processes work with the tables of the next release only.")


def number(version: str) -> tuple[int, ...]:
    """Empty if it is no version of a release."""
    return tuple(map(int, version.split("."))) if re.fullmatch(r"\d+\.\d+\.\d+", version) else ()


def news(root: Path, version: str) -> Iterator[str]:
    """What the release says of itself to operators."""
    changes = git(root, "show", f"v{version}:CHANGELOG.md")
    operators = re.search(
        rf"^## \[{re.escape(version)}\].*?^### For operators\n(.*?)(?=^##)", changes, re.DOTALL | re.MULTILINE
    )
    notes = re.search(
        rf"^### {re.escape(version)}\n(.*?)(?=^##|\Z)",
        git(root, "show", f"v{version}:{NOTES}"),
        re.DOTALL | re.MULTILINE,
    )
    for title, found in (("What is new for operators:", operators), ("Upgrade notes:", notes)):
        if found:
            yield f"\n{title}\n\n{found[1].strip()}"


def asked(backup: str) -> bool:
    say("", "Back up the database first, for example:", f"  {backup}")
    try:
        return input("Do you have a current backup? [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        raise Failed("Nobody answers. If you have a backup, run it with --yes.") from None


def done(steps: Sequence[Step], *, dry_run: bool) -> int:
    """The exit code."""
    touched = ""
    for step in steps:
        say("", f"- {step.says}")
        if dry_run:
            say(*(f"    {line}" for line in step.lines()))
            continue
        touched = touched or step.touches
        try:
            step.do()
        except Failed as failed:
            if step.may_fail:
                say(str(failed))
                continue
            after = (
                f"It has already ended processes. {touched}"
                if touched
                else "It has ended nothing: what ran before goes on."
            )
            raise Failed(f"{failed} {after}") from failed
    return 0


def no_clone(root: Path) -> str:
    """In git's own words, as it also refuses a clone of another user's; empty if it is one. Raises Failed."""
    done = started(root, "rev-parse", "--git-dir")
    return " ".join(done.stderr.split())[:200] if done.returncode else ""


def git(root: Path, *words: str) -> str:
    """What it says; empty if it fails. Raises Failed."""
    done = started(root, *words)
    return done.stdout if done.returncode == 0 else ""


def started(root: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """Raises Failed."""
    try:
        return subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, errors="replace")
    except OSError as error:
        raise Failed(f"git does not start ({error.strerror}), and releases come by it: install it.") from error


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
