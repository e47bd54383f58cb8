"""`script/full repeated`: which tests it plays again, and what it says in the end."""

import os
import subprocess
import sys

from script import repeated, test
from tests.house.imports import ROOT

TESTS = """
import os, subprocess, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

def test_alone(): pass
def test_process(): subprocess.run(["true"])
def test_fork():
    if not (pid := os.fork()): os._exit(0)
    os.waitpid(pid, 0)
def test_thread():
    one = threading.Thread(target=print); one.start(); one.join()
def test_of_every_run():
    one = threading.Thread(target=print, name="heartbeat"); one.start(); one.join()
def test_server():
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    one = threading.Thread(target=server.serve_forever); one.start(); server.shutdown(); one.join(); server.server_close()
"""


def test_what_starts_processes_or_threads_of_its_own_is_found(tmp_path):
    (tmp_path / "test_some.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    found = tmp_path / "found"
    environment = {**os.environ, "STARTERS": str(found), "PYTHONPATH": str(ROOT)}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:django",
        "-p",
        "no:cacheprovider",
        "-p",
        "tests.starters",
    ]
    subprocess.run([*command, str(tmp_path)], cwd=tmp_path, env=environment, check=True)
    assert [name.split("::")[1] for name in found.read_text().split()] == ["test_process", "test_fork", "test_thread"]


def test_it_runs_whole_then_what_it_found_and_says_what_failed_how_often(monkeypatch, capsys, tmp_path):
    script = tmp_path / "pytest.py"
    script.write_text(
        "import os, sys\n"
        "again = [one for one in sys.argv if one.startswith('@')]\n"
        "if not again: open(os.environ['STARTERS'], 'a').write('tests/test_a.py::test_one[x y]\\n')\n"
        "print(open(again[0][1:]).read().split('\\n')[0] if again else 'everything')\n"
        "print('FAILED tests/test_a.py::test_one[x y] - AssertionError: no')\n"
        "sys.exit(1)\n"
    )
    monkeypatch.setattr(test, "PYTEST", [str(script)])
    assert repeated.main(["--times", "3", "--whole", "1", "--busy", "1"]) == 1
    said = capsys.readouterr().out.splitlines()
    assert [said.count("everything"), said.count("tests/test_a.py::test_one[x y]")] == [1, 2]
    assert said[-2] == "3 times: tests/test_a.py::test_one[x y]"
    assert said[-1].startswith("1 whole runs, and 1 tests with processes, threads or a browser 3 times, beside 1 busy")
    assert said[-1].endswith("1 failed")
