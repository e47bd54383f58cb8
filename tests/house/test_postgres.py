"""script/postgres.py: a server that is there, answers, and leaves nothing; or a reason why there is none."""

import os
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from script import postgres
from script.test import once_more_on_postgres

needs_postgres = pytest.mark.skipif(postgres.find() is None, reason="There is no Postgres on this machine.")


@needs_postgres
def test_a_server_answers_and_leaves_neither_process_nor_folder():
    with postgres.served() as url, psycopg.connect(url.removesuffix(f"/{postgres.USER}") + "/postgres") as connection:
        [(folder, encoding, version)] = connection.execute(
            "SELECT current_setting('data_directory'), current_setting('server_encoding'), current_setting('server_version_num')"
        ).fetchall()
        # Sorted as people do: with the order of bytes, capitals would come first.
        assert connection.execute("SELECT 'a' < 'B'").fetchone() == (True,)
        pid = int((Path(folder) / "postmaster.pid").read_text().split()[0])
    assert (encoding, int(version) >= postgres.OLDEST * 10_000) == ("UTF8", True)
    assert urlsplit(url).hostname == "127.0.0.1"
    assert not Path(folder).parent.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.fixture
def bare_machine(tmp_path, monkeypatch):
    """No Postgres, and nothing to install one with."""
    monkeypatch.setattr(postgres, "PACKAGES", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def put(folder: Path, version: str) -> Path:
    folder.mkdir(parents=True)
    for name in ("initdb", "postgres"):
        (folder / name).write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n")
        (folder / name).chmod(0o755)
    return folder


def test_a_machine_without_postgres_is_reported_how_to_get_it(bare_machine):
    with pytest.raises(postgres.Missing, match="apt-get install postgresql"), postgres.served():
        pass


def test_the_newest_of_several_is_taken_and_none_that_is_too_old(bare_machine):
    put(bare_machine / "13" / "bin", "13.4 (Debian 13.4-1)")
    assert postgres.find() is None
    put(bare_machine / "9.6" / "bin", "9.6.1")
    put(bare_machine / "17" / "bin", "17.2")
    newest = put(bare_machine / "18" / "bin", "18beta1")
    assert postgres.find() == newest


def test_root_gets_a_missing_server_installed(bare_machine, monkeypatch):
    made = bare_machine / "made"
    script = f'#!/bin/sh\n[ "$1 $2 $4" != "install -y postgresql" ] || : > {made}\n'
    (bare_machine / "apt-get").write_text(script)
    (bare_machine / "apt-get").chmod(0o755)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    postgres.install()
    assert made.exists()


def test_others_install_nothing(bare_machine, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    (bare_machine / "apt-get").write_text(f"#!/bin/sh\n: > {bare_machine / 'made'}\n")
    (bare_machine / "apt-get").chmod(0o755)
    postgres.install()
    assert not (bare_machine / "made").exists()


def test_a_cluster_that_cannot_be_made_says_why(bare_machine, monkeypatch):
    folder = put(bare_machine / "17" / "bin", "17.2")
    (folder / "initdb").write_text("#!/bin/sh\necho 'no space left' >&2; exit 1\n")
    monkeypatch.setattr(postgres, "unprivileged", dict)
    with pytest.raises(postgres.Broken, match="no space left"), postgres.served():
        pass


def test_a_server_that_does_not_start_says_why(bare_machine, monkeypatch):
    folder = put(bare_machine / "17" / "bin", "17.2")
    (folder / "pg_isready").write_text("#!/bin/sh\nexit 2\n")
    (folder / "pg_isready").chmod(0o755)
    monkeypatch.setattr(postgres, "unprivileged", dict)
    with pytest.raises(postgres.Broken, match="did not start"), postgres.served():
        pass


def test_only_a_missing_server_lets_a_run_stay_green(bare_machine, monkeypatch, capsys):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert once_more_on_postgres({}) == 0
    folder = put(bare_machine / "17" / "bin", "17.2")
    (folder / "initdb").write_text("#!/bin/sh\necho 'no space left' >&2; exit 1\n")
    assert once_more_on_postgres({}) == 1
    assert "no space left" in capsys.readouterr().out
