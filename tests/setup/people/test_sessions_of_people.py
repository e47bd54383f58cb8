"""Sessions that begin by signing in: their cookie, their frame, their end, and both kinds in one browser."""

import time

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from linking.models import Selection
from setup.models import Member, Person
from setup.people import intents, invitations
from setup.security.session_store import SessionStore
from tests.linking.visits import enter, text_of
from tests.setup.people.entrances import sign_in
from tests.setup.security.launches import post, signed
from tests.setup.security.test_launch import SECRET

PERSON, LAUNCHED = "assetlink-person", "assetlink-session"
FROM_US = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def vi(environment, elsewhere) -> Member:
    """A viewer here, and an admin elsewhere."""
    person = Person.objects.create(name="Vi", email="vi@example.com", email_verified=True)
    known = {"person": person, "external_id": f"person:{person.key}", "name": "Vi"}
    Member.objects.create(environment=elsewhere, granted_role="admin", **known)
    return Member.objects.create(environment=environment, granted_role="viewer", **known)


def status(client) -> int:
    return client.get("/session/you/").status_code


def test_the_address_of_an_invitation_begins_a_session_that_is_lax_and_never_framed(client, environment):
    _, address = invitations.make(environment, "admin", now=timezone.now())
    path = address.removeprefix("http://localhost:8000")
    page = client.get(path)
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    assert "You are invited to demo" in text_of(page)
    answer = client.post(path)
    cookie = answer.cookies[PERSON]
    assert (cookie["samesite"], cookie["httponly"], LAUNCHED in answer.cookies) == ("Lax", True, False)
    mine = client.get("/session/you/")
    assert "frame-ancestors 'none'" in mine["Content-Security-Policy"]
    assert "Add a way to sign in, or you cannot come back." in text_of(mine)
    assert Client().get(path).status_code == 404, "it is used"


def test_where_there_is_a_way_to_sign_in_the_address_alone_lets_nobody_in(client, environment, settings):
    settings.EMAIL_HOST = "mail.example"
    _, address = invitations.make(environment, "admin", now=timezone.now())
    answer = client.post(address.removeprefix("http://localhost:8000"))
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in")
    assert not Member.objects.exists()


def test_a_launched_session_is_framed_as_ever(client, ada):
    enter(client, ada)
    assert "frame-ancestors 'self'" in client.get("/session/you/")["Content-Security-Policy"]


def test_who_signed_in_changes_to_their_other_environment_and_to_nobody_elses(client, vi, ada):
    sign_in(client, vi)
    assert "elsewhere" in text_of(client.get("/session/you/"))
    there = vi.person.members.get(granted_role="admin")
    assert client.get("/setup/people/").status_code == 403
    client.post("/session/environment/", {"member": there.pk})
    assert client.get("/setup/people/").status_code == 200
    assert client.post("/session/environment/", {"member": ada.pk}).status_code == 404


def test_who_changes_environments_comes_back_to_the_selection_that_was_open(client, vi):
    here, there = vi.person.members.get(granted_role="admin"), vi
    Member.objects.filter(pk=there.pk).update(granted_role="member")
    open_here = Selection.objects.create(environment=here.environment, member=here, state="done")
    sign_in(client, here)
    session = SessionStore(client.cookies[PERSON].value)
    session["selection"] = str(open_here.key)
    session.save()
    change = "/session/environment/"
    assert client.post(change, {"member": there.pk})["Location"] == "/assets/"
    assert client.get("/").headers["Location"] == "/assets/", "what is open elsewhere is not open here"
    assert client.post(change, {"member": here.pk})["Location"] == "/"
    assert client.get("/").headers["Location"] == f"/selections/{open_here.key}/"
    client.post(change, {"member": there.pk})
    Member.objects.filter(pk=here.pk).update(granted_role="viewer")
    assert client.post(change, {"member": here.pk})["Location"] == "/syncs/"


def test_a_launch_vouches_for_its_environment_only(client, vi):
    enter(client, vi)
    there = vi.person.members.get(granted_role="admin")
    assert client.post("/session/environment/", {"member": there.pk}).status_code == 404


def test_signing_out_ends_the_session_and_not_the_cookie_alone(client, vi):
    sign_in(client, vi)
    key = client.cookies[PERSON].value
    assert client.post("/session/end/")["Location"] == "/sign-in"
    client.cookies[PERSON] = key
    assert status(client) == 401


@pytest.mark.parametrize(
    "number", ["9" * 5000, str(2**63), "٣", "x", ""], ids=["huge", "just too large", "arabic", "x", ""]
)
def test_what_is_no_number_of_a_member_leads_nowhere(client, vi, number):
    assert sign_in(client, vi).post("/session/environment/", {"member": number}).status_code == 404


def test_all_sessions_of_a_person_end_at_once_and_those_of_others_go_on(vi, ada):
    mine, other, theirs = Client(), Client(), Client()
    sign_in(mine, vi)
    sign_in(other, vi.person.members.get(granted_role="admin"))
    enter(theirs, ada)
    mine.post("/session/you/end/")
    assert (status(mine), status(other), status(theirs)) == (401, 401, 200)


def test_who_is_removed_or_joined_with_somebody_else_is_out(client, vi):
    sign_in(client, vi)
    Member.objects.filter(pk=vi.pk).update(removed=timezone.now())
    assert status(client) == 401
    Member.objects.filter(pk=vi.pk).update(removed=None, person=Person.objects.create())
    assert status(client) == 401


def test_of_two_sessions_the_later_one_counts_and_the_other_ends(client, vi, ada):
    enter(client, ada)
    launched = client.cookies[LAUNCHED].value
    sign_in(client, vi)
    assert "Vi" in text_of(client.get("/session/you/"))
    only = Client()
    only.cookies[LAUNCHED] = launched
    assert status(only) == 200, "the frame's own goes on"
    known = client.session
    known.update({"since": time.time() + 5, "seen": time.time() + 5})
    known.save()
    client.cookies[LAUNCHED] = launched
    answer = client.get("/session/you/")
    assert "Are you Vi as well?" in text_of(answer)
    assert answer.cookies[PERSON].value == ""


def test_who_launches_where_they_are_signed_in_is_asked_and_becomes_one(client, environment, vi, ada):
    sign_in(client, vi)
    assert post(client, signed(SECRET, user={"id": "u1", "name": "Ada"}, roles=["master_admin"])).status_code == 200
    assert "Are you Vi as well?" in text_of(client.get("/session/you/"))
    said = text_of(client.post("/session/you/join/", {"join": "1"}, follow=True))
    assert "You are Vi now, however you come in." in said
    ada.refresh_from_db()
    assert (ada.person, ada.role) == (vi.person, "admin")
    assert not Member.objects.filter(pk=vi.pk).exists()


def test_a_launch_that_nobody_joins_stays_apart(client, vi, ada):
    sign_in(client, vi)
    post(client, signed(SECRET, user={"id": "u1", "name": "Ada"}))
    client.post("/session/you/join/", {})
    client.post("/session/you/join/", {"join": "1"})
    ada.refresh_from_db()
    assert ada.person is None


def test_who_was_launched_signs_in_as_well_and_is_asked(client, environment, ada):
    enter(client, ada)
    page = client.get("/session/you/").content.decode()
    ticket = page.partition('name="ticket" value="')[2].partition('"')[0]
    window = Client()
    assert window.post("/sign-in/as-well/", {"ticket": ticket}).status_code == 403, "not from a page of ours"
    assert window.post("/sign-in/as-well/", {"ticket": ticket}, headers=FROM_US).status_code == 302
    assert Client().post("/sign-in/as-well/", {"ticket": ticket}, headers=FROM_US).status_code == 403, "used"
    assert window.post("/sign-in/joined/", {"join": "1"}).status_code == 403, "nothing is proved yet"


def test_what_was_begun_ends_with_the_sessions_of_who_began_it(ada, rf):
    request = rf.get("/")
    request.session = {}
    intents.keep(request, intents.MEMBER, ada.pk)
    assert intents.member(request) == ada
    Member.objects.filter(pk=ada.pk).update(sessions_since=timezone.now() + timezone.timedelta(seconds=1))
    assert intents.member(request) is None


def test_a_launch_cannot_name_somebody_who_signs_in(client, vi):
    assert post(client, signed(SECRET, user={"id": vi.external_id, "name": "Vi"})).status_code == 403


def test_who_is_removed_cannot_be_launched(client, ada):
    Member.objects.filter(pk=ada.pk).update(removed=timezone.now())
    answer = post(client, signed(SECRET, user={"id": "u1", "name": "Ada"}))
    assert answer.status_code == 403
    assert "An admin has removed you" in text_of(answer)


def test_a_viewer_is_launched_to_history_without_a_selection(client, environment):
    environment.launch_roles = {"media_library_user": {"role": "viewer", "stores": []}}
    environment.save()
    answer = post(client, signed(SECRET))
    assert 'data-next="/syncs/"' in answer.content.decode()
    assert not Member.objects.get().selections.exists()


def by_code(client, email: str):
    client.post("/sign-in/code/", {"email": email, "next": "/session/you/"})
    code = "".join(sign for sign in mail.outbox[-1].subject if sign.isdigit())
    return client.post("/sign-in/code/check/", {"code": code})


@pytest.mark.parametrize("stays", [True, False], ids=["who adds a way", "a colleague at the same computer"])
def test_only_who_reads_that_a_way_is_added_adds_it(client, environment, vi, settings, stays):
    settings.EMAIL_HOST = "mail.example"
    invitations.make(environment, "member", email="bob@example.com", now=timezone.now())
    begun = sign_in(client, vi).post("/session/you/add/")["Location"]
    assert "comes in as Vi from then on" in text_of(client.get(begun))
    if not stays:
        assert "comes in as Vi" not in text_of(client.get("/sign-in"))
    client.post("/sign-in/code/", {"email": "bob@example.com"})
    assert ("comes in as Vi" in text_of(client.get("/sign-in/code/"))) is stays
    assert by_code(client, "bob@example.com")["Location"] == "/session/you/"
    assert vi.person.identities.filter(subject="bob@example.com").exists() is stays
    assert Person.objects.count() == (1 if stays else 2)


def test_viewers_have_no_tabs_that_refuse_them(client, vi):
    page = sign_in(client, vi).get("/session/you/").content.decode()
    assert 'id="tab-choose"' in page
    assert 'id="tab-history"' in page
    assert 'id="tab-link"' not in page
    assert 'id="tab-upload"' not in page


def test_who_was_never_here_reads_that_they_are_not_signed_in(client, environment, settings):
    settings.EMAIL_HOST = "mail.example.com"
    page = client.get("/syncs/")
    assert page.status_code == 401
    assert "You are not signed in" in text_of(page)
    client.cookies[PERSON] = "long-gone"
    assert "Your session has ended" in text_of(client.get("/syncs/"))
