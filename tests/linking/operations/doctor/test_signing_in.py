"""The doctor asks what people sign in with."""

import pytest

from linking.operations.doctor import signing_in
from sandbox.mail.catcher import Catcher, Mailbox
from script.ports import free_port
from tests.linking.operations.doctor.test_looks import in_short
from tests.scenes import catalog, served
from tests.signing_in import company


@pytest.fixture
def set_up(tmp_path, settings):
    with served(catalog([], []), tmp_path, host="localhost") as (world, url):
        settings.OIDC_PROVIDERS = company(url)
        yield world


@pytest.mark.django_db
def test_a_provider_and_a_mail_server_that_are_there_are_well(set_up, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    port = free_port()
    catcher = Catcher(Mailbox(), port)
    catcher.start()
    try:
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", port, False
        provider, mail = signing_in.look()
    finally:
        catcher.stop()
    assert in_short([provider, mail]) == "sign_in ok, sign_in ok"
    assert "/sign-in/with/fjord/callback" in provider.text
    assert "trust_email" not in provider.text
    settings.OIDC_PROVIDERS = company(set_up.base_url, trust_email=False)
    assert "trust_email is false" in next(signing_in.look()).text


@pytest.mark.django_db
def test_what_is_away_or_does_not_fit_is_named(set_up, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    set_up.faults.add(service="identity", kind="http_503")
    provider, mail = signing_in.look()
    assert in_short([provider, mail]) == "sign_in away, sign_in mail"
    assert "EMAIL_HOST" in mail.advice
    settings.OIDC_PROVIDERS = company(set_up.base_url, discovery=f"{set_up.base_url}/nowhere")
    assert in_short([next(signing_in.look())]) == "sign_in odd_answer"


def test_where_nothing_is_set_up_nothing_is_wrong(settings):
    settings.OIDC_PROVIDERS = {}
    assert in_short(signing_in.look()) == "sign_in unknown"
