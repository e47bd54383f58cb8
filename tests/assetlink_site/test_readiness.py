"""/readyz says no, and why, where a launch would fail for everybody."""

import subprocess
import sys
from dataclasses import replace

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command

from assetlink_site import checks
from linking.operations.queue_health import QueueHealth
from linking.operations.redis_state import RedisState
from setup.models import Environment
from tests.processes import ROOT
from tests.setup.security.launches import post, signed

pytestmark = pytest.mark.django_db
KEY, OTHER = (Fernet.generate_key().decode() for _ in range(2))
SECRET = "a launch secret of more than 32 bytes, as HS256 wants it"
MANIFEST = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}


def environment(cloud: str = "demo") -> Environment:
    known = {"api_key": "k", "api_secret": "s", "launch_issuer": "console", "launch_secret": SECRET}
    return Environment.objects.create(cloud_name=cloud, **known)


@pytest.fixture(autouse=True)
def demo(settings, client) -> Environment:
    settings.ENCRYPTION_KEYS = [KEY]
    client.raise_request_exception = False
    return environment()


def asked(client, name: str) -> tuple[int, str, str]:
    """(status, the word for this need, all reasons but that Redis, which these tests do without, is away)"""
    answer = client.get("/readyz")
    *reasons, last = answer.json()["reasons"]
    assert last.startswith("Redis does not answer. Start it, or correct REDIS_URL.")
    return answer.status_code, answer.json()["checks"][name], " ".join(reasons)


def launches(client) -> bool:
    return post(client, signed(SECRET)).status_code == 200


def test_where_a_launch_leads_in_all_is_well(client):
    assert launches(client)
    answer = client.get("/readyz")
    needs = ("database", "migrations", "secret_key", "encryption_keys", "static_files")
    assert {name: answer.json()["checks"][name] for name in needs} == dict.fromkeys(needs, "ok")
    assert (answer.status_code, asked(client, "database")) == (200, (200, "ok", ""))


@pytest.mark.parametrize(
    ("keys", "word", "reason"),
    [
        ([], "empty", "ENCRYPTION_KEYS is empty: restore it from where your keys are kept"),
        (["nonsense"], "nonsense", "Key 1 of 1 in ENCRYPTION_KEYS is no key"),
        ([KEY, "é" * 44], "nonsense", "Key 2 of 2 in ENCRYPTION_KEYS is no key"),
        ([OTHER], "foreign", "ENCRYPTION_KEYS opens 0 of 1 launch secrets"),
    ],
)
def test_keys_with_which_nobody_could_come_in_are_named(client, settings, keys, word, reason):
    settings.ENCRYPTION_KEYS = keys
    assert not launches(client)
    status, reported, why = asked(client, "encryption_keys")
    assert (status, reported) == (503, word)
    assert why.startswith(reason)
    assert not [key for key in (KEY, OTHER, "nonsense") if key in why]


def test_keys_that_open_some_environments_are_reported_and_keep_those_in_service(client, settings):
    settings.ENCRYPTION_KEYS = [OTHER]
    environment("other")
    assert asked(client, "encryption_keys") == (
        200,
        "partial",
        "ENCRYPTION_KEYS opens 1 of 2 launch secrets: restore the key that encrypted the other one "
        "(docs/operator.md, Keys).",
    )
    assert client.get("/readyz").json()["status"] == "degraded"


WELL = QueueHealth(True, busy=1, silence=1.0, redis=RedisState("ok", "ok", "ok"))


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"up": False}, "Start it, or correct REDIS_URL."),
        ({"busy": 0}, "No worker is alive. Start some"),
        ({"silence": None}, "No sweeper is alive. Start one"),
        ({"silence": 90.0}, "No sweeper has looked for 90 s. Start one"),
        ({"age": 130.0}, "has waited for 130 s. Start more workers"),
        ({"redis": RedisState("full", "ok", "ok")}, "raise maxmemory"),
        ({"redis": RedisState("ok", "off", "ok")}, "set `appendonly yes`"),
        ({"redis": RedisState("ok", "ok", "evicts")}, "set `maxmemory-policy noeviction`"),
    ],
)
def test_whatever_is_degraded_has_a_sentence(changed, words):
    health = replace(WELL, **changed)
    bad = [name for name, word in checks.of_queue(health).items() if word not in ("ok", "unknown")]
    (reason,) = checks.reasons_of_queue(health)
    assert (len(bad), words in reason) == (1, True), reason
    assert checks.reasons_of_queue(WELL) == []


def test_before_the_first_environment_every_key_will_do(client, settings, demo):
    demo.delete()
    settings.ENCRYPTION_KEYS = [OTHER]
    assert asked(client, "encryption_keys")[:2] == (200, "ok")
    settings.ENCRYPTION_KEYS = []
    assert asked(client, "encryption_keys")[:2] == (503, "empty")


def test_without_static_files_no_page_could_be_shown(client, settings, tmp_path):
    settings.STATIC_ROOT, settings.STORAGES = tmp_path, settings.STORAGES | {"staticfiles": MANIFEST}
    assert not launches(client)
    status, word, why = asked(client, "static_files")
    assert (status, word) == (503, "missing")
    assert "is not in the manifest: run `manage.py collectstatic`" in why


def test_with_static_files_of_another_version_neither(client, settings, tmp_path):
    """They are there, and one that a page names is not among them."""
    settings.STATIC_ROOT, settings.STORAGES = tmp_path, settings.STORAGES | {"staticfiles": MANIFEST}
    call_command("collectstatic", interactive=False, verbosity=0)
    manifest = tmp_path / "staticfiles.json"
    complete = manifest.read_text()
    manifest.write_text(complete.replace('"css/base.css"', '"css/earlier.css"'))
    settings.STORAGES = dict(settings.STORAGES)  # as when the process starts
    assert not launches(client)
    assert asked(client, "static_files")[:2] == (503, "missing")
    assert asked(client, "static_files")[2].startswith("css/base.css is not in the manifest")
    manifest.write_text(complete)
    settings.STORAGES = dict(settings.STORAGES)
    assert launches(client)
    assert asked(client, "static_files") == (200, "ok", "")


def test_with_a_manifest_that_is_cut_off_neither(client, settings, tmp_path):
    (tmp_path / "staticfiles.json").write_text("{")
    settings.STATIC_ROOT, settings.STORAGES = tmp_path, settings.STORAGES | {"staticfiles": MANIFEST}
    status, word, why = asked(client, "static_files")
    assert (status, word) == (503, "missing")
    assert "run `manage.py collectstatic`" in why


def test_a_secret_key_of_blanks_is_none(client, settings):
    settings.SECRET_KEY = "   "
    assert asked(client, "secret_key")[:2] == (503, "empty")


NO_SECRET_KEY = """
import django
django.setup()
from django.test import Client
answer = Client(headers={"host": "localhost"}).get("/readyz")
print(answer.status_code, answer.json()["checks"]["secret_key"], *answer.json()["reasons"])
"""


def test_without_a_secret_key_nobody_could_come_in(tmp_path):
    env = {"DJANGO_SETTINGS_MODULE": "assetlink_site.settings", "ENCRYPTION_KEYS": KEY, "PYTHONPATH": str(ROOT)}
    env |= {"DATABASE_URL": f"sqlite:///{tmp_path}/none.sqlite3", "REDIS_URL": "redis://127.0.0.1:1/0"}
    done = subprocess.run(
        [sys.executable, "-c", NO_SECRET_KEY], env=env, cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.stdout.startswith("503 empty"), done.stderr
    assert "The SECRET_KEY setting must not be empty." in done.stdout
