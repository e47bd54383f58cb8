"""What tests start ends with them, also if pytest is killed."""

import signal
import subprocess
import sys

import pytest

from tests.processes import ROOT, wait_until

SERVES = """
import pathlib, sys, time
from tests.processes import running
sleeps = [sys.executable, "-c", "import time; time.sleep(60)"]
with running(sleeps, {}, pathlib.Path(sys.argv[1])) as process:
    print(process.pid, flush=True)
    time.sleep(60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone tells a child that its parent has ended")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_server_does_not_outlive_who_started_it(tmp_path, number):
    command = [sys.executable, "-c", SERVES, str(tmp_path / "log")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        server = int(parent.stdout.readline())
        assert lives(server)
        parent.send_signal(number)
        parent.wait(10)
    wait_until(lambda: not lives(server), 10)


def lives(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"  # nobody may be there who waits for it
    except OSError:
        return False
