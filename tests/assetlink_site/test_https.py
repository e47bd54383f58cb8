"""A request without TLS where APP_URL is https: sent on once, and never round and round; what was posted is refused."""

import pytest

from assetlink_site.https import COOKIE
from setup.security import proxies
from tests.assetlink_site.test_deployment import run

pytestmark = pytest.mark.django_db
OURS = {"Host": "assetlink.example.com"}
BY_HTTPS = OURS | {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https"}
BY_HTTP = BY_HTTPS | {"X-Forwarded-Proto": "http"}
SILENT_PROXY = OURS | {"X-Forwarded-For": "203.0.113.7"}


@pytest.fixture(autouse=True)
def by_https(settings, monkeypatch):
    monkeypatch.setattr(proxies, "_named", set())
    settings.APP_URL, settings.SECURE_SSL_REDIRECT = "https://assetlink.example.com", True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.TRUSTED_PROXIES = 1


def test_schemes_in_capitals_are_the_same(client):
    assert client.get("/setup/", headers=BY_HTTPS | {"X-Forwarded-Proto": "HTTPS"}).status_code == 401


def named(caplog) -> list[str]:
    return [text for record in caplog.records if "came as http" in (text := record.getMessage())]


def test_a_browser_that_came_by_http_is_sent_on_and_no_cache_keeps_that(client, caplog):
    answer = client.get("/setup/?a=b", headers=BY_HTTP)
    assert (answer.status_code, answer["Location"]) == (302, "https://assetlink.example.com/setup/?a=b")
    assert "no-store" in answer["Cache-Control"]
    assert client.get("/setup/", headers=BY_HTTPS).status_code == 401
    assert named(caplog) == []


def test_a_port_of_plain_http_is_not_taken_along(client):
    answer = client.get("/setup/", headers=BY_HTTP | {"Host": "assetlink.example.com:8080"})
    assert answer["Location"] == "https://assetlink.example.com/setup/"


def test_one_that_comes_back_as_it_was_reads_that_the_proxy_is_wrong(client, settings, caplog):
    """As it does also behind two proxies of which the inner one says how the outer one came."""
    answer = client.get("/setup/", headers=BY_HTTP)
    cookie = answer.cookies[COOKIE].OutputString()
    assert {"Secure", "SameSite=None", "Partitioned", "Path=/"} <= set(cookie.split("; "))
    again = client.get("/setup/", headers=BY_HTTP)
    client.get("/setup/", headers=BY_HTTP)
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == []
    assert (again.status_code, "X-Forwarded-Proto" in again.content.decode()) == (500, True)
    assert "default-src" in again["Content-Security-Policy"]
    [line] = named(caplog)
    assert line.startswith(
        "GET /setup/ came as http, though APP_URL is https, and its browser was sent to https already."
    )


def test_a_proxy_that_says_nothing_of_it_is_named_at_once(client, caplog):
    answer = client.get("/setup/", headers=SILENT_PROXY)
    assert (answer.status_code, "X-Forwarded-Proto" in answer.content.decode()) == (500, True)
    assert "no proxy says how its browser came" in named(caplog)[0]


@pytest.mark.parametrize("headers", [BY_HTTP, SILENT_PROXY])
def test_what_is_posted_is_refused_and_not_turned_into_a_get(client, caplog, headers):
    answer = client.post("/launch", {"token": "x"}, headers=headers)
    assert (answer.status_code, answer.get("Location")) == (400, None)
    assert "changed nothing" in answer.content.decode()
    short = client.post("/launch", {"token": "x"}, headers=headers | {"HX-Request": "true"})
    assert (short.status_code, short["Content-Type"]) == (400, "text/plain; charset=utf-8")
    assert named(caplog)[0].startswith("POST /launch came as http")


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_checks_need_no_tls(client, path):
    assert client.get(path, headers=OURS)["Content-Type"] == "application/json"


HSTS = "import django; django.setup(); from django.conf import settings as s; print(s.SECURE_HSTS_SECONDS, s.SECURE_HSTS_PRELOAD)"


def test_preload_without_what_it_needs_stops_the_start():
    wrong = run("-c", HSTS, HSTS_PRELOAD="1")
    assert "HSTS_PRELOAD needs HSTS_INCLUDE_SUBDOMAINS=1" in wrong.stderr
    right = run("-c", HSTS, HSTS_PRELOAD="1", HSTS_INCLUDE_SUBDOMAINS="1")
    assert right.stdout.split() == ["31536000", "True"]
