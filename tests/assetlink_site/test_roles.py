"""`python -m assetlink_site ROLE`: what a container or a service begins with."""

import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler

import pytest

from assetlink_site import roles
from tests.processes import free_port
from tests.servers import listening


class Picky(BaseHTTPRequestHandler):
    """As Django with ALLOWED_HOSTS."""

    answer = b'{"status": "ok"}'

    def do_GET(self) -> None:
        self.send_response(200 if (self.path, self.headers["Host"]) == ("/healthz", "app.example.com") else 400)
        self.end_headers()
        self.wfile.write(self.answer)

    def log_message(self, *_: object) -> None:
        pass


def test_health_asks_by_a_name_that_is_answered(monkeypatch):
    with listening(Picky) as url:
        port = url.rpartition(":")[2]
        monkeypatch.setenv("ALLOWED_HOSTS", "app.example.com, other.example.com")
        assert roles.main(["health", port]) == 0
        monkeypatch.setenv("ALLOWED_HOSTS", "other.example.com")
        assert roles.main(["health", port]) == 1


def test_health_is_asked_where_the_web_server_listens_and_of_nobody_else(monkeypatch, capsys):
    class Other(Picky):
        answer = b"<h1>It works</h1>"

    monkeypatch.setenv("ALLOWED_HOSTS", "app.example.com")
    for handler, code in ((Picky, 0), (Other, 1)):
        with listening(handler) as url:
            monkeypatch.setenv("PORT", url.rpartition(":")[2])
            assert roles.main(["health"]) == code
    assert "something else answers there" in capsys.readouterr().err


def test_health_has_an_end_however_slowly_something_answers(monkeypatch, capsys):
    class Slow(Picky):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            for _ in range(40):
                time.sleep(0.05)
                self.wfile.write(b" ")

    monkeypatch.setattr(roles, "PATIENCE", 0.3)
    with listening(Slow) as url:
        assert roles.main(["health", url.rpartition(":")[2]]) == 1
    assert "no answer within 0.3 s" in capsys.readouterr().err


@pytest.mark.parametrize("given", [["abc"], ["0"], ["70000"], ["٣"], ["8000", "1"]])
def test_health_of_what_is_no_port(given, capsys):
    assert roles.main(["health", *given]) == roles.MISUSED
    assert capsys.readouterr().err.count("\n") == 1


def test_health_of_a_server_that_is_away(capsys):
    assert roles.main(["health", str(free_port())]) == 1
    assert "/healthz: " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("allowed", "name"), [("", "localhost"), ("* .example.com", "example.com"), ("a.b,c.d", "a.b")]
)
def test_the_name_to_ask_by(allowed, name):
    assert roles.host(allowed) == name


@pytest.mark.parametrize("arguments", [[], ["wed"]])
def test_a_role_that_there_is_not(arguments, capsys):
    assert roles.main(arguments) == roles.MISUSED
    assert "There are web, worker, sweeper, migrate, manage, health." in capsys.readouterr().err


def test_a_role_becomes_its_program_wherever_it_is_started(tmp_path):
    command = [sys.executable, "-m", "assetlink_site", "manage", "help", "--commands"]
    known = {"PYTHONPATH": str(roles.ROOT), "DEBUG": "1"}
    done = subprocess.run(command, cwd=tmp_path, env=known, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "sweeper" in done.stdout.split()


def test_a_step_that_fails_is_the_end(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    reached = tmp_path / "reached"
    monkeypatch.setitem(roles.ROLES, "migrate", [["-c", "raise SystemExit(3)"], ["-c", f"open({str(reached)!r}, 'w')"]])
    assert roles.main(["migrate"]) == 3
    assert not reached.exists()
