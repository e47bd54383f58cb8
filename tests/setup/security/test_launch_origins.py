"""Where a launch was posted from: the Console's leads in, a foreign one nowhere, and an unknown one asks the person."""

import html
import random
import re
import string
import time

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone

from linking.models import Selection
from setup.models import AuditEntry, Environment, Member, UsedLaunch
from setup.security import launch_origins, sessions, tickets
from setup.security.launch import LaunchRefused
from tests.linking.visits import enter, text_of
from tests.setup.security.launches import CONSOLE, post, signed

pytestmark = pytest.mark.django_db
SECRET = "a launch secret of more than 32 bytes, as HS256 wants it"
FROM_US = {"Sec-Fetch-Site": "same-origin"}
BELOW = "https://res.cloudinary.com"  # delivers whatever customers upload
FOREIGN = [
    "https://evil.example",
    "http://console.cloudinary.com",
    "https://console.cloudinary.com:8443",
    "https://console.cloudinary.com.evil.example",
    "https://evil-cloudinary.com",
    "https://cloudinary.com",
    "https://console.cloudinary.com@evil.example",
    "http://testserver",  # our own pages launch nothing
    "https://[",
    "https://console.cloudinary.com:x",
    "null, https://console.cloudinary.com",
    "file://",
    "é",
]


@pytest.fixture(autouse=True)
def demo() -> Environment:
    known = {"api_key": "k", "api_secret": "s", "launch_issuer": "console", "launch_secret": SECRET, "name": "Demo"}
    return Environment.objects.create(cloud_name="demo", **known)


def launched(client, origin: str | None, **changed):
    return post(client, signed(SECRET, **changed), origin=origin)


def is_in(client) -> bool:
    return client.get("/launch/probe").status_code == 204


def ticket_of(page) -> str:
    return html.unescape(re.search(r'name="ticket" value="([^"]+)"', page.content.decode())[1])


def press(client, ticket: str, headers=FROM_US):
    return client.post("/launch/continue", {"ticket": ticket}, headers=headers)


def test_a_launch_from_the_console_leads_in(client):
    assert 'data-next="/selections/' in launched(client, CONSOLE).content.decode()
    assert is_in(client)


@pytest.mark.parametrize("origin", FOREIGN)
def test_a_launch_from_anywhere_else_is_refused_and_the_place_is_named(client, origin, caplog):
    page = launched(client, origin)
    assert page.status_code == 403
    assert f"This launch came from {origin}, which is not the Console" in html.unescape(text_of(page))
    assert not is_in(client)
    assert not Member.objects.exists()
    assert not Selection.objects.exists()
    assert not UsedLaunch.objects.exists()
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.object, entry.after) == ("launch.refused", "origin", {"origin": origin})
    assert any(origin in record.getMessage() for record in caplog.records if record.name == "setup.security.refusals")


def test_a_page_elsewhere_does_not_sign_anybody_in_as_somebody_else(client, demo):
    """What the attack is for: work that is done, and secrets that are typed, in the attacker's own environment."""
    ada = Member.objects.create(environment=demo, external_id="u1", name="Ada")
    enter(client, ada)
    launched(client, "https://evil.example", user={"id": "mallory", "name": "Mallory"})
    launched(client, "null", user={"id": "mallory", "name": "Mallory"})
    assert client.session["member"] == ada.pk


@pytest.mark.parametrize("origin", [None, "null", "", BELOW])
def test_where_the_origin_is_not_certain_the_person_is_asked_and_nothing_happens_before(client, origin):
    page = launched(client, origin)
    assert page.status_code == 200
    text = html.unescape(text_of(page))
    assert "You are about to enter Demo as Ada , with 2 assets. E-mail address: ada@example.com" in text
    assert "Continue as Ada" in text
    reported = (
        f"AssetLink was opened from {origin}."
        if origin == BELOW
        else "The browser did not say where AssetLink was opened from."
    )
    assert reported in text
    assert "autofocus" not in page.content.decode()
    assert not is_in(client)
    assert not Member.objects.exists()
    assert not Selection.objects.exists()


@pytest.mark.parametrize("origin", [None, "null", BELOW])
def test_pressing_the_button_leads_in_as_a_launch_does(client, origin):
    page = press(client, ticket_of(launched(client, origin, asset_ids=["a", "b", "c"])))
    assert f'data-next="/selections/{Selection.objects.get().key}/"' in page.content.decode()
    assert is_in(client)
    assert Selection.objects.get().assets.count() == 3
    member = Member.objects.get()
    assert (member.external_id, member.name, member.email) == ("u1", "Ada", "ada@example.com")
    assert member.roles == ["media_library_user"]
    tab = Client()
    assert tab.post("/launch/tab", {"ticket": ticket_of(page)}, headers=FROM_US).status_code == 302


def test_the_largest_launch_can_be_confirmed(client):
    draw = random.Random(1)  # what cannot be compressed
    ids = ["".join(draw.choices(string.ascii_letters + string.digits, k=255)) for _ in range(1000)]
    assert press(client, ticket_of(launched(client, None, asset_ids=ids))).status_code == 200
    assert Selection.objects.get().assets.count() == 1000


def refused(answer, code: str) -> None:
    assert answer.status_code == 403
    assert f"give an admin this code: {code}" in text_of(answer)


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://evil.example"},
        {"Origin": CONSOLE},
        {"Origin": "null"},
        {},
    ],
)
def test_no_other_site_can_press_the_button(client, headers):
    """Anybody may get such a ticket for himself and have another person's browser bring it."""
    ticket = ticket_of(launched(Client(), None))
    refused(press(client, ticket, headers), "form")
    assert not is_in(client)
    assert press(client, ticket).status_code == 200


def test_browsers_that_tell_the_origin_only_can_press_it(client):
    ticket = ticket_of(launched(client, None))
    assert press(client, ticket, {"Origin": "http://testserver"}).status_code == 200
    assert is_in(client)


def test_the_button_works_once(client):
    ticket = ticket_of(launched(client, None))
    press(client, ticket)
    refused(press(Client(), ticket), "lapsed")


def test_the_button_works_for_five_minutes(client, monkeypatch):
    ticket, real = ticket_of(launched(client, None)), time.time
    monkeypatch.setattr(signing.time, "time", lambda: real() + 301)
    refused(press(client, ticket), "lapsed")


def test_the_launch_of_an_asked_person_is_used_up(client):
    token = signed(SECRET)
    assert post(client, token, origin=None).status_code == 200
    refused(post(client, token, origin=None), "replayed")


def test_the_button_dies_with_the_sessions_of_its_person(client, demo):
    ada = Member.objects.create(environment=demo, external_id="u1")
    ticket = ticket_of(launched(client, None))
    sessions.end_all(ada, now=timezone.now())
    refused(press(client, ticket), "lapsed")


def test_the_button_dies_with_its_environment(client, demo):
    ticket = ticket_of(launched(client, None))
    demo.delete()
    refused(press(client, ticket), "lapsed")


def test_a_ticket_for_another_purpose_does_not_press_the_button(client):
    tab = ticket_of(launched(client, CONSOLE))
    for ticket in (tab, tickets.issue("something else", {"environment": 1}), "", "x", "a:b:c"):
        refused(press(Client(), ticket), "lapsed")
    confirm = ticket_of(launched(client, None))
    assert client.post("/launch/tab", {"ticket": confirm}, headers=FROM_US).status_code == 403


def test_a_launch_that_is_not_genuine_is_refused_and_not_asked_about(client):
    refused(post(client, signed("x" * 40), origin=None), "signature")


@pytest.mark.parametrize(
    ("origins", "origin", "found"),
    [
        (["http://localhost:8001"], "http://localhost:8001", True),
        (["https://Console.Example.com/"], "https://console.example.com", True),
        (["https://console.example.com:443"], "https://console.example.com", True),
        (["https://console.example.com"], "https://console.example.com:443", True),
        (["https://*.example.com:8443"], "https://a.b.example.com:8443", False),
        (["https://*.example.com:8443"], "https://a.example.com", None),
        (["https://*.example.com"], "https://.example.com", None),
        (["https://*.example.com"], "https://example.com", None),
        (["http://localhost:8001"], "http://localhost:8002", None),
        (["*"], "https://evil.example", None),
        (["https:"], "https://evil.example", None),
        (["'self'"], "https://evil.example", None),
        ([], "https://console.cloudinary.com", None),
    ],
)
def test_which_origins_the_settings_name(settings, origins, origin, found):
    """None: refused."""
    settings.LAUNCH_ORIGINS = origins
    if found is None:
        with pytest.raises(LaunchRefused):
            launch_origins.certain(origin, "")
    else:
        assert launch_origins.certain(origin, "") is found


def test_without_a_setting_of_their_own_they_are_those_that_may_frame_the_app(settings):
    assert settings.LAUNCH_ORIGINS == settings.FRAME_ANCESTORS
