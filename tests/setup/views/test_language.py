"""The language of pages: the person's, or else the browser's; what is logged is English all the same."""

import logging
import subprocess
import sys

import pytest
from django.utils.translation import gettext, override

from assetlink_site.logs import Text
from setup.models import Environment, Member
from tests.linking.visits import enter

GERMAN = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}


@pytest.fixture
def ada(db) -> Member:
    known = {"api_key": "k", "api_secret": "s", "launch_issuer": "console", "launch_secret": "y" * 40}
    owner = Environment.objects.create(cloud_name="demo", **known)
    return Member.objects.create(environment=owner, external_id="u1", name="Ada", roles=["master_admin"])


def choose(client, language: str, **headers: str):
    return client.post("/language/", {"language": language}, headers={"HX-Request": "true", **headers})


def language_of(client, **headers: str) -> str:
    page = client.get("/setup/people/", headers=headers)
    shown = page.content.decode().partition('<html lang="')[2].partition('"')[0]
    assert page["Content-Language"] == shown
    return shown


def test_who_chooses_german_gets_every_page_in_it(client, ada):
    enter(client, ada)
    assert language_of(client) == "en"
    assert choose(client, "de")["HX-Refresh"] == "true"
    ada.refresh_from_db()
    assert (ada.language, language_of(client)) == ("de", "de")
    assert '<option value="de" lang="de" selected>' in client.get("/setup/people/").content.decode()


def test_a_part_of_a_page_is_in_the_language_of_its_page(client, ada):
    enter(client, ada)
    assert '"X-Page-Language": "en"' in client.get("/setup/people/").content.decode()
    choose(client, "de")
    part = {"HX-Request": "true", "X-Page-Language": "en"}
    assert client.get("/links/checks/", headers=part)["Content-Language"] == "en"
    assert client.get("/links/checks/", headers=part | {"X-Page-Language": "tlh"})["Content-Language"] == "de"
    assert client.get("/links/checks/", headers={"X-Page-Language": "en"})["Content-Language"] == "de", (
        "a page of its own"
    )


def test_a_browser_that_asks_for_german_gets_it_unchosen(client, ada):
    enter(client, ada)
    assert language_of(client, **GERMAN) == "de"
    assert language_of(client, **{"Accept-Language": "fr,en;q=0.5"}) == "en"
    assert client.get("/nowhere/", headers=GERMAN)["Content-Language"] == "de"


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("de;q=0", "en"),
        ("fr, de;q=0.0", "en"),
        ("en;q=0, de;q=0.5", "de"),
        ("*", "en"),
        ("*;q=0.1, de", "de"),
        ("DE", "de"),
        ("de-x-" + "y" * 600, "en"),
        ("de;q=high", "en"),
        (",;,;", "en"),
        ("\u00ff\u00fe", "en"),
    ],
)
def test_a_browser_is_given_no_language_that_it_does_not_want(client, ada, asked, shown):
    enter(client, ada)
    assert language_of(client, **{"Accept-Language": asked}) == shown


def test_a_cookie_of_other_software_chooses_no_language(client, ada):
    enter(client, ada)
    client.cookies["django_language"] = "de"
    assert language_of(client) == "en"


def test_what_was_chosen_counts_more_than_the_browser_until_it_is_given_back(client, ada):
    enter(client, ada)
    choose(client, "en")
    assert language_of(client, **GERMAN) == "en"
    choose(client, "")
    assert language_of(client, **GERMAN) == "de"


@pytest.mark.parametrize("language", ["xx", "DE", "de-AT", "de\n", "../de"])
def test_a_language_that_there_is_not_is_refused_and_nothing_is_kept(client, ada, language):
    enter(client, ada)
    choose(client, "de")
    answer = choose(client, language)
    assert (answer.status_code, answer["Content-Type"]) == (400, "text/plain; charset=utf-8")
    ada.refresh_from_db()
    assert ada.language == "de"


def test_nobody_chooses_a_language(client, ada):
    assert choose(client, "de").status_code == 401
    ada.refresh_from_db()
    assert ada.language == ""


def test_a_page_for_when_nothing_can_be_shown_is_in_the_browsers_language(client, ada, monkeypatch):
    def breaks(*args, **kwargs):
        raise RuntimeError

    enter(client, ada)
    client.raise_request_exception = False
    monkeypatch.setattr("setup.security.language.language_of", breaks)
    page = client.get("/setup/people/", headers=GERMAN)
    assert page.status_code == 500
    assert '<html lang="de">' in page.content.decode()


def test_a_line_of_the_log_is_english_in_every_language_of_a_request():
    class Said:
        def __str__(self) -> str:
            return gettext("Yes")

    record = logging.LogRecord("setup", logging.WARNING, __file__, 1, "They say: %s.", (Said(),), None)
    with override("de"):
        assert str(Said()) == "Ja"
        assert "They say: Yes." in Text().format(record)


def test_a_line_of_the_log_from_before_the_apps_are_there_is_written():
    code = "import logging; from assetlink_site.logs import Text; "
    code += "print(Text().format(logging.LogRecord('django', 30, '', 1, 'Early: %s.', ('yes',), None)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stderr, done.returncode) == ("", 0)
    assert "Early: yes." in done.stdout
