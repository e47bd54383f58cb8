"""The page to sign in: what is set up, and what to do where nothing is."""

import pytest
from django.test import Client

from setup.models import Environment, Member, Person
from tests.setup.people.entrances import sign_in
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
