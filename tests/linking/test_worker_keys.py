"""A worker whose keys do not open what is stored takes no work; one whose Redis lost its data is known again."""

import os
import subprocess
import sys

import pytest
from cryptography.fernet import Fernet
from django.utils import timezone
from redis import Redis

from linking import pulse
from setup import stored_secrets
from setup.models import Environment, Store
from setup.secrets import Sealed
from setup.stored_secrets import KeysDoNotFit
from tests.processes import ROOT, environ, wait_until, worker

OLD, NEW, OTHER = (Fernet.generate_key().decode() for _ in range(3))


@pytest.fixture
def demo(db, settings) -> Environment:
    settings.ENCRYPTION_KEYS = [OLD]
    known = {"api_key": "k", "api_secret": "s", "launch_issuer": "i", "launch_secret": "s"}
    return Environment.objects.create(cloud_name="demo", **known)


def trouble() -> str:
    try:
        stored_secrets.require()
    except KeysDoNotFit as error:
        return str(error)
    return ""


def test_keys_that_open_everything_are_no_trouble(demo, settings):
    assert trouble() == ""
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    Store.objects.create(environment=demo, domain="a.myshopify.com", access_token="t")
    assert trouble() == ""


def test_one_secret_under_a_key_that_is_not_held_is_trouble(demo, settings):
    """As when the web has the new key already, and this process has not."""
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    Store.objects.create(environment=demo, domain="a.myshopify.com", access_token="t")
    settings.ENCRYPTION_KEYS = [OLD]
    assert trouble().startswith("1 of 3 stored secrets need a key that ENCRYPTION_KEYS does not hold here (")
    assert NEW not in trouble()


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ([], "ENCRYPTION_KEYS is empty"),
        (["nonsense"], "Key 1 of 1 in ENCRYPTION_KEYS is no key"),
        ([OLD, "é" * 44], "Key 2 of 2 in ENCRYPTION_KEYS is no key"),
        ([OTHER], "2 of 2 stored secrets need a key"),
    ],
)
def test_no_key_nonsense_and_another_key_are_trouble(demo, settings, keys, told):
    settings.ENCRYPTION_KEYS = keys
    assert trouble().startswith(told)


def test_where_nothing_is_stored_every_key_fits(db, settings):
    settings.ENCRYPTION_KEYS = [OTHER]
    assert trouble() == ""


def test_what_was_stored_before_secrets_named_their_key_is_tried(demo, settings):
    Environment.objects.update(launch_secret=Sealed(Fernet(OLD).encrypt(b"s").decode()))
    assert trouble() == ""
    settings.ENCRYPTION_KEYS = [OTHER]
    assert trouble().startswith("2 of 2 stored secrets need a key")


@pytest.mark.parametrize("text", ["nonsense", "v2$x", "v2$zzzzzzzz$x", "v1$00000000$x"])
def test_a_damaged_secret_is_no_matter_of_keys(demo, text):
    Environment.objects.update(api_secret=Sealed(text))
    assert trouble() == ""


def started(**changed: str) -> subprocess.CompletedProcess:
    env = {**os.environ, **environ("redis://127.0.0.1:1/0"), **changed}
    command = [sys.executable, "manage.py", "rqworker", "default"]
    return subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, timeout=120)


@pytest.mark.workers
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("keys", ["", "nonsense", OTHER], ids=["none", "nonsense", "another"])
def test_a_worker_that_cannot_open_what_the_web_sealed_refuses_to_start(demo, queue, keys):
    done = started(REDIS_URL=queue, ENCRYPTION_KEYS=keys)
    assert done.returncode == os.EX_CONFIG
    (line,) = [line for line in (done.stdout + done.stderr).splitlines() if "CRITICAL" in line]
    assert "ENCRYPTION_KEYS" in line
    assert "Traceback" not in done.stdout + done.stderr
    assert Redis.from_url(queue).keys("rq:worker*") == []


@pytest.mark.workers
@pytest.mark.django_db(transaction=True)
def test_a_worker_whose_keys_are_not_good_any_more_ends_before_its_next_job(demo, queue, tmp_path, settings):
    with worker(environ(queue), tmp_path) as process:
        wait_until(lambda: pulse.feel(now=timezone.now()).idle == 1)
        settings.ENCRYPTION_KEYS = [NEW, OLD]
        Store.objects.create(environment=demo, domain="a.myshopify.com", access_token="t")
        wait_until(lambda: process.poll() is not None)
        assert process.returncode == os.EX_CONFIG
    assert "1 of 3 stored secrets need a key" in (tmp_path / "worker.log").read_text()


@pytest.mark.workers
@pytest.mark.django_db(transaction=True)
def test_a_worker_that_starts_before_the_database_looks_again_when_it_is_there(demo, queue, tmp_path):
    folder = tmp_path / "later"
    env = environ(queue) | {"DATABASE_URL": f"sqlite:///{folder}/app.sqlite3"}
    with worker(env | {"ENCRYPTION_KEYS": OTHER}, tmp_path) as process:
        wait_until(lambda: pulse.feel(now=timezone.now()).idle == 1)
        folder.mkdir()
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "-v0"],
            env={**os.environ, **env},
            cwd=ROOT,
            check=True,
            timeout=300,
        )
        add = [sys.executable, "manage.py", "environment", "from-env"]
        known = {"CLOUD_NAME": "demo", "CLOUD_API_KEY": "k", "CLOUD_API_SECRET": "s", "LAUNCH_SECRET": "x" * 40}
        subprocess.run(add, env={**os.environ, **env, **known}, cwd=ROOT, check=True, timeout=120)
        wait_until(lambda: process.poll() is not None)
        assert process.returncode == os.EX_CONFIG
    assert "whether its keys fit is not known yet" in (tmp_path / "worker.log").read_text()


@pytest.mark.workers
@pytest.mark.django_db(transaction=True)
def test_an_idle_worker_whose_redis_lost_its_data_registers_again(queue, tmp_path):
    with worker(environ(queue), tmp_path):
        wait_until(lambda: pulse.feel(now=timezone.now()).idle == 1)
        Redis.from_url(queue).flushall()
        assert pulse.feel(now=timezone.now()).workers == 0
        wait_until(lambda: pulse.feel(now=timezone.now()).idle == 1)
        assert Redis.from_url(queue).ttl(Redis.from_url(queue).smembers("rq:workers").pop()) > 0
    assert pulse.feel(now=timezone.now()).workers == 0, "it says goodbye as every worker does"
