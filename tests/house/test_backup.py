"""script/backup: what it dumps, who may read it, and what is left of a dump that failed."""

import shutil
import sqlite3
import stat
from contextlib import closing

import pytest

from script import backup
from script.install_files import compose, systemd


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """The database's address -> an installation of systemd's kind with it."""
    way = systemd(tmp_path / "etc")
    way.secrets.mkdir(parents=True)
    way.settings.write_text("DOMAIN=example.com\n")
    monkeypatch.setattr(backup, "ETC", tmp_path / "etc")
    monkeypatch.setattr(backup, "USER", None)  # the services' user is on no machine of tests
    return way.secret("database_url").write_text


def test_a_database_is_copied_for_its_owner_alone(installed, tmp_path):
    with closing(sqlite3.connect(tmp_path / "kept.sqlite3")) as database:
        database.execute("create table kept (n)")
        installed(f"sqlite:///{tmp_path}/kept.sqlite3\n")
        assert backup.main([str(tmp_path / "copy")]) == 0
    with closing(sqlite3.connect(tmp_path / "copy")) as copy:
        assert copy.execute("select name from sqlite_master").fetchall() == [("kept",)]
    assert stat.S_IMODE((tmp_path / "copy").stat().st_mode) == 0o600


@pytest.mark.skipif(not shutil.which("pg_dump"), reason="there is no pg_dump")
@pytest.mark.parametrize("url", ["postgres://nobody@127.0.0.1:1/assetlink", "sqlite:////nowhere/assetlink.sqlite3"])
def test_a_dump_that_fails_leaves_no_file_and_the_older_one(installed, url, tmp_path, capsys):
    installed(url)
    older = tmp_path / "older.dump"
    older.write_text("older")
    assert [backup.main([str(path)]) for path in (older, tmp_path / "new.dump")] == [1, 1]
    assert older.read_text() == "older"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["etc", "older.dump"]
    assert "There is no backup" in capsys.readouterr().out


def test_the_password_is_no_argument():
    command, environment = backup.pg_dump("postgres://assetlink:p%40ss@db:5432/assetlink?sslmode=require")
    assert command[-1] == "postgresql://assetlink@db:5432/assetlink?sslmode=require"
    assert environment["PGPASSWORD"] == "p@ss"
    assert backup.pg_dump("postgres://%2Frun/assetlink")[0][-1] == "postgresql://%2Frun/assetlink"


def test_with_compose_the_database_is_the_one_in_use(tmp_path):
    way = compose(tmp_path)
    way.secrets.mkdir()
    assert backup.database(way) == "assetlink"
    way.secret("database_url").write_text("postgres://assetlink:x@postgres:5432/restored\n")
    assert backup.database(way) == "restored"
