"""What a web process has in memory: nothing of what only workers, commands and rarely used pages need."""

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GLIBC = platform.libc_ver()[0] == "glibc"
# Loaded by the job, the command or the view that needs them. Each takes up to 5 MB of every process that has them.
ELSEWHERE = {
    # of the worker
    "linking.jobs",
    "linking.syncing",
    "linking.planning",
    "linking.reporting.writing",
    "linking.reporting.content",
    "linking.matching.answering",
    "linking.matching.suggestions",
    "xlsxwriter",
    "rapidfuzz",
    "PIL",
    # of the sweeper, and of commands
    "linking.operations.sweeper",
    "linking.operations.worker",
    "linking.operations.doctor.looking",
    "assetlink_site.deployment.checking",
    # of people who sign in with a provider or a passkey
    "authlib",
    "joserfc",
    "fido2",
    # of the page that Prometheus reads
    "prometheus_client",
    # of tests and tools
    "babel",
    "graphql",
    "hypothesis",
    "sandbox",
}
SERVE = """
from wsgiref.util import setup_testing_defaults
from assetlink_site.wsgi import application

for path in ("/healthz", "/nowhere"):
    environ = {"PATH_INFO": path}
    setup_testing_defaults(environ)
    answer = application(environ, lambda status, headers: print(path, status))
    b"".join(answer)
    answer.close()
"""
MODULES = 'print(" ".join(sys.modules))'
# https://man7.org/linux/man-pages/man3/malloc_info.3.html names a <heap> for each arena.
ARENAS = """
import ctypes, threading
libc = ctypes.CDLL(None)
libc.fopen.restype, libc.malloc.restype = ctypes.c_void_p, ctypes.c_void_p
together = threading.Barrier(5)

def take():
    libc.malloc(100_000)
    together.wait()

threads = [threading.Thread(target=take) for _ in range(4)]
[thread.start() for thread in threads]
together.wait()
file = ctypes.c_void_p(libc.fopen(sys.argv[1].encode(), b"w"))
libc.malloc_info(0, file)
libc.fclose(file)
"""


def run(*code: str, arenas: Path) -> list[str]:
    """The lines that a fresh process prints."""
    command = [sys.executable, "-c", "import sys\n" + "".join(code), str(arenas)]
    values = {"DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=os.environ | values, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """What a web process says after two requests, and its arenas with four threads more."""
    file = tmp_path_factory.mktemp("served") / "arenas.xml"
    lines = run(SERVE, ARENAS if GLIBC else "", MODULES, arenas=file)
    return lines, file.read_text() if GLIBC else ""


def found(names: set[str], loaded: set[str]) -> set[str]:
    """A package counts with whatever is in it."""
    return {name for name in names if any(one == name or one.startswith(f"{name}.") for one in loaded)}


def test_a_web_process_loads_nothing_that_only_others_need(served):
    *answers, loaded = served[0]
    assert answers == ["/healthz 200 OK", "/nowhere 404 Not Found"]
    needed = {"linking.urls", "linking.templatetags", "ninja"}
    assert found(needed, set(loaded.split())) == needed
    assert found(ELSEWHERE, set(loaded.split())) == set()


@pytest.mark.parametrize("loaded", ["xlsxwriter", "linking.planning.kept"])
def test_what_only_others_need_is_found(loaded):
    assert found(ELSEWHERE, {"linking.reporting.kept", "linking.planning_words", loaded})
    assert not found(ELSEWHERE, {"linking.reporting.kept", "linking.planning_words"})


@pytest.mark.skipif(not GLIBC, reason="other C libraries have no arenas")
def test_threads_of_a_web_process_share_one_arena(served, tmp_path):
    run(ARENAS, arenas=tmp_path / "others.xml")
    assert (tmp_path / "others.xml").read_text().count("<heap nr=") > 1
    assert served[1].count("<heap nr=") == 1
