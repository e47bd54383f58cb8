"""Sessions: they end by themselves, an admin can end them, and a tab of its own has a ticket of one use."""

import time

import pytest
from django.core import signing
from django.middleware.csrf import CSRF_SESSION_KEY
from django.utils import timezone

from linking.models import Selection
from setup.models import AuditEntry, Environment, Member, Store
from setup.security import sessions
from tests.linking.visits import enter, text_of
from tests.setup.security.launches import post, signed
from tests.setup.security.test_launch import SECRET
from tests.setup.security.test_launch import launched as by_launch

pytestmark = pytest.mark.django_db
FROM_US = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def ada() -> Member:
    known = {"api_key": "k", "api_secret": "s", "launch_issuer": "console", "launch_secret": SECRET}
    owner = Environment.objects.create(cloud_name="demo", **known)
    return Member.objects.create(environment=owner, external_id="u1", name="Ada", roles=["master_admin"])


@pytest.fixture
def clock(monkeypatch):
    """clock(minutes) moves on."""
    state = {"now": time.time()}
    monkeypatch.setattr(sessions.time, "time", lambda: state["now"])

    def later(minutes: float) -> None:
        state["now"] += minutes * 60

    return later


def status(client) -> int:
    return client.get("/setup/people/").status_code


def test_a_session_that_nobody_uses_ends(client, ada, clock):
    enter(client, ada)
    assert status(client) == 200
    clock(121)
    assert status(client) == 401


def test_a_session_that_is_used_goes_on_until_its_last_hour(client, ada, clock):
    enter(client, ada)
    for _ in range(12 * 60 // 20):
        assert status(client) == 200
        clock(20)
    assert status(client) == 200
    clock(1)
    assert status(client) == 401


def test_a_page_asks_shortly_before_the_end_whether_somebody_is_there(client, ada, clock):
    enter(client, ada)
    assert 'hx-trigger="load delay:7080s,' in client.get("/setup/people/").content.decode()
    clock(60)
    assert 'hx-trigger="load delay:3480s,' in client.get("/session/").content.decode(), "looking is no use of it"
    clock(59)
    soon = client.get("/session/").content.decode()
    assert "Your session ends at" in soon
    assert "Stay signed in" in soon
    assert 'hx-trigger="load delay:7080s,' in client.post("/session/").content.decode()
    clock(119)
    assert status(client) == 200


@pytest.mark.parametrize(("method", "path"), [("get", "/setup/people/"), ("post", "/setup/alt-texts/add-on/ask/")])
def test_what_a_page_asks_by_itself_is_no_use(client, ada, clock, method, path):
    enter(client, ada)
    assert status(client) == 200
    clock(119)
    answer = getattr(client, method)(path, headers={"AssetLink-Unattended": "1"})
    assert answer.status_code in (200, 302)
    clock(2)
    assert status(client) == 401


def test_before_its_last_hour_ends_nobody_is_promised_to_stay(client, ada, clock):
    enter(client, ada)
    for _ in range(12 * 60 // 20):
        assert status(client) == 200
        clock(19.95)
    for answer in (client.get("/session/"), client.post("/session/")):
        said = answer.content.decode()
        assert "open AssetLink again from the Media Library" in said
        assert "Stay signed in" not in said


@pytest.mark.parametrize("method", ["get", "post"])
def test_that_it_has_ended_is_said_without_loading_the_page_again(client, ada, clock, method):
    enter(client, ada)
    assert status(client) == 200
    clock(121)
    answer = getattr(client, method)("/session/", headers={"HX-Request": "true"})
    assert (answer.status_code, "HX-Refresh" in answer) == (200, False)
    assert "Your session has ended." in answer.content.decode()
    assert status(client) == 401, "and asking does not begin it again"


def test_a_short_session_warns_in_its_last_quarter(client, ada, clock, settings):
    settings.SESSION_IDLE_MINUTES = 4
    enter(client, ada)
    assert 'hx-trigger="load delay:180s,' in client.get("/session/").content.decode()


def test_an_admin_ends_all_sessions_of_a_person_and_that_is_written_down(client, ada):
    bob = Member.objects.create(environment=ada.environment, external_id="u2", name="Bob", roles=["master_admin"])
    theirs = type(client)()
    enter(theirs, bob)
    assert status(theirs) == 200
    enter(client, ada)
    assert "All sessions of Bob are ended." in text_of(client.post(f"/setup/people/{bob.pk}/end/", follow=True))
    assert (status(theirs), status(client)) == (401, 200)
    assert AuditEntry.objects.get().object == "member Bob"


def test_a_launch_after_that_lets_in_again(client, ada):
    sessions.end_all(ada, now=timezone.now())
    by_launch_again = post(client, signed(SECRET))
    assert by_launch_again.status_code == 200
    assert client.get("/launch/probe").status_code == 204


def test_a_member_who_is_removed_is_out(client, ada):
    enter(client, ada)
    ada.delete()
    assert status(client) == 401


def test_the_probe_tells_whether_the_cookie_was_kept(client, ada):
    assert client.get("/launch/probe").status_code == 401
    enter(client, ada)
    assert client.get("/launch/probe").status_code == 204


def test_a_session_begins_with_the_secret_of_its_forms(client, ada):
    """Two first pages at once would each make one, and who answers last would make the other's forms those of another session."""
    answer = post(client, signed(SECRET, user={"id": "u1", "name": "Ada"}))
    assert answer.status_code == 200
    assert client.session[CSRF_SESSION_KEY]


def test_a_ticket_opens_one_session_in_a_browser_without_a_cookie(client, ada):
    _, ticket = by_launch(client, user={"id": "u1", "name": "Ada"})
    tab, again = type(client)(), type(client)()
    answer = tab.post("/launch/tab", {"ticket": ticket}, headers=FROM_US)
    assert (answer.status_code, answer["Location"]) == (302, f"/selections/{Selection.objects.get().key}/")
    assert tab.get("/launch/probe").status_code == 204
    refused = again.post("/launch/tab", {"ticket": ticket}, headers=FROM_US)
    assert refused.status_code == 403
    assert again.get("/launch/probe").status_code == 401


def test_a_ticket_is_good_for_a_minute(client, ada, monkeypatch):
    _, ticket = by_launch(client)
    real = time.time
    monkeypatch.setattr(signing.time, "time", lambda: real() + 61)
    assert client.post("/launch/tab", {"ticket": ticket}, headers=FROM_US).status_code == 403


def test_a_ticket_dies_with_the_sessions_of_its_person(client, ada):
    _, ticket = by_launch(client)
    sessions.end_all(ada, now=timezone.now())
    tab = type(client)()
    assert tab.post("/launch/tab", {"ticket": ticket}, headers=FROM_US).status_code == 403
    assert tab.get("/launch/probe").status_code == 401
    _, fresh = by_launch(client)
    assert tab.post("/launch/tab", {"ticket": fresh}, headers=FROM_US).status_code == 302


def test_a_window_in_which_an_app_is_being_installed_ends_with_the_sessions(rehearse):
    found = rehearse()
    window = found.begin()
    window.open()
    window.agree()
    sessions.end_all(found.place.member, now=timezone.now())
    assert "This attempt is over." in text_of(window.come_back())
    assert not Store.objects.exists()


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {}])
def test_a_ticket_is_taken_from_our_own_page_only(client, ada, headers):
    _, ticket = by_launch(client)
    assert client.post("/launch/tab", {"ticket": ticket}, headers=headers).status_code == 403


FOREIGN = signing.dumps({"member": 1}, salt="another purpose")


@pytest.mark.parametrize("ticket", ["", "x", "a:b:c", FOREIGN], ids=["empty", "a letter", "parts", "foreign"])
def test_what_is_no_ticket_is_refused(client, ada, ticket):
    assert client.post("/launch/tab", {"ticket": ticket}, headers=FROM_US).status_code == 403


def test_a_ticket_stands_in_a_form_and_in_no_address(client, ada):
    page = post(client, signed(SECRET))
    assert 'method="post"' in page.content.decode()
    assert 'target="_blank"' in page.content.decode()
    assert "Location" not in page
