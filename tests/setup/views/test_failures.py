"""When nothing can be shown: a page of ours, whatever is away, and one line in the log for an outage."""

import logging
import re

import pytest
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.test import Client
from django.urls import clear_url_caches, path

from assetlink_site import urls
from setup.models import Member
from tests.linking.visits import enter, text_of
from tests.setup.security.launches import CONSOLE, signed
from tests.setup.security.test_limits import SECRET, member

pytestmark = pytest.mark.django_db
AWAY = "AssetLink cannot reach its database"
REFUSED = 'connection to server at "db", port 5432 failed: Connection refused\n\tIs the server running on that host?'


@pytest.fixture
def ada(client) -> Member:
    found = member()
    enter(client, found)
    client.raise_request_exception = False
    return found


@pytest.fixture
def away(monkeypatch):
    """Call it: from now on the database is not there."""

    def build(error: Exception | None = None) -> None:
        def cursor(*args, **kwargs):
            raise error or OperationalError(REFUSED)

        monkeypatch.setattr(connection, "cursor", cursor)

    return build


def errors(caplog) -> list[logging.LogRecord]:
    return [record for record in caplog.records if record.levelno >= logging.WARNING]


@pytest.mark.parametrize(
    "error", [OperationalError(REFUSED), InterfaceError("connection already closed"), DatabaseError()]
)
def test_with_the_database_away_a_signed_in_person_gets_our_page(client, ada, away, error):
    away(error)
    page = client.get("/setup/people/?page=2")
    assert (page.status_code, page["Retry-After"]) == (503, "10")
    assert AWAY in text_of(page)
    assert 'href="/setup/people/?page=2">Try again' in page.content.decode()
    assert "location.replace" in page.content.decode()
    assert not page.cookies


def test_the_log_has_one_line_of_it(client, ada, away, caplog):
    away()
    client.get("/setup/people/")
    (record,) = errors(caplog)
    assert record.getMessage() == (
        "Service Unavailable: /setup/people/: the database is away: "
        'connection to server at "db", port 5432 failed: Connection refused'
    )
    assert record.exc_info is None


def test_it_brings_its_own_style_and_script_which_the_policy_lets_in(client, ada, away):
    away()
    page = client.get("/setup/people/")
    text = page.content.decode()
    assert not re.search(r"<(?:link|img)\b|\bsrc=", text)
    (nonce,) = set(re.findall(r'nonce="([^"]+)"', text))
    policy = dict(part.strip().partition(" ")[::2] for part in page["Content-Security-Policy"].split(";"))
    assert f"'nonce-{nonce}'" in policy["style-src"]
    assert f"'nonce-{nonce}'" in policy["script-src"]
    assert policy["frame-ancestors"].startswith("'self' https://console.cloudinary.com")
    assert "no-store" in page["Cache-Control"]


def test_other_pages_let_no_style_in(client, ada):
    policy = client.get("/setup/people/")["Content-Security-Policy"]
    assert re.search(r"style-src 'self'(;|$)", policy)


@pytest.mark.parametrize("address", ["/launch", "/setup/matching/"])
def test_after_a_form_it_leads_to_the_beginning_and_says_that_nothing_is_certain(client, ada, away, address):
    away()
    page = client.post(address, {"token": signed(SECRET)}, headers={"Origin": CONSOLE})
    assert page.status_code == 503
    assert "Your last change may not be saved" in text_of(page)
    assert 'href="/">Try again' in page.content.decode()


def test_a_fragment_is_one_sentence(client, ada, away):
    away()
    answer = client.get("/setup/people/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["Content-Type"]) == (503, "text/plain; charset=utf-8")
    assert answer.content.decode().startswith(f"{AWAY}. ")
    assert answer["Retry-After"] == "10"


@pytest.mark.parametrize("address", ["/nowhere", "/setup/", "/syncs/", "/readyz"])
def test_no_address_is_more_than_unavailable(client, ada, away, address):
    away()
    assert client.get(address).status_code == 503


def test_who_is_not_signed_in_is_reported_how_to_come_in(away):
    away()
    assert Client().get("/setup/").status_code == 401


@pytest.fixture
def breaks(client, ada, monkeypatch):
    """Call it with an error: the address that raises it."""

    def build(error: Exception) -> str:
        def view(request):
            raise error

        monkeypatch.setattr(urls, "urlpatterns", [*urls.urlpatterns, path("breaks", view)])
        return "/breaks"

    clear_url_caches()
    yield build
    clear_url_caches()


@pytest.mark.parametrize("error", [RuntimeError("why"), OperationalError("no such table: x"), DatabaseError("odd")])
def test_an_error_of_ours_is_an_error_and_has_its_traceback(client, ada, breaks, caplog, error):
    page = client.get(breaks(error))
    assert (page.status_code, page.has_header("Retry-After")) == (500, False)
    assert "Something went wrong" in text_of(page)
    assert f"For the people who run AssetLink: {page['X-Request-Id']}" in text_of(page)
    assert "location.replace" not in page.content.decode()
    (record,) = errors(caplog)
    assert record.exc_info[1] is error


def test_an_error_of_ours_reads_no_session(client, ada, breaks, monkeypatch):
    """Its page is shown also where the session is what is broken."""
    address = breaks(RuntimeError("why"))
    monkeypatch.setattr(
        "django.contrib.sessions.backends.db.SessionStore.load", lambda self: (_ for _ in ()).throw(RuntimeError("no"))
    )
    page = client.get(address)
    assert (page.status_code, "Something went wrong" in text_of(page)) == (500, True)


@pytest.mark.parametrize("address", ["/setup/people/", "/nowhere", "/launch"])
def test_without_static_files_there_is_still_our_page(client, ada, settings, tmp_path, caplog, address):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    }
    method = client.post if address == "/launch" else client.get
    page = method(address, headers={"Origin": CONSOLE})
    assert (page.status_code, "Something went wrong" in text_of(page)) == (500, True)
    assert len([record for record in errors(caplog) if record.exc_info]) == 1


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_who_asks_whether_we_live_is_answered_whatever_cookie_comes_along(client, ada, away, address):
    away()
    answer = client.get(address)
    assert answer["Content-Type"] == "application/json"
    assert answer.status_code == (200 if address == "/healthz" else 503)
