"""The demo's processes: all end with it, nothing else does, and a lost worker comes back."""

import os
import signal
import subprocess
import sys
import time

import pytest

from script import family, sessions
from script.family import Ended, Failed, Family
from tests.house.processes import alive, soon

ENDS_WHEN_ASKED = "import time; print('up', flush=True); time.sleep(60)"
IGNORES_SIGTERM = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + ENDS_WHEN_ASKED
# As an RQ worker: a child in a process group of its own that outlives its parent.
HAS_A_JOB = "import os; os.fork() or os.setpgid(0, 0); " + ENDS_WHEN_ASKED
# As an RQ worker with a long job: gives in when asked a second time.
ENDS_WHEN_ASKED_TWICE = (
    "import signal, sys; signal.signal(signal.SIGTERM, lambda *_: signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))); "
    "import time; print('up', flush=True)\nfor _ in range(600): time.sleep(0.1)"
)


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setattr(family, "PATIENCE", 1.0)
    monkeypatch.setattr(family, "LAST_WORD", 0.5)
    made = Family(folder=tmp_path, logs=tmp_path / "logs", environment=dict(os.environ))
    yield made
    made.end()


def python(source: str) -> list[str]:
    return [sys.executable, "-c", source]


def started(home: Family, name: str, source: str, *, processes: int = 1, **how) -> family.Child:
    """As soon as all of its processes have said that they are up."""
    child = home.start(name, python(source), **how)
    home.wait_for(name, lambda: "" if home.log(name).read_text().count("up") == processes else "not up", seconds=10)
    return child


def run_until(home: Family, condition) -> None:
    home.wait_for("it", lambda: "" if condition() else "not yet", seconds=10)


def test_a_child_is_asked_to_end_and_its_neighbours_are_left_alone(home):
    neighbour = subprocess.Popen(python(ENDS_WHEN_ASKED), stdout=subprocess.DEVNULL)
    child = started(home, "web", ENDS_WHEN_ASKED)
    home.end()
    assert child.process.returncode == -signal.SIGTERM
    assert neighbour.poll() is None
    neighbour.kill()
    neighbour.wait()


def test_a_stubborn_child_is_asked_twice_and_then_killed(home):
    stubborn, slow = started(home, "web", IGNORES_SIGTERM), started(home, "worker", ENDS_WHEN_ASKED_TWICE)
    home.end()
    assert stubborn.process.returncode == -signal.SIGKILL
    assert slow.process.returncode == 7


def test_the_job_of_a_worker_ends_with_it_although_it_is_in_a_group_of_its_own(home):
    child = started(home, "worker", HAS_A_JOB, processes=2)
    both = sessions.members(child.process.pid)
    assert len({os.getpgid(pid) for pid in both}) == 2
    home.end()
    assert soon(lambda: not any(alive(pid) for pid in both))


def test_the_job_of_a_lost_worker_does_not_stay_behind(home):
    child = started(home, "worker", HAS_A_JOB, processes=2, revived=True)
    first = child.process.pid
    (job,) = set(sessions.members(first)) - {first}
    os.kill(first, signal.SIGKILL)
    run_until(home, lambda: not alive(job))


def test_a_lost_worker_is_started_again(home, capsys):
    child = started(home, "worker-1", ENDS_WHEN_ASKED, revived=True)
    lost = child.process.pid
    os.kill(lost, signal.SIGKILL)
    run_until(home, lambda: child.process.pid != lost)
    assert alive(child.process.pid)
    assert "worker-1 has ended by signal 9." in capsys.readouterr().out


def test_a_worker_that_keeps_ending_waits_longer_each_time_but_half_a_minute_at_most(home):
    child = started(home, "worker", ENDS_WHEN_ASKED, revived=True)
    assert [child.next_wait() for _ in range(7)] == [1, 2, 4, 8, 16, 30, 30]
    child.started = time.monotonic() - family.STEADY - 1
    assert child.next_wait() == 1


def test_a_child_that_is_needed_ends_the_demo_with_its_name_and_last_lines(home):
    home.start("sandbox", python("print('line 1'); print('the port is taken'); raise SystemExit(2)"))
    with pytest.raises(Failed, match=r"(?s)sandbox has ended with exit code 2\..*sandbox\.log.*the port is taken"):
        home.watch()


def test_a_command_that_fails_is_reported_with_its_last_lines(home):
    with pytest.raises(Failed, match=r"(?s)migrate has ended with exit code 1\..*no such table"):
        home.run("migrate", python("raise SystemExit('no such table')"))
    home.run("migrate", python("print('done')"))
    assert home.log("migrate").read_text() == "done\n"


def test_what_does_not_answer_in_time_is_reported_with_the_last_reason(home):
    with pytest.raises(Failed, match=r"The Console did not answer within 0 s\. 404"):
        home.wait_for("The Console", lambda: "404", seconds=0.2)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_each_signal_that_ends_a_program_ends_the_demo(home, number):
    kept = signal.signal(number, signal.SIG_DFL)  # who runs the tests may ignore it: nohup ignores SIGHUP
    try:
        home.obey_signals()
        os.kill(os.getpid(), number)
        with pytest.raises(Ended):
            home.watch()
    finally:
        for other in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(other, signal.default_int_handler if other == signal.SIGINT else signal.SIG_DFL)
        signal.signal(number, kept)


def test_a_second_signal_shortens_the_waiting(home, monkeypatch):
    monkeypatch.setattr(family, "PATIENCE", 3600.0)  # nobody waits so long for this test
    child = started(home, "web", IGNORES_SIGTERM)
    original = time.sleep

    def impatient(seconds):
        home.ends_asked += 1
        assert home.ends_asked < 500, "it still waits"
        original(seconds)

    monkeypatch.setattr(family.time, "sleep", impatient)
    home.end()
    assert child.process.returncode == -signal.SIGKILL


def test_those_who_need_others_end_first(home):
    needed = started(home, "redis", ENDS_WHEN_ASKED, outlives=True)
    source = (
        "import os, signal, sys, time\n"
        f"signal.signal(signal.SIGTERM, lambda *_: (time.sleep(0.3), os.kill({needed.process.pid}, 0), sys.exit(0)))\n"
    )
    needing = started(home, "worker", source + ENDS_WHEN_ASKED)
    home.end()
    assert needing.process.returncode == 0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children that their parent is gone")
def test_children_end_even_if_the_demo_is_killed_outright(tmp_path):
    source = (
        "import os, pathlib, sys, time\nfrom script import sessions\n"
        f"child = sessions.start([sys.executable, '-c', {ENDS_WHEN_ASKED!r}], dict(os.environ), pathlib.Path('.'), "
        f"pathlib.Path({str(tmp_path / 'log')!r}))\nprint(child.pid, flush=True)\ntime.sleep(60)"
    )
    demo = subprocess.Popen(python(source), stdout=subprocess.PIPE, text=True)
    child = int(demo.stdout.readline())
    while (tmp_path / "log").read_text() != "up\n":
        time.sleep(0.05)
    demo.kill()
    demo.wait()
    assert soon(lambda: not alive(child))
