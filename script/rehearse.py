"""Rehearses what an operator does, with real processes, while a run of some hundred assets is under way:

  restore   back up in the middle, kill everything, restore into a new database with an empty Redis
  update    update from the last release (.ci/last-release) to this one, process by process

It ends with 1 if anything is lost or linked twice, or if somebody gets anything but pages, and 503 while something starts. On a
machine without Caddy nothing answers while the web is down: it says how often, and does not judge it.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

NAMES = ("restore", "update")
KINDS = ("postgres", "sqlite")


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="script/rehearse", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("name", choices=NAMES)
    parser.add_argument("--database", choices=KINDS, action="append", help="only this database; both by default")
    parser.add_argument("--logs", type=Path, metavar="FOLDER", help="keep the processes' logs here")
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # whatever was started is ended, too
    kinds = chosen.database or list(KINDS)
    if len(kinds) > 1:
        return each(chosen.name, kinds, [] if chosen.logs is None else ["--logs", str(chosen.logs)])
    return rehearsed(chosen.name, kinds[0], chosen.logs)


def each(name: str, kinds: Sequence[str], options: Sequence[str]) -> int:
    """In processes of their own, as each has one database for its whole life. The last line is that of all of them."""
    codes, ends = [], []
    for kind in kinds:
        command = [sys.executable, "-u", "-m", "script.rehearse", name, "--database", kind, *options]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            for line in process.stdout:
                print(line, end="", flush=True)
                ends[len(codes) :] = [line.strip()]
        codes.append(process.returncode)
    print(". ".join(ends))
    return max(codes)


def rehearsed(name: str, kind: str, logs: Path | None) -> int:
    from script import postgres

    with tempfile.TemporaryDirectory(prefix="assetlink-rehearsal-") as kept:
        folder = logs / f"{name}-{kind}" if logs else Path(kept)
        folder.mkdir(parents=True, exist_ok=True)
        try:
            return played(name, kind, folder)
        except postgres.Missing as missing:
            print(f"{name} on {kind} was not rehearsed: {missing}")
            return 0


def played(name: str, kind: str, folder: Path) -> int:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    os.environ["LOG_LEVEL"] = "ERROR"
    from script import postgres

    if kind == "postgres":
        with postgres.served() as url:
            return shown(name, kind, folder, url, postgres.find())
    return shown(name, kind, folder, f"sqlite:///{folder / 'first.sqlite3'}", None)


def shown(name: str, kind: str, folder: Path, url: str, programs: Path | None) -> int:
    os.environ["DATABASE_URL"] = url
    import logging

    import django

    django.setup()
    logging.getLogger("werkzeug").disabled = True  # the pretend world complains of callers who were killed
    from tests.rehearsal import plays
    from tests.rehearsal.databases import Database

    database = Database(url, folder, programs)
    if programs:
        database.url = database.create("first")
    play = getattr(plays, name)(folder, database)
    for what, figure in play.figures.items():
        print(f"  {what}: {figure}")
    for trouble in play.troubles[:10]:
        print(f"  BROKEN: {trouble}")
    if more := play.troubles[10:]:
        print(f"  BROKEN: and {len(more)} more")
    print(f"{name} on {kind}: {'BROKEN' if play.troubles else 'kept'}, {summary(play.figures)}")
    return 1 if play.troubles else 0


def summary(figures: dict[str, object]) -> str:
    return "; ".join(f"{what} {figure}" for what, figure in figures.items()).replace("'", "").replace("|", "/")


if __name__ == "__main__":
    sys.exit(main())
