"""A deployment over https: Django's own checks, the cookie, and the headers of every answer."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import urllib3
from django.db import connection

from tests.processes import environ, free_port, web

ROOT = Path(__file__).parents[2]
ENVIRON = {
    "APP_URL": "https://assetlink.example.com",
    "SECRET_KEY": "a-long-secret-key-of-a-deployment-0123456789-abcdefghij",
    "ENCRYPTION_KEYS": "dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk=",
    "ALLOWED_HOSTS": "assetlink.example.com",
    "TRUSTED_PROXIES": "1",
    "DEBUG": "",
    "PATIENCE": "",
}
ASKED = """
import json, django
django.setup()
from django.conf import settings
from django.test import Client
settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
from django.http import HttpResponse
from assetlink_site import headers, urls
from django.urls import path

def enters(request):
    request.session["x"] = 1
    return HttpResponse("in")

def leaves(request):
    request.session.flush()
    return HttpResponse("out")

urls.urlpatterns += [path("enters", enters), path("leaves", leaves)]
settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
client = Client(headers={"host": "assetlink.example.com", "x-forwarded-proto": "https"})
reported = {}
for name in ("enters", "leaves", "healthz", "nowhere"):
    answer = client.get(f"/{name}")
    reported[name] = {"cookies": [c.OutputString() for c in answer.cookies.values()], **dict(answer.headers)}
print(json.dumps(reported))
"""


def run(*command: str, **changed: str) -> subprocess.CompletedProcess:
    of_tests = ("DJANGO_ALLOW_ASYNC_UNSAFE", "WEBHOOK_NETWORKS")
    outside = {name: value for name, value in os.environ.items() if name not in of_tests}
    env = {**outside, **ENVIRON, "DJANGO_SETTINGS_MODULE": "assetlink_site.settings", "PYTHONPATH": str(ROOT)}
    env |= changed
    return subprocess.run([sys.executable, *command], cwd=ROOT, env=env, capture_output=True, text=True, timeout=180)


@pytest.fixture(scope="session")
def reported() -> dict:
    done = run("-c", ASKED)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


COLLECT_AND_CHECK = """
import django
django.setup()
from django.core.management import call_command
call_command("collectstatic", interactive=False, verbosity=0)
call_command("check", deploy=True, fail_level="WARNING")
"""


def test_all_deployment_checks_pass_but_for_those_that_are_silenced(tmp_path):
    done = run("-c", COLLECT_AND_CHECK, STATIC_ROOT=str(tmp_path), REPORT_FOLDER=str(tmp_path / "reports"))
    assert done.returncode == 0, done.stderr
    assert "no issues (3 silenced)" in done.stdout


def test_those_are_x_frame_options_as_frame_ancestors_decides_and_two_of_hsts_that_have_settings(settings, client):
    assert settings.SILENCED_SYSTEM_CHECKS == ["security.W002", "security.W005", "security.W021"]
    assert "frame-ancestors" in client.get("/healthz")["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["enters", "leaves"])
def test_the_session_cookie_lives_in_the_frames_own_jar_when_set_and_when_deleted(reported, name):
    [cookie] = reported[name]["cookies"]
    parts = {part.strip() for part in cookie.split(";")}
    assert cookie.startswith("__Host-assetlink=")
    assert {"Secure", "Path=/", "SameSite=None", "Partitioned"} <= parts
    assert not any(part.lower().startswith("domain") for part in parts)
    assert name == "leaves" or "HttpOnly" in parts


@pytest.mark.parametrize("name", ["enters", "healthz", "nowhere"])
def test_every_answer_has_the_headers_that_keep_browsers_strict(reported, name):
    headers = reported[name]
    assert headers["Strict-Transport-Security"] == "max-age=31536000"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin-allow-popups"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "no-store" in headers["Cache-Control"]
    assert "X-Frame-Options" not in headers
    policy = dict(part.strip().partition(" ")[::2] for part in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["base-uri"] == policy["object-src"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert policy["frame-ancestors"] == "'self' https://console.cloudinary.com https://*.cloudinary.com"
    assert policy["script-src"].startswith("'nonce-") or policy["script-src"] == "'strict-dynamic'"


DATABASE = """
import json, django
django.setup()
from django.conf import settings
known = settings.DATABASES["default"]
print(json.dumps({name: known.get(name) for name in ("CONN_MAX_AGE", "CONN_HEALTH_CHECKS", "OPTIONS")}))
"""


@pytest.mark.parametrize(("asked", "seconds"), [("", 10), ("?connect_timeout=3", 3)])
def test_a_connection_is_looked_at_before_it_is_used_and_a_host_that_says_nothing_is_given_up(asked, seconds):
    done = run("-c", DATABASE, DATABASE_URL=f"postgres://u:p@db/assetlink{asked}")
    known = json.loads(done.stdout)
    gone = {"tcp_user_timeout": 30_000, "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
    options = gone | {"connect_timeout": seconds}
    assert known == {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True, "OPTIONS": options}


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no connections that could be cut")
@pytest.mark.django_db(transaction=True)
def test_a_restart_of_the_database_while_nobody_works_is_not_noticed_by_the_next_who_does(tmp_path):
    signed_in = {"Cookie": "assetlink-session=of-nobody-at-all"}  # so that the session is looked for
    with web(environ("redis://127.0.0.1:1/0"), tmp_path, free_port()) as url, connection.cursor() as cursor:
        pool = urllib3.PoolManager(retries=False)
        assert {pool.request("GET", f"{url}/setup/", headers=signed_in).status for _ in range(12)} == {401}
        others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        cursor.execute(f"SELECT count(pg_terminate_backend(pid)) {others}")
        assert cursor.fetchone()[0] >= 1
        assert {pool.request("GET", f"{url}/setup/", headers=signed_in).status for _ in range(12)} == {401}
