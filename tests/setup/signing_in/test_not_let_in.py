"""What somebody reads who proved who they are, and may not come in."""

import pytest
from django.utils import timezone

from setup.models import Environment, Member
from setup.people import memberships
from tests.linking.visits import text_of
from tests.setup.people.conftest import made
from tests.setup.people.test_entering import invite
from tests.setup.people.test_groups import a_day_later
from tests.setup.signing_in.test_codes import ask, sent, type_in
from tests.signing_in import Visitor, company


@pytest.fixture
def fjord(world, settings, db):
    settings.OIDC_PROVIDERS = company(world.base_url)
    settings.GROUP_ROLES = [(f"{world.base_url}/identity", "assetlink-admins", "demo", "admin")]
    made("demo")
    return world


def test_who_comes_in_though_the_groups_are_withheld_reads_so(fjord, caplog):
    Visitor().signs_in("fjord", "7b1f-tove")
    fjord.faults.add(service="identity", kind="odd_identity", code="groups_overage", times=None)
    visitor = Visitor()
    assert visitor.signs_in("fjord", "7b1f-tove").status_code == 302
    page = text_of(visitor.client.get("/session/you/"))
    assert "Fjord &amp; Fern did not name your groups" in page
    assert "Admin of demo" in page
    assert "did not name the groups of somebody who signed in" in caplog.text


def test_who_never_had_a_role_reads_why_there_is_none(fjord, settings):
    fjord.faults.add(service="identity", kind="odd_identity", code="groups_overage", times=None)
    page = Visitor().signs_in("fjord", "7b1f-tove")
    assert page.status_code == 403
    assert "Fjord &amp; Fern did not name your groups" in text_of(page)
    settings.SIGN_IN_CONTACT = "the Service Desk"
    assert "Tell the Service Desk" in text_of(Visitor().signs_in("fjord", "7b1f-tove"))


def test_who_was_removed_reads_so_and_nobody_else_does(fjord):
    environment = Environment.objects.get()
    for at, email in enumerate(("maren@fjordandfern.example", "jonas@fjordandfern.example")):
        invite(environment, "member", email=email)
        Visitor().signs_in("fjord", ("7b1f-maren", "7b1f-jonas")[at])
    memberships.remove(Member.objects.get(email="maren@fjordandfern.example"), now=timezone.now())
    page = text_of(Visitor().signs_in("fjord", "7b1f-maren"))
    assert "Your access was removed" in page
    assert "An admin has removed you from demo." in page
    for stranger in ("7b1f-eve", "7b1f-ada"):  # Eve claims Maren's address
        page = text_of(Visitor().signs_in("fjord", stranger))
        assert "Nobody has invited you yet" in page
        assert "removed" not in page
        assert "demo" not in page


def test_who_is_in_no_group_any_more_reads_so(fjord, settings):
    Visitor().signs_in("fjord", "7b1f-tove")
    settings.GROUP_ROLES = [(settings.GROUP_ROLES[0][0], "others", "demo", "admin")]
    page = text_of(Visitor().signs_in("fjord", "7b1f-tove"))
    assert "None of your groups at Fjord &amp; Fern lets you into demo any more." in page


def test_who_has_to_ask_the_provider_again_is_led_there(fjord, settings):
    settings.EMAIL_HOST = "mail.example.com"
    Visitor().signs_in("fjord", "7b1f-tove")
    a_day_later()
    answer = type_in(ask("tove@fjordandfern.example"), sent())
    assert answer.status_code == 403
    assert "Your role in demo comes from your groups at Fjord &amp; Fern" in text_of(answer)
    assert 'id="with-fjord"' in answer.content.decode()
