"""The failpoints of crash tests: nothing unless asked for, and once."""

import os
import subprocess
import sys

from tests.processes import ROOT

PASSING = """
from setup.shopify.failpoints import pass_by
for when, document in (("before", "Read"), ("after", "Read"), ("before", "Write"), ("after", "Write")) * 2:
    print(when, document, flush=True)
    pass_by(when, document)
"""


def passing(**environment: str) -> tuple[int, list[str]]:
    """How a process ends that makes two reads and two writes, and how far it came."""
    env = {name: value for name, value in os.environ.items() if name != "FAILPOINT"} | environment
    command = [sys.executable, "-c", PASSING]
    done = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, timeout=180)
    return done.returncode, done.stdout.splitlines()


def test_without_the_variable_nothing_happens():
    code, lines = passing()
    assert (code, len(lines)) == (0, 8)


def test_without_the_file_nothing_happens(tmp_path):
    assert passing(FAILPOINT=str(tmp_path / "absent"))[0] == 0


def test_it_strikes_at_the_call_that_it_names(tmp_path):
    (tmp_path / "point").write_text("before:Write:2:kill")
    assert passing(FAILPOINT=str(tmp_path / "point")) == (-9, [*order(), "before Read", "after Read", "before Write"])


def test_any_call_is_a_star(tmp_path):
    (tmp_path / "point").write_text("after:*:1:kill")
    assert passing(FAILPOINT=str(tmp_path / "point")) == (-9, ["before Read", "after Read"])


def test_it_strikes_once(tmp_path):
    (tmp_path / "point").write_text("after:*:1:kill")
    assert [passing(FAILPOINT=str(tmp_path / "point"))[0] for _ in range(2)] == [-9, 0]


def order() -> list[str]:
    return ["before Read", "after Read", "before Write", "after Write"]
