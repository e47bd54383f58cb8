"""`manage.py doctor` as an operator runs it: beside real processes, and while everything is away."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core import signing
from django.core.management import CommandError, call_command

from linking.management.commands.doctor import Command
from linking.operations.doctor import asked
from linking.operations.doctor.findings import wrong
from linking.runtime import presence
from tests.processes import ROOT, environ, free_port, running, wait_until, web, worker
from tests.scenes import asset, product

NOWHERE = {"DATABASE_URL": "sqlite:////nowhere/at/all.sqlite3", "REDIS_URL": "redis://127.0.0.1:1/0"}


def doctor(env: dict, *options: str) -> tuple[int, dict[str, list[dict]], str]:
    command = [sys.executable, "manage.py", "doctor", "--json", *options]
    done = subprocess.run(
        command, env={**os.environ, **env}, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    found: dict[str, list[dict]] = {}
    for one in json.loads(done.stdout)["findings"]:
        found.setdefault(one["look"], []).append(one)
    return done.returncode, found, done.stderr


def codes(found: dict[str, list[dict]]) -> dict[str, set[str]]:
    return {look: {one["code"] for one in ones} for look, ones in found.items()}


@pytest.mark.full
@pytest.mark.workers
@pytest.mark.django_db(transaction=True)
def test_beside_real_processes_it_finds_what_is_well_and_what_is_not(scene, queue, tmp_path):
    place = scene([product("a")], [asset("front", "a")])
    port = free_port()
    env = environ(queue) | {"APP_URL": f"http://localhost:{port}", "SECRET_KEY": settings.SECRET_KEY}
    env["IMAGE_SOURCES"] = place.url
    sweeper = [sys.executable, "manage.py", "sweeper"]
    with web(env, tmp_path, port), worker(env, tmp_path), running(sweeper, env, tmp_path / "sweeper.log"):
        wait_until(lambda: {one.role for one in presence.alive()} == {"worker", "sweeper"})
        code, found, errors = doctor(env, "--skip", "settings")
        assert (code, errors) == (0, "")
        known = codes(found)
        well = ("workers", "sweeper", "queue", "release", "keys", "redis", "app_url", "web", "proxy", "clock", "store")
        assert [known[name] for name in (*well, "cloudinary")] == [{"ok"}] * (len(well) + 1)
        assert settings.RELEASE in found["release"][0]["text"]
        assert found["store"][0]["about"] == f"{place.stores[0].domain} (sandbox)"

        _, found, _ = doctor(env | {"TRUSTED_PROXIES": "1"}, "--only", "settings", "app_url", "redis")
        others = [one for one in found["settings"] if one["code"] == "other"]
        assert {one["about"].split()[0] for one in others} == {"web", "worker", "sweeper"}
        assert {one["text"].partition(": ")[2] for one in others} == {"TRUSTED_PROXIES."}

        other = {"SECRET_KEY": "another", "ENCRYPTION_KEYS": "b3RoZXItb3RoZXItb3RoZXItb3RoZXItb3RoZXItb3Q="}
        code, found, errors = doctor(env | other, "--only", "app_url", "keys", "redis")
        assert (code, codes(found)["web"], codes(found)["keys"]) == (1, {"stranger"}, {"foreign"})
        about = {one["about"].split()[0] for one in found["keys"] if one["about"]}
        assert about == {"worker", "sweeper"}
        assert "Traceback" not in errors
    assert presence.alive() == []
    code, found, _ = doctor(env, "--only", "redis")
    assert (code, codes(found)["workers"], codes(found)["sweeper"]) == (1, {"none"}, {"silent"})
    assert "release" not in found  # who ended in order is not taken for one of an earlier release


@pytest.mark.django_db(transaction=True)
def test_a_cloud_that_does_not_answer_is_named_once_with_its_address(scene, queue):
    place = scene([product("a")], [asset("front", "a")])
    place.environment.upload_prefix = f"http://127.0.0.1:{free_port()}"
    place.environment.save()
    command = [sys.executable, "manage.py", "doctor", "--only", "cloudinary", "clock"]
    done = subprocess.run(
        command, env={**os.environ, **environ(queue)}, cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert f"{place.environment.upload_prefix}: Cloudinary does not answer" in done.stdout
    assert f"asked: {place.environment.upload_prefix}" in done.stdout
    assert "Retrying" not in done.stderr
    assert done.stdout.splitlines()[-1] == "1 unknown, 2 wrong."  # nor may its pictures be shown


def test_while_everything_is_away_it_says_so_without_a_traceback():
    env = {**NOWHERE, "APP_URL": f"http://127.0.0.1:{free_port()}", "DJANGO_SETTINGS_MODULE": "assetlink_site.settings"}
    code, found, errors = doctor(env, "--seconds", "15")
    known = codes(found)
    assert (code, known["database"], known["redis"], known["app_url"]) == (1, {"away", "unknown"}, {"away"}, {"away"})
    assert any("Without the database nobody knows" in one["text"] for one in found["database"])
    assert "Traceback" not in errors


@pytest.mark.django_db
def test_only_who_has_the_secret_key_is_answered_how_his_question_came_in(client, settings):
    settings.TRUSTED_PROXIES = 1
    hops = {"X-Forwarded-For": "192.0.2.66, 198.51.100.7"}
    assert "seen" not in client.get("/readyz", headers=hops).json()
    for forged in ("doctor", signing.TimestampSigner(key="another", salt=asked.SALT).sign("doctor")):
        assert "seen" not in client.get("/readyz", headers=hops | {asked.HEADER: forged}).json()
    seen = client.get("/readyz", headers=hops | {asked.HEADER: asked.question()}).json()["seen"]
    assert (seen["hops"], seen["address"], seen["secure"]) == (["192.0.2.66", "198.51.100.7"], "198.51.100.7", False)
    assert settings.ENCRYPTION_KEYS[0] not in json.dumps(seen)


@pytest.mark.parametrize("given", ["nan", "inf", "0", "-1", "1e9", "soon"])
def test_a_limit_that_is_none_is_refused_by_the_command_line(given):
    with pytest.raises(CommandError, match="is no number of seconds above 0"):
        call_command("doctor", f"--seconds={given}")


def test_nothing_left_to_look_at_is_said():
    with pytest.raises(CommandError, match="Nothing is left to look at"):
        call_command("doctor", only=["clock"], skip=["clock"])


@pytest.mark.parametrize(("advice", "named"), [("Run `manage.py migrate`.", True), ("Start it.", False)])
def test_advice_to_use_a_command_says_how_it_is_called_on_an_installation(advice, named, capsys):
    Command().as_text([wrong("database", "pending", "Migrations are pending.", advice)])
    assert ("`script/manage …`" in capsys.readouterr().out) == named
