"""script/full image: from an empty folder to a report, in the image.

A base of Debian's packages, the image on it, its roles as compose.yaml starts them, each confined as compose.yaml confines them;
Postgres, Redis and Caddy of the machine; the sandbox as the world outside; Chromium in front. Compose itself is not run.
It says one line and ends well where a tool is missing. Everything that it started is ended, and its folder goes.
"""

import os
import signal
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Error as BrowserError

from script.family import Ended, Failed, Family
from script.image.stage import Stage
from script.image.tools import missing
from script.postgres import Broken
from script.postgres import served as postgres
from script.terminal import say


def main() -> int:
    if lacking := missing():
        say(f"Skipped: {lacking}.")
        return 0
    with tempfile.TemporaryDirectory(prefix="assetlink-image-", ignore_cleanup_errors=True) as kept:
        folder = Path(kept)
        folder.chmod(0o755)  # Postgres and the image's user go through it
        family = Family(folder=folder, logs=folder / "logs", environment=dict(os.environ))
        family.obey_signals()
        stage = Stage(folder, family)
        try:
            stage.build()
            with postgres() as database:
                return played(stage, family, database)
        except Ended:
            return 128 + signal.SIGTERM
        except (Failed, Broken) as failure:
            say(str(failure))
            return 1


def played(stage: Stage, family: Family, database: str) -> int:
    try:
        stage.open(database)
        outcomes = stage.travel()
        stage.end_roles()
    except (AssertionError, BrowserError) as wrong:
        say(f"The journey did not end as it should: {wrong}", *stage.last_words())
        return 1
    finally:
        family.end()
    say(stage.summary(outcomes))
    return 0


if __name__ == "__main__":
    sys.exit(main())
