"""Sends hostile requests to every route of the app, as everybody, in a pretend world. For `script/full`."""

import os
import sys
import tempfile
import time
from pathlib import Path

from script.own_database import prepare
from script.terminal import say

EACH = 2000  # requests to a route


def main() -> int:
    """The exit code: 1 if any was answered with an error of ours, or wrote too much into the log."""
    with tempfile.TemporaryDirectory(prefix="assetlink-routes-") as kept:
        prepare(Path(kept))
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        from django.db import transaction

        from tests.routes.stage import ROLES, staged
        from tests.routes.walking import walk

        began = time.process_time()
        with transaction.atomic(), staged(Path(kept)) as stage:
            walked = walk(stage, -(-EACH // len(ROLES)), ROLES)
    for line in walked.wrong[:50]:
        say(line)
    say(f"{walked}, {time.process_time() - began:.0f} s of processor time")
    return 1 if walked.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
