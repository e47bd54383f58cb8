"""Real processes whose settings cannot work: they end at once, with a line for each fault and no traceback."""

import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.db import OperationalError

from assetlink_site.starting import unreachable
from tests.processes import ROOT, free_port

MANAGE = ["manage.py"]
GUNICORN = ["-m", "gunicorn", "assetlink_site.wsgi", "--no-control-socket", "--bind"]
ROLE = ["-m", "assetlink_site"]
WRONG = {"SECRET_KEY": "x", "ENCRYPTION_KEYS": "nonsense", "TRUSTED_PROXIES": "-1"}
LINES = [
    "ENCRYPTION_KEYS cannot be used: key 1 of 1 is no key: restore it from where your keys are kept; only a "
    "new installation makes one with `python manage.py make_key`.",
    "TRUSTED_PROXIES is '-1': it must be a whole number from 0 to 20.",
]


def run(arguments: list[str], folder: Path = ROOT, **changed: str) -> subprocess.CompletedProcess:
    env = {"PATH": "/usr/bin", "PYTHONPATH": str(ROOT), **changed}
    command = [sys.executable, *arguments]
    return subprocess.run(command, env=env, cwd=folder, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize(
    "arguments", [[*MANAGE, "rqworker", "default"], [*MANAGE, "migrate"], [*GUNICORN, "127.0.0.1:1"]]
)
def test_it_says_so_and_does_not_start(arguments):
    done = run(arguments, **WRONG)
    assert (done.returncode, done.stdout) == (78, "")
    assert done.stderr.splitlines()[:-1] == LINES


def test_gunicorn_without_its_own_settings_does_not_try_again_and_again(tmp_path):
    done = run([*GUNICORN, f"127.0.0.1:{free_port()}"], tmp_path, **WRONG)
    assert done.returncode == 4
    assert done.stderr.count(LINES[0]) == 1
    assert "Traceback" not in done.stderr


def test_the_command_that_makes_keys_needs_none():
    done = run([*MANAGE, "make_key"], **WRONG)
    assert (done.returncode, done.stderr) == (0, "")
    assert Fernet(done.stdout.strip())


def test_what_gunicorn_itself_could_not_read_is_named_before_it_is_started():
    done = run([*ROLE, "web"], SECRET_KEY="x", ENCRYPTION_KEYS=Fernet.generate_key().decode(), WEB_CONCURRENCY="auto")
    assert done.returncode == 78
    assert done.stderr.startswith("WEB_CONCURRENCY is 'auto': it must be a whole number from 1 to 1,000.\n")


def test_a_python_without_the_requirements_is_named():
    done = run(["-S", *MANAGE, "check"])
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "lacks requirements.txt. Use the virtual environment's Python" in done.stderr


def test_a_database_that_is_away_is_one_sentence():
    text = unreachable(OperationalError("connection failed: Connection refused\n\tIs the server running?"))
    assert text.startswith(
        "AssetLink cannot reach the database: connection failed: Connection refused. Check that it runs"
    )


@pytest.mark.full
def test_a_command_that_cannot_reach_the_database_says_so_in_a_line():
    keys = {"SECRET_KEY": "x", "ENCRYPTION_KEYS": Fernet.generate_key().decode()}
    done = run([*MANAGE, "migrate"], DATABASE_URL="postgres://u:secret-word@127.0.0.1:1/a", **keys)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert done.stderr.startswith("AssetLink cannot reach the database: ")
    assert "secret-word" not in done.stderr
    asked = run([*MANAGE, "migrate", "--traceback"], DATABASE_URL="postgres://u:p@127.0.0.1:1/a", **keys)
    assert "Traceback" in asked.stderr
