"""The page to sign in: what is set up, and what to do where nothing is."""

import pytest
from django.core import mail as outbox
from django.test import Client

from setup.models import Environment, Member, Person
from tests.setup.people.conftest import made
from tests.setup.people.entrances import sign_in
from tests.setup.people.test_entering import invite
from tests.signing_in import Visitor

pytestmark = pytest.mark.django_db


def test_where_nothing_is_set_up_it_says_what_to_do():
    answer = Client().get("/sign-in")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "No way to sign in is set up here yet." in page
    assert "docs/operator/sign-in.md" in page
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


def test_it_offers_what_is_set_up_and_keeps_where_somebody_wants_to_go(world, settings):
    settings.EMAIL_HOST = "mail.example.com"
    page = Client().get("/sign-in?next=/links/").content.decode()
    assert "Continue with Fjord &amp; Fern" in page
    assert "Send me a code" in page
    assert page.count('name="next" value="/links/"') == 2
    assert "Login with Cloudinary" not in page
    assert "Use a passkey" not in page
    assert 'name="next" value=""' in Client().get("/sign-in?next=https://evil.example/").content.decode()


def test_who_has_no_session_is_led_there_and_back_but_not_in_a_frame(world):
    page = Client().get("/links/?store=1")
    assert page.status_code == 401
    assert 'href="/sign-in?next=%2Flinks%2F%3Fstore%3D1"' in page.content.decode()
    framed = Client().get("/links/", headers={"Sec-Fetch-Dest": "iframe"}).content.decode()
    assert "/sign-in" not in framed


def test_where_no_way_is_set_up_nobody_is_led_there():
    assert "/sign-in" not in Client().get("/links/").content.decode()


def test_whom_nobody_invited_is_led_to_other_accounts_and_ways_and_from_there_where_they_wanted_to_go(world):
    page = Visitor().signs_in("fjord", "7b1f-ada", next="/links/").content.decode()
    assert "Use another account at Fjord &amp; Fern" in page
    assert 'name="next" value="/links/"' in page
    assert 'href="/sign-in?next=%2Flinks%2F"' in page


def test_who_adds_a_way_comes_back_to_where_they_see_it():
    environment, person = Environment.objects.create(cloud_name="demo"), Person.objects.create(name="Tove")
    member = Member.objects.create(environment=environment, external_id="p", person=person)
    answer = sign_in(Client(), member).post("/session/you/add/")
    assert answer.headers["Location"].endswith("next=%2Fsession%2Fyou%2F")


def in_language(client, language: str):
    return client.post("/sign-in/language/", {"language": language}, headers={"HX-Request": "true"})


def test_who_is_not_in_yet_chooses_a_language_which_is_theirs_once_they_are_in(world, settings):
    settings.EMAIL_HOST = "mail.example.com"
    environment = made("demo")
    invite(environment, "admin", email="maren@fjordandfern.example")
    visitor = Visitor()
    assert '<select id="language"' in visitor.client.get("/sign-in").content.decode()
    answer = in_language(visitor.client, "de")
    cookie = answer.cookies["assetlink-language"]
    assert (answer["HX-Refresh"], cookie["path"], cookie["samesite"]) == ("true", "/sign-in", "Lax")
    page = visitor.client.get("/sign-in")
    assert page["Content-Language"] == "de"
    assert '<option value="de" lang="de" selected>' in page.content.decode()
    visitor.client.post("/sign-in/code/", {"email": "maren@fjordandfern.example"})
    assert outbox.outbox[0].subject.startswith("Ihr Code")
    assert visitor.signs_in("fjord", "7b1f-maren").status_code == 302
    assert Member.objects.get().language == "de"
    Member.objects.update(language="en")
    visitor.signs_in("fjord", "7b1f-maren")
    assert Member.objects.get().language == "en", "what they chose when they were in"


def test_the_browsers_language_is_given_back_and_what_there_is_not_is_refused():
    client = Client()
    in_language(client, "de")
    assert in_language(client, "tlh").status_code == 400
    assert client.get("/links/")["Content-Language"] == "en"  # only on the way in
    in_language(client, "")
    assert client.get("/sign-in")["Content-Language"] == "en"


def test_pages_that_nobody_signs_in_at_offer_no_language():
    assert '<select id="language"' not in Client().get("/links/").content.decode()
