"""For crash tests: a process ends or stops itself at a call to a store. Does nothing unless FAILPOINT is set.

FAILPOINT names a file. While it exists its text is `when:document:nth:action`, for example `after:FilesCreate:1:kill`:
when the answer to the process's first FilesCreate has come (`before`: before it goes out), the process kills itself.
`document` may be `*`. `kill` takes the job's process, `kill-parent` its worker, `kill-both` both; `stop` stops it as
SIGSTOP does. The process that strikes removes the file first, so that it happens once.
"""

import os
import signal
from collections import Counter
from pathlib import Path

from django.conf import settings

passed: Counter[str] = Counter()


def pass_by(when: str, document: str) -> None:
    if not (name := settings.FAILPOINT):
        return
    try:
        text = Path(name).read_text()
        point, wanted, nth, action = text.strip().split(":")
    except (FileNotFoundError, ValueError):  # not there, or just being written
        return
    if point != when or wanted not in ("*", document):
        return
    passed[text] += 1
    if passed[text] == int(nth) and _first(Path(name)):
        _strike(action)


def _first(path: Path) -> bool:
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    return True


def _strike(action: str) -> None:
    if action in ("kill-parent", "kill-both"):
        os.kill(os.getppid(), signal.SIGKILL)
    if action in ("kill", "kill-both"):
        os.kill(os.getpid(), signal.SIGKILL)
    if action == "stop":
        os.kill(os.getpid(), signal.SIGSTOP)
