"""script/install: what it asks, what it writes, and that it never writes over what is there."""

import os
import pwd
import stat
import subprocess
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from script import install, manage, starting
from script.install_files import SECRETS, compose, keep, place, read_settings, systemd
from tests.house.imports import ROOT

GIVEN = {"DOMAIN": "app.example.com", "TLS": "internal"}


def options(**given: str) -> dict[str, str | None]:
    return (
        {one.name.lower(): None for one in install.QUESTIONS} | {"domain": "app.example.com", "tls": "internal"} | given
    )


def test_secrets_are_files_for_their_reader_alone(tmp_path):
    way = compose(tmp_path)
    keep(way, GIVEN | {"CLOUD_NAME": "demo", "CLOUD_API_SECRET": "hush"})
    modes = {stat.S_IMODE(path.stat().st_mode) for path in way.secrets.iterdir()}
    assert modes == ({0o600} if os.geteuid() == 0 else {0o644})
    assert stat.S_IMODE(way.secrets.stat().st_mode) == 0o700
    assert way.secret("cloud_api_secret").read_text() == "hush\n"
    Fernet(way.secret("encryption_keys").read_text().strip())
    assert way.secret("postgres_password").read_text().strip() in way.secret("database_url").read_text()
    assert "hush" not in way.settings.read_text()


def test_what_is_there_is_kept(tmp_path):
    way = compose(tmp_path)
    keep(way, GIVEN)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    lines = keep(way, {"DOMAIN": "other.example.com", "SECRET_KEY": "another"})
    assert {path: path.read_bytes() for path in before} == before
    assert {line.split()[0] for line in lines} == {"kept"}


def test_a_secret_that_was_not_needed_yet_is_filled(tmp_path):
    way = compose(tmp_path)
    keep(way, GIVEN)
    way.settings.write_text(way.settings.read_text().replace("CLOUD_NAME=", "CLOUD_NAME=demo"))
    answers = install.answered(way, options(), {"CLOUD_API_SECRET": "hush"}, ask=None)
    keep(way, answers)
    assert way.secret("cloud_api_secret").read_text() == "hush\n"


def test_a_lost_password_is_found_in_the_address(tmp_path):
    way = compose(tmp_path)
    keep(way, GIVEN)
    password = way.secret("postgres_password").read_text()
    way.secret("postgres_password").unlink()
    keep(way, GIVEN)
    assert way.secret("postgres_password").read_text() == password


def test_without_containers_the_service_is_who_postgres_knows(tmp_path):
    way = systemd(tmp_path)
    keep(way, GIVEN)
    assert way.secret("database_url").read_text() == "postgres://%2Fvar%2Frun%2Fpostgresql/assetlink\n"
    assert {path.name for path in way.secrets.iterdir()} == {*SECRETS, "database_url"}
    assert read_settings(way)["APP_URL"] == "https://app.example.com"


def test_the_units_of_a_release_replace_those_of_the_last_one(tmp_path):
    unit = tmp_path / "systemd/system/assetlink-web.service"
    unit.parent.mkdir(parents=True)
    unit.write_text("an old one")
    units = ROOT / "deploy" / "systemd"
    place(units, tmp_path)
    assert unit.read_text() == (units / unit.name).read_text()
    assert (tmp_path / "systemd/system/assetlink-.service.d/common.conf").exists()
    assert [path.name for path in (tmp_path / "sysusers.d").iterdir()] == ["assetlink.conf"]
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == len(
        [path for path in units.rglob("*") if path.is_file()]
    )


@pytest.mark.parametrize(
    ("given", "environ", "reason"),
    [
        ({"domain": "https://app.example.com"}, {}, "DOMAIN: that is not a host name"),
        ({"domain": None}, {}, "DOMAIN is missing. Give it as --domain."),
        ({"tls": 'a${HOME}#"@x.de{'}, {}, "TLS: an e-mail"),
        ({"tls": "yes"}, {}, "TLS: an e-mail address, or: internal"),
        ({"cloud_name": "demo", "cloud_api_key": "1"}, {}, "CLOUD_API_SECRET is missing. Put it into the environment"),
        (
            {"cloud_name": "demo", "cloud_api_key": "1"},
            {"CLOUD_API_SECRET": "x", "LAUNCH_SECRET": "short"},
            "LAUNCH_SECRET: it needs at least 32 characters",
        ),
        (
            {},
            {"LAUNCH_SECRET": "short"},
            "LAUNCH_SECRET is given without CLOUD_NAME. Give it as --cloud-name, or leave",
        ),
        ({"cloud_api_key": "1"}, {}, "CLOUD_API_KEY is given without CLOUD_NAME"),
        ({}, {"SHOPIFY_CLIENT_SECRET": "x"}, "SHOPIFY_CLIENT_SECRET is given without SHOPIFY_CLIENT_ID"),
    ],
)
def test_what_will_not_do_is_refused_before_anything_is_written(given, environ, reason, tmp_path):
    with pytest.raises(install.Refused, match=reason):
        install.answered(compose(tmp_path), options() | given, environ, ask=None)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("given", "environ", "reason"),
    [
        (
            {"domain": "other.example.com"},
            {},
            "DOMAIN is app.example.com in .*, not other.example.com. Nothing was changed",
        ),
        ({"cloud_name": "demo"}, {}, "CLOUD_NAME is empty in .*, not demo"),
        ({}, {"LAUNCH_SECRET": "x" * 32}, "LAUNCH_SECRET is another one in .*/launch_secret"),
    ],
)
def test_what_differs_from_what_is_kept_is_refused(given, environ, reason, tmp_path):
    way = compose(tmp_path)
    keep(way, GIVEN)
    with pytest.raises(install.Refused, match=reason):
        install.answered(way, options() | given, environ, ask=None)
    assert install.answered(way, options(), {}, ask=None) == {}


def test_without_an_engine_the_folder_is_named_where_compose_starts_it(tmp_path):
    (tmp_path / "compose.yaml").touch()
    assert starting.elsewhere(tmp_path, None).endswith(f"On one that has, run in {tmp_path}:")


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (b'{"status": "ok", "reasons": []}', ""),
        (
            b'{"status": "degraded", "reasons": ["Redis is away.", "No worker is alive."]}',
            "Redis is away. No worker is alive.",
        ),
        (b'{"status": "degraded", "reasons": []}', "degraded"),
        (b"<html>", "something else answers there"),
        (b'["ok"]', "something else answers there"),
    ],
)
def test_an_installation_is_there_when_readyz_is_content(answer, problem):
    """People could come in before, and nothing would be linked."""
    assert starting.degraded(answer) == problem


def test_only_what_is_needed_is_asked(tmp_path):
    asked: list[str] = []
    replies = {
        "DOMAIN": ["nonsense", "app.example.com"],
        "TLS": ["internal"],
        "CLOUD_NAME": [""],
        "SHOPIFY_CLIENT_ID": [""],
    }

    def ask(one: install.Question) -> str:
        asked.append(one.name)
        return replies[one.name].pop(0)

    answers = install.answered(compose(tmp_path), {one.name.lower(): None for one in install.QUESTIONS}, {}, ask=ask)
    assert answers == GIVEN
    assert asked == ["DOMAIN", "DOMAIN", "TLS", "CLOUD_NAME", "SHOPIFY_CLIENT_ID"]


def test_the_command_by_itself(tmp_path):
    command = [ROOT / "script" / "install", "--into", tmp_path, "--domain=app.example.com", "--tls=internal"]
    command += ["--cloud-name=demo", "--cloud-api-key=1", "--unattended"]
    known = {"PATH": str(empty(tmp_path)), "CLOUD_API_SECRET": "hush"}
    done = subprocess.run(command, env=known, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (starting.NOT_STARTED, "")
    assert f"Nothing was started: compose.yaml is not in {tmp_path}." in done.stdout
    assert "docker compose up --detach" in done.stdout
    assert "https://app.example.com/launch" in done.stdout
    assert "hush" not in done.stdout


def test_an_engine_that_fails_is_the_end_and_what_is_written_stays(tmp_path):
    (tmp_path / "compose.yaml").touch()
    programs = empty(tmp_path)
    engine = programs / "docker"
    engine.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\n[ "$2" = version ]\n')
    engine.chmod(0o755)
    command = [
        ROOT / "script" / "install",
        "--into",
        tmp_path,
        "--domain=app.example.com",
        "--tls=internal",
        "--unattended",
    ]
    done = subprocess.run(command, env={"PATH": str(programs)}, capture_output=True, text=True)
    assert (done.returncode, "it keeps what it has written" in done.stdout) == (1, True)
    asked = (tmp_path / "asked").read_text().splitlines()
    assert [line.split()[:2] for line in asked] == [["compose", "version"], ["compose", "build"]]
    assert (tmp_path / ".env").exists()


def empty(folder: Path) -> Path:
    """A PATH with what the script needs, and no container engine."""
    programs = folder / "bin"
    programs.mkdir()
    for name in ("python3", "dirname", "sh"):
        (programs / name).symlink_to(f"/usr/bin/{name}")
    return programs


def test_commands_say_where_nothing_is_installed(tmp_path, monkeypatch):
    monkeypatch.setattr(manage, "ROOT", tmp_path)
    monkeypatch.setattr(manage, "systemd", lambda folder: systemd(tmp_path))
    with pytest.raises(SystemExit, match=r"Start with script/install\."):
        manage.main(["environment", "list"])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"TAG=0.1.0\n", "DOMAIN in .*that is not a host name"),
        (b"DOMAIN=a.example.com\nTLS=b\xfccher@example.com\n", "no UTF-8 text"),
        (b'DOMAIN=a.example.com\nTLS=a${HOME}#"@x.de{\n', "TLS in .*an e-mail address"),
    ],
)
def test_settings_that_somebody_damaged_are_named(text, reason, tmp_path):
    (tmp_path / ".env").write_bytes(text)
    with pytest.raises((install.Refused, OSError), match=reason):
        install.without_gaps(compose(tmp_path))


@pytest.mark.parametrize("name", ["secret_key", "postgres_password", "database_url"])
def test_a_folder_in_the_place_of_a_secret_is_named(name, tmp_path):
    way = compose(tmp_path)
    way.secret(name).mkdir(parents=True)
    with pytest.raises(OSError, match=f"{name} is no file: move it away"):
        keep(way, GIVEN)


@pytest.mark.parametrize("kept", ["postgres_password", "database_url"])
def test_a_kept_password_and_its_address_fit_each_other_whatever_is_in_it(kept, tmp_path):
    way = compose(tmp_path)
    way.secrets.mkdir()
    address = "postgres://assetlink:a%40b%2F%23%3F%25%20c@postgres:5432/assetlink"
    way.secret(kept).write_text("a@b/#?% c\n" if kept == "postgres_password" else address)
    keep(way, GIVEN)
    assert way.secret("postgres_password").read_text() == "a@b/#?% c\n"
    assert way.secret("database_url").read_text().strip() == address
    way.secret("postgres_password").write_text("another")
    with pytest.raises(OSError, match="is not the one of"):
        keep(way, GIVEN)


def test_capitals_of_a_host_are_browsers_small_letters(tmp_path):
    assert install.answered(compose(tmp_path), options(domain="App.Example.COM"), {}, ask=None) == GIVEN


def test_the_fifteen_commands_are_fifteen():
    text = (ROOT / "docs/operator/install.md").read_text()
    block = text.split("## Without containers")[1].split("```sh\n")[1].split("```")[0]
    assert len(block.splitlines()) <= 15
    assert block.startswith("apt-get update && ")


@pytest.mark.parametrize(("command", "as_user"), [("doctor", True), ("collectstatic", False)])
def test_commands_have_settings_of_the_installation_and_certificates_of_the_machine(
    command, as_user, tmp_path, monkeypatch
):
    """And the files of the release are root's."""
    way = systemd(tmp_path)
    keep(way, GIVEN)
    account = pwd.getpwuid(os.getuid())
    became, ran = [], []
    monkeypatch.setattr(manage.update_systemd, "USER", account.pw_name)
    for name in ("setgroups", "setgid", "setuid"):
        monkeypatch.setattr(os, name, became.append)
    monkeypatch.setattr(os, "execve", lambda *given: ran.append(given))
    monkeypatch.setenv("SSL_CERT_FILE", "/root.crt")
    monkeypatch.setenv("DATABASE_URL", "sqlite:///another")
    manage.as_service(way, [command])
    environment = ran[0][2]
    assert (environment["SSL_CERT_FILE"], environment["DOMAIN"]) == ("/root.crt", "app.example.com")
    assert environment["DATABASE_URL"].startswith("postgres://")
    assert became == ([[], account.pw_gid, account.pw_uid] if as_user else [])
