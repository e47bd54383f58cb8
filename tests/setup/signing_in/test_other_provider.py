"""OpenID Connect with a provider that we did not write: oidc-provider-mock, by its own implementation of the protocol."""

from datetime import timedelta

import pytest

from setup.signing_in import discovery
from tests.signing_in import Visitor, code_of, company, of_somebody_else

pytestmark = pytest.mark.django_db
MAREN = ("maren", {"email": "maren@fjordandfern.example", "email_verified": True, "name": "Maren Holt"})
EVE = ("eve", {"email": "maren@fjordandfern.example", "email_verified": False, "roles": {"of": ["admins", "shops"]}})
TEXT = ("tom", {"email": "tom@fjordandfern.example", "email_verified": "true"})


@pytest.fixture(scope="module")
def other():
    with of_somebody_else(MAREN, EVE, TEXT, require_nonce=True) as url:
        yield url


@pytest.fixture
def known(other, settings):
    discovery.forget()
    settings.OIDC_PROVIDERS = {"other": {"name": "Other", "discovery": other, "client_id": "us", "client_secret": "s"}}
    return settings.OIDC_PROVIDERS


def test_who_signs_in_is_proved(known, other, proofs):
    Visitor().signs_in("other", "maren")
    found = proofs[0]
    assert (found.issuer, found.subject, found.name) == (other, "maren", "Maren Holt")
    assert (found.email, found.email_verified) == ("maren@fjordandfern.example", True)


def test_an_address_that_is_not_verified_or_only_by_a_text_is_none(known, proofs):
    Visitor().signs_in("other", "eve")
    Visitor().signs_in("other", "tom")
    assert [proof.email_verified for proof in proofs] == [False, False]


def test_groups_are_taken_from_the_claim_that_the_settings_name(known, proofs):
    known["other"]["groups_claim"] = "roles.of"
    Visitor().signs_in("other", "eve")
    assert proofs[0].groups == ("admins", "shops")


def test_state_and_code_count_once(known, proofs):
    visitor = Visitor()
    path, answer = visitor.answered(visitor.goes("other"), sub="maren")
    assert code_of(visitor.comes(path, answer | {"state": "guessed"})) == "unknown_state"
    visitor.comes(path, answer)
    assert len(proofs) == 1
    again = visitor.goes("other")
    assert code_of(visitor.comes(path, answer | {"state": again["state"]})) == "code_refused"


def test_a_token_with_another_nonce_is_refused(known, proofs):
    visitor = Visitor()
    asked = visitor.goes("other")
    path, answer = visitor.answered(asked | {"nonce": "of another sign-in"}, sub="maren")
    assert code_of(visitor.comes(path, answer)) == "wrong_nonce"


def test_a_code_that_another_client_was_given_is_worth_nothing(known, proofs):
    visitor = Visitor()
    asked = visitor.goes("other")
    path, answer = visitor.answered(asked | {"client_id": "them"}, sub="maren")
    assert code_of(visitor.comes(path, answer)) == "code_refused"
    assert proofs == []


def test_an_expired_token_is_refused(known, settings, proofs):
    with of_somebody_else(MAREN, access_token_max_age=timedelta(seconds=-3600)) as url:
        settings.OIDC_PROVIDERS = {"old": known["other"] | {"discovery": url}}
        assert code_of(Visitor().signs_in("old", "maren")) == "expired"
    assert proofs == []


def test_the_answer_of_one_provider_is_not_taken_for_anothers(known, settings, world, other, proofs):
    """Mix-up: a dishonest provider sends the browser on to an honest one, to get its code."""
    settings.OIDC_PROVIDERS = known | company(world.base_url)
    visitor = Visitor()
    ours, theirs = visitor.goes("fjord"), visitor.goes("other")
    _, honest = visitor.answered(ours, sub="7b1f-maren")
    path = "/sign-in/with/other/callback"
    assert code_of(visitor.comes(path, honest)) == "unknown_state"  # the state is another provider's
    forged = honest | {"state": theirs["state"]}
    assert code_of(visitor.comes(path, forged)) == "mix_up"  # and `iss` says so
    assert proofs == []
