"""The log: one line or one JSON object per record, with the ids of what it is about, without secrets, and nobody from outside
can begin a line of it."""

import json
import logging
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import pytest
import urllib3
from cryptography.fernet import Fernet
from django.conf import settings
from django.http import HttpResponse
from django.urls import path

from assetlink_site import variables
from assetlink_site.logs import LONGEST, Hiding, Json, Text, known_secrets
from linking.models import StoreSync
from linking.runtime.heartbeat import Heartbeat
from setup import logs
from setup.security.guards import members
from tests import pressing
from tests.linking.visits import enter
from tests.processes import ROOT, environ, free_port, redis, running, systemd, wait_until, web, worker
from tests.scenes import asset, product

JSON = {"LOG_FORMAT": "json", "LOG_LEVEL": "DEBUG"}


@contextmanager
def written(writer: logging.Formatter, name: str = "linking.tests") -> Iterator[tuple[logging.Logger, list[str]]]:
    """A logger, and what it has written."""
    lines: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    handler, logger = Kept(), logging.getLogger(name)
    handler.addFilter(logs.InLog())
    handler.setFormatter(writer)
    logger.addHandler(handler)
    logger.propagate = False
    try:
        yield logger, lines
    finally:
        logger.propagate = True
        logger.removeHandler(handler)


def test_a_json_line_has_time_level_logger_message_and_ids():
    with written(Json()) as (logger, lines), logs.about(sync="s1", store="north.myshopify.com"):
        logger.warning("Store %s is %s.", "North", "slow")
    (row,) = map(json.loads, lines)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", row["time"])
    assert (row["level"], row["logger"], row["message"]) == ("WARNING", "linking.tests", "Store North is slow.")
    assert (row["sync"], row["store"]) == ("s1", "north.myshopify.com")


def test_a_text_line_has_the_same_and_ids_only_where_there_are_some():
    with written(Text()) as (logger, lines):
        logger.warning("Plain.")
        with logs.about(sync="s1"), logs.about(job="j1"):
            logger.warning("Bound.")
    assert lines[0].endswith("Z WARNING linking.tests Plain.")
    assert lines[1].endswith("WARNING linking.tests [sync=s1 job=j1] Bound.")


def test_ids_end_with_their_block_also_when_it_breaks_off():
    with written(Text()) as (logger, lines):
        with pytest.raises(ValueError, match="x"), logs.about(sync="s1"):
            raise ValueError("x")
        logger.warning("After.")
    assert "s1" not in lines[0]


def test_the_heartbeats_thread_logs_the_ids_of_the_work():
    beaten = threading.Event()
    with written(Json(), "linking.tests") as (logger, lines), logs.about(sync="s1"):

        def beat() -> bool:
            logger.warning("A beat.")
            beaten.set()
            return False

        with Heartbeat(beat, every=0.01):
            assert beaten.wait(5)
    assert json.loads(lines[0])["sync"] == "s1"


@pytest.mark.parametrize("writer", [Text, Json])
def test_nobody_from_outside_begins_a_line(writer):
    forged = "x\r\n2026-11-21T10:00:00.000Z ERROR setup \x1b[31mforged\u2028\x85"
    with written(writer()) as (logger, lines), logs.about(store=forged):
        logger.warning("Name: %s", forged)
        try:
            raise RuntimeError(forged)
        except RuntimeError:
            logger.exception("Broken: %s", forged)
    whole = "\n".join(lines)
    assert not set(whole) & set("\r\x1b\u2028\x85")
    reported = whole.split("\n")
    records = [line for line in reported if not line.startswith("    ")]
    assert len(records) == 2
    assert not [line for line in reported if line.startswith("2026-11-21T10:00:00.000Z")]


def test_a_json_line_keeps_a_traceback_whole_within_its_line():
    with written(Json()) as (logger, lines):
        try:
            raise RuntimeError("why")
        except RuntimeError:
            logger.exception("Broken.")
    assert len(lines[0].splitlines()) == 1
    assert json.loads(lines[0])["exception"].splitlines()[-1] == "RuntimeError: why"


SHOWN = [
    ("Authorization: Basic dXNlcjpzM2NyM3Q=", "dXNlcjpzM2NyM3Q"),
    ("headers {'Authorization': b'Basic dXNlcjpzM2NyM3Q='}", "dXNlcjpzM2NyM3Q"),
    ("{'X-Shopify-Access-Token': 'shpat_0123456789abcdef'}", "0123456789abcdef"),
    ("X-Shopify-Access-Token: Zm9vYmFyYmF6", "Zm9vYmFyYmF6"),
    ("the token shpca_0123456789abcdef0123456789abcdef leaked", "0123456789abcdef"),
    ("{'api_key': '8412', 'api_secret': 'wQ-9_x', 'cloud_name': 'demo'}", "wQ-9_x"),
    ('{"client_secret":"abcdefg"}', "abcdefg"),
    ("POST /admin/oauth/access_token?client_secret=abcdefg&x=1", "abcdefg"),
    ("GET /setup/stores/installed/?code=0907a61c0c8d55e99db179b68161bc00&hmac=700e2dadb8&shop=x", "0907a61c"),
    ("GET /setup/stores/installed/?code=0907a61c0c8d55e99db179b68161bc00&hmac=700e2dadb8&shop=x", "700e2dadb8"),
    ("launched with eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-DEF_123", "eyJzdWIiOiIxIn0"),
    ("connecting to redis://default:hunter22@redis:6379/0", "hunter22"),
    ("Bearer abcdefghijkl", "abcdefghijkl"),
    ("GET /open/Zm9yIG9uZSB1c2Ugb25seQ-_abc 410, 12 bytes", "Zm9yIG9uZSB1c2Ugb25seQ"),
    ("Not Found: /sign-in/invitation/Zm9yIG9uZSB1c2Ugb25seQ-_abc/", "Zm9yIG9uZSB1c2Ugb25seQ"),
    ("Cookie: __Host-assetlink=abcdef123456; other=1", "abcdef123456"),
    ("kept as gAAAAABm0123456789012345678901234567890123456789==", "0123456789012345678901234"),
]


@pytest.mark.parametrize("writer", [Text, Json])
@pytest.mark.parametrize(("said", "secret"), SHOWN)
def test_what_looks_like_a_secret_is_hidden_wherever_it_is_said(writer, said, secret):
    with written(writer()) as (logger, lines), logs.about(store=said):
        logger.warning(said.replace("%", "%%"))
        logger.warning("%s", said)
        try:
            raise RuntimeError(said)
        except RuntimeError:
            logger.exception("Broken")
    assert len(lines) == 3
    assert secret not in "".join(lines)
    assert "(hidden)" in lines[0]


def test_the_servers_own_secrets_are_hidden_by_their_value(tmp_path):
    (tmp_path / "token").write_text("kept in a file\n")
    first, second = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    known = variables.read(
        {
            "SECRET_KEY": "correct horse battery",
            "ENCRYPTION_KEYS": f"{first},{second}",
            "DATABASE_URL": "postgres://al:p%40ssphrase@db/al",
            "METRICS_TOKEN_FILE": str(tmp_path / "token"),
            "REPORT_STORAGE_OPTIONS": '{"bucket_name": "all-reports", "secret_key": "of the bucket"}',
        }
    )
    with written(Text(known_secrets(known))) as (logger, lines):
        logger.warning(f"correct horse battery, {first}; {second}; p@ssphrase; al")
        logger.warning("kept in a file, of the bucket; all-reports")
    assert lines[0].endswith("(hidden), (hidden); (hidden); (hidden); al")
    assert lines[1].endswith("(hidden), (hidden); all-reports")


@pytest.mark.parametrize(
    "said",
    [
        "Store sync 5 in North: done; 12 points, 3 requests, 2 mutations, 0 throttled.",
        "Worker abc: default: sync-12-0a1b2c3d",
        "GET /selections/4d85661c-6aab-4860-9375-08e7b05c9a72/ 200, 512 bytes in 31 ms",
        "north.myshopify.com: no token (401 invalid_client)",
        "The authorization of this store ended. A basic question: is the cookie there?",
    ],
)
def test_what_is_no_secret_stays_readable(said):
    with written(Text()) as (logger, lines):
        logger.warning(said)
    assert lines[0].endswith(said)


@pytest.mark.parametrize(
    "word",
    [
        "token",
        "token-",
        "x",
        "secret=",
        "eyJ-",
        "gAAAAA-",
        "a://",
        "a:",
        "authorization ",
        "basic ",
        "'token'",
        "/open/",
        "/open/abcdefghijklmno",
        "a" + " " * 99,
    ],
)
def test_texts_of_strangers_are_read_once_however_long_and_odd_they_are(word):
    """By an expression that tries again and again, one address of the web would keep a process busy for hours."""
    assert len(Hiding().hide(word * (200_000 // len(word)))) < 2 * LONGEST


def test_a_secret_at_the_place_where_a_long_text_is_cut_is_hidden_whole():
    text = "." * (LONGEST - 5) + "first-key-of-two" + "." * 100
    assert "first" not in Hiding(["first-key-of-two"]).hide(text)


def test_arguments_that_do_not_fit_lose_no_line():
    with written(Text()) as (logger, lines):
        logger.warning("%d of %d", "one")
    assert "%d of %d ('one',)" in lines[0]


@pytest.mark.parametrize("address", ["/nowhere", "/metrics"])
def test_an_answer_that_is_an_error_is_reported_with_its_requests_id(client, db, address):
    with written(Json(), "django.request") as (_, lines):
        answer = client.get(address)
    (row,) = map(json.loads, lines)
    assert (row["message"], row["request"]) == (f"Not Found: {address}", answer["X-Request-Id"])


@pytest.mark.django_db
def test_a_members_request_is_reported_with_its_id_and_the_environment(client, scene, settings):
    place = scene([product("a")], [])
    enter(client, place.member)
    settings.TRUSTED_PROXIES = 1
    with written(Json()) as (logger, lines):

        @members
        def view(request):
            logger.warning("Here.")
            return HttpResponse()

        settings.ROOT_URLCONF = ModuleType("addresses")
        settings.ROOT_URLCONF.urlpatterns = [path("here", view)]
        answer = client.get("/here", headers={"X-Request-Id": "from-the-proxy-1"})
        logger.warning("Later.")
    row, later = map(json.loads, lines)
    assert (row["request"], row["environment"]) == ("from-the-proxy-1", place.environment.cloud_name)
    assert answer["X-Request-Id"] == "from-the-proxy-1"
    assert not {"request", "environment"} & set(later)


def rows_of(path: Path) -> list[dict]:
    """Fails if a line is no JSON object."""
    return [json.loads(line) for line in path.read_text().splitlines()]


def secrets_of(place) -> set[str]:
    environment = place.environment
    own = {environment.api_secret, environment.launch_secret, "only-for-tests"}
    return own | {store.access_token for store in place.stores}


def lines_of(log: Path) -> list[str]:
    return log.read_text().splitlines()


@pytest.mark.workers
@pytest.mark.django_db(transaction=True)
def test_a_whole_run_at_debug_level_is_json_with_ids_and_without_secrets(scene, tmp_path, settings):
    place = scene([product("a", pictures=1), product("b")], [asset("fa", "a", 1), asset("fb", "b", 2)])
    with redis(tmp_path) as url:
        settings.REDIS_URL = url
        surroundings = {**environ(url), **JSON, "SWEEP_SECONDS": "0.5", "METRICS_TOKEN": "a-token-for-tests"}
        sweeper = [sys.executable, "manage.py", "sweeper"]
        with worker(surroundings, tmp_path), running(sweeper, surroundings, tmp_path / "sweeper.log"):
            sync = pressing.link(place.select(), "token", dry_run=False)
            wait_until(lambda: not StoreSync.objects.busy().exists())
            wait_until(lambda: any("Job OK" in line and "sync-" in line for line in lines_of(tmp_path / "worker.log")))
    rows = rows_of(tmp_path / "worker.log")
    rows_of(tmp_path / "sweeper.log")
    part = sync.parts.get()
    ended = next(row for row in rows if row["message"].startswith(f"Store sync {part.pk} in "))
    store = place.stores[0]
    expected = {"sync": str(sync.key), "store": store.domain, "environment": place.environment.cloud_name}
    assert {name: ended[name] for name in expected} == expected
    assert ended["store_sync"] == str(part.pk)
    assert ended["job"].startswith(f"sync-{part.pk}-")
    of_rq = [
        row for row in rows if row["logger"] == "rq.worker" and "Job OK" in row["message"] and "sync-" in row["message"]
    ]
    assert of_rq
    assert all(row["job"] in row["message"] for row in of_rq)
    assert any(row["logger"].startswith("urllib3") for row in rows), "at DEBUG level"
    whole = "".join(path.read_text() for path in tmp_path.glob("*.log"))
    assert [secret for secret in secrets_of(place) if secret in whole] == []


@pytest.mark.workers
@pytest.mark.django_db(transaction=True)
def test_the_web_server_writes_json_too_and_no_query_of_an_address(tmp_path):
    port = free_port()
    surroundings = {**environ("redis://127.0.0.1:1/0"), **JSON, "METRICS_TOKEN": "a-token-for-tests"}
    with systemd(tmp_path) as (notified, reported), web(surroundings | notified, tmp_path, port) as url:
        assert reported() == "READY=1", "by the process that has loaded the pages; gunicorn itself says more"
        pool = urllib3.PoolManager()
        answer = pool.request("GET", f"{url}/healthz?code=0907a61c0c8d55e99db179b68161bc00")
        bearer = {"Authorization": "Bearer a-token-for-tests"}
        assert b"assetlink_up" in pool.request("GET", f"{url}/metrics", headers=bearer).data
        assert pool.request("GET", f"{url}/there", headers={"Content-Type": "a/b; c*=d''%"}).status == 404
        pool.request("GET", f"{url}/nowhere%0d%0a2026-11-21T10:00:00.000Z%20ERROR")
    rows = rows_of(tmp_path / "web.log")
    access = {row["message"].split()[1]: row for row in rows if row["logger"] == "gunicorn.access"}
    known = (answer.headers["X-Request-Id"], "127.0.0.1")
    assert (access["/healthz"]["request"], access["/healthz"]["address"]) == known
    assert " 200, " in access["/healthz"]["message"]
    assert "0907a61c" not in (tmp_path / "web.log").read_text()
    assert "a-token-for-tests" not in (tmp_path / "web.log").read_text()
    own = [row["message"] for row in rows if row["logger"] == "gunicorn.error"]
    assert any("Listening at" in message for message in own)
    assert f"AssetLink {settings.RELEASE} is served." in own


@pytest.mark.workers
@pytest.mark.django_db(transaction=True)
def test_an_access_line_names_address_and_person_but_no_token(scene, client, tmp_path):
    place = scene([product("a")], [])
    enter(client, place.member)
    cookie = client.cookies["assetlink-session"].value
    surroundings = {**environ("redis://127.0.0.1:1/0"), **JSON, "LOG_LEVEL": "INFO", "TRUSTED_PROXIES": "1"}
    headers = {"Cookie": f"assetlink-session={cookie}", "X-Forwarded-For": "9.9.9.9, 203.0.113.7"}
    with web(surroundings, tmp_path, free_port()) as url:
        pool = urllib3.PoolManager()
        assert pool.request("GET", f"{url}/setup/?q=private", headers=headers).status == 200
        assert pool.request("GET", f"{url}/setup/").status == 401
    rows = [row for row in rows_of(tmp_path / "web.log") if row["logger"] == "gunicorn.access"]
    known, stranger = ({name: row.get(name) for name in ("address", "environment", "person")} for row in rows)
    person = {"environment": place.environment.cloud_name, "person": place.member.external_id}
    assert known == {"address": "203.0.113.7", **person}
    assert stranger == {"address": "127.0.0.1", "environment": None, "person": None}
    text = (tmp_path / "web.log").read_text()
    assert (cookie in text, "private" in text) == (False, False)
    assert text.count("X-Forwarded-For has 0 of the 1 addresses") == 1


@pytest.mark.parametrize("path", ["/cookie:x", "/cookie:", "/a\r\nSet-Cookie:x", "/token=", "/authorization=\0"])
def test_no_path_hides_what_follows_it(path):
    with written(Text(), "gunicorn.access") as (logger, lines):
        logger.warning(
            "%(m)s %(U)s %(s)s, %(B)s bytes in %(M)s ms", {"m": "GET", "U": path, "s": "404", "B": 9, "M": 3}
        )
        logger.warning("%s: %s", f"Not Found: {path}", "the rest", extra={"status_code": 503})
    assert lines[0].endswith(" 404, 9 bytes in 3 ms")
    assert lines[1].endswith(": the rest")
    assert "\0" not in "".join(lines)


def test_an_id_with_spaces_cannot_look_like_others():
    with written(Text()) as (logger, lines), logs.about(person="u1] [environment=other", store="s1"):
        logger.warning("Here.")
    assert r'[person="u1] [environment=other" store=s1] Here.' in lines[0]


def test_pythons_warnings_are_lines_of_the_log_too():
    code = "import warnings, django; django.setup(); warnings.warn('Take care.')"
    surroundings = {"SECRET_KEY": "x", "LOG_FORMAT": "json", "DJANGO_SETTINGS_MODULE": "assetlink_site.settings"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=surroundings, cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    row = json.loads(done.stderr)
    assert (row["logger"], row["level"]) == ("py.warnings", "WARNING")
    assert "Take care." in row["message"]


def test_gunicorn_finds_its_settings_from_its_own_command_too(tmp_path):
    command = [str(Path(sys.executable).parent / "gunicorn"), "--check-config", "assetlink_site.wsgi"]
    keys = Fernet.generate_key().decode()
    surroundings = {"SECRET_KEY": "x", "ENCRYPTION_KEYS": keys, "DEBUG": "1", "PATH": "/usr/bin", "HOME": str(tmp_path)}
    done = subprocess.run(command, env=surroundings, cwd=ROOT, capture_output=True, text=True, timeout=180)
    assert (done.returncode, done.stderr) == (0, "")
