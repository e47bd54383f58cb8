"""Whether the keys of a process open what is stored, and the way out when one is lost."""

import io

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command

from setup.models import Environment, Store
from setup.security import stored_secrets
from setup.security.secrets import Sealed
from setup.security.stored_secrets import KeysDoNotFit
from tests.keys import NEW, OLD, OTHER, environment_under_old


@pytest.fixture
def demo(db, settings) -> Environment:
    return environment_under_old(settings)


def trouble() -> str:
    try:
        stored_secrets.require()
    except KeysDoNotFit as error:
        return str(error)
    return ""


def test_keys_that_open_everything_are_no_trouble(demo, settings):
    assert trouble() == ""
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    Store.objects.create(environment=demo, domain="a.myshopify.com", access_token="t")
    assert trouble() == ""


def test_one_secret_under_a_key_that_is_not_held_is_trouble(demo, settings):
    """As when the web has the new key already, and this process has not."""
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    Store.objects.create(environment=demo, domain="a.myshopify.com", access_token="t")
    settings.ENCRYPTION_KEYS = [OLD]
    assert trouble().startswith("1 of 3 stored secrets need a key that ENCRYPTION_KEYS does not hold here (")
    assert NEW not in trouble()


@pytest.mark.parametrize(
    ("keys", "reported"),
    [
        ([], "ENCRYPTION_KEYS is empty"),
        (["nonsense"], "Key 1 of 1 in ENCRYPTION_KEYS is no key"),
        ([OLD, "é" * 44], "Key 2 of 2 in ENCRYPTION_KEYS is no key"),
        ([OTHER], "2 of 2 stored secrets need a key"),
    ],
)
def test_no_key_nonsense_and_another_key_are_trouble(demo, settings, keys, reported):
    settings.ENCRYPTION_KEYS = keys
    assert trouble().startswith(reported)


def test_where_nothing_is_stored_every_key_fits(db, settings):
    settings.ENCRYPTION_KEYS = [OTHER]
    assert trouble() == ""


def test_what_was_stored_before_secrets_named_their_key_is_tried(demo, settings):
    Environment.objects.update(launch_secret=Sealed(Fernet(OLD).encrypt(b"s").decode()))
    assert trouble() == ""
    settings.ENCRYPTION_KEYS = [OTHER]
    assert trouble().startswith("2 of 2 stored secrets need a key")


@pytest.mark.parametrize("text", ["nonsense", "v2$x", "v2$zzzzzzzz$x", "v1$00000000$x"])
def test_a_damaged_secret_is_no_matter_of_keys(demo, text):
    Environment.objects.update(api_secret=Sealed(text))
    assert trouble() == ""


def test_who_has_lost_a_key_can_make_everything_again_and_then_it_is_not_missed(rehearse, settings):
    """By what an operator and an admin have: the variables or the commands, and Setup."""
    settings.ENCRYPTION_KEYS = [OLD]
    found = rehearse()
    found.by_installing()
    own = found.place.environment
    own.former_launch_secret = "an old one"
    own.save()
    app = found.store.app
    app.former_secret = "an old one"
    app.save()
    settings.ENCRYPTION_KEYS = [NEW]
    assert "7 of 7 stored secrets need a key" in trouble()
    known = {"cloud_name": own.cloud_name, "api_key": own.api_key, "api_secret": "s", "launch_secret": "x" * 40}
    settings.FIRST_ENVIRONMENT = settings.FIRST_ENVIRONMENT | known
    call_command("environment", "from-env")
    found.name_app()
    found.by_installing()
    assert trouble() == ""


def test_a_launch_secret_whose_key_is_lost_is_made_again(demo, settings):
    settings.ENCRYPTION_KEYS = [NEW]
    reported = io.StringIO()
    call_command("environment", "rotate-secret", "demo", "launch", stdout=reported)
    fresh = Environment.objects.get()
    assert fresh.launch_secret in reported.getvalue()
    assert fresh.former_launch_secret == ""
