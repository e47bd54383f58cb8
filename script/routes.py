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
        from tests.routes.walking import Walked, walk

        total, began = Walked(), time.process_time()
        with transaction.atomic(), staged(Path(kept)) as stage:
            for role in ROLES:
                walked = walk(stage, -(-EACH // len(ROLES)), [role])
                say(f"As {role}: {walked}", *walked.wrong[:50])
                total.add(walked)
    say(f"{total}, {time.process_time() - began:.0f} s of processor time")
    return 1 if total.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
