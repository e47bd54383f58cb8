"""The page of API keys: a key is made once and shown once, however often the page is loaded."""

import re

import pytest

from setup.models import ApiKey, AuditEntry, Environment, Member
from setup.security import api_keys, shown_once
from tests.linking.visits import enter, text_of

pytestmark = pytest.mark.django_db
HERE = "/setup/api-keys/"
WANTED = {"label": "nightly job", "scopes": ["runs:read"], "lasts": "", "store": ""}


@pytest.fixture
def ada() -> Member:
    known = {"api_key": "k", "api_secret": "s", "launch_issuer": "console", "launch_secret": "y" * 40}
    owner = Environment.objects.create(cloud_name="demo", **known)
    return Member.objects.create(environment=owner, external_id="u1", name="Ada", roles=["master_admin"])


def shown_in(response) -> str:
    found = re.search(r'value="(al_live_[^"]+)"', response.content.decode())
    return found[1] if found else ""


def test_a_key_is_shown_by_the_page_after_the_button_and_reloading_makes_none(client, ada):
    made = enter(client, ada).post(f"{HERE}make/", WANTED)
    assert made.status_code == 302
    page = client.get(made["Location"])
    assert api_keys.hashed(shown_in(page).rpartition("_")[2]) == ApiKey.objects.get().secret_hash
    assert page["Cache-Control"] == "no-store"
    again = client.get(made["Location"])
    assert (again.status_code, shown_in(again), ApiKey.objects.count()) == (200, "", 1)


def test_until_it_is_shown_it_is_sealed_and_only_in_this_session_and_not_for_long(client, ada, monkeypatch):
    made = enter(client, ada).post(f"{HERE}make/", WANTED)
    assert "al_live_" not in str(dict(client.session))
    other = enter(type(client)(), ada)
    assert shown_in(other.get(made["Location"])) == ""
    assert client.head(made["Location"]).status_code == 200  # a look at the address alone shows nothing
    monkeypatch.setattr(shown_once, "GOOD_FOR", -1)
    assert shown_in(client.get(made["Location"])) == ""


def test_two_that_are_made_at_once_are_both_shown(client, ada):
    enter(client, ada)
    first, second = (client.post(f"{HERE}make/", WANTED | {"label": label})["Location"] for label in "ab")
    assert shown_in(client.get(first)) != shown_in(client.get(second)) != ""
    assert shown_in(client.get(first)) == ""


def test_what_is_wrong_with_a_key_is_said_and_none_is_made(client, ada):
    answer = enter(client, ada).post(f"{HERE}make/", WANTED | {"label": ""})
    assert (answer.status_code, ApiKey.objects.count()) == (422, 0)


def test_the_audit_log_names_the_operator_and_all_stores(client, ada):
    api_keys.make(ada.environment, "by command", ["runs:read"], who=None)
    page = text_of(enter(client, ada).get("/setup/audit/"))
    assert "The operator" in page
    assert "The system" not in page
    assert "Store All stores" in page
    entry = AuditEntry.objects.get()
    assert (entry.person, entry.person_id) == ("", AuditEntry.OPERATOR)
    filtered = client.get("/setup/audit/", {"person": AuditEntry.OPERATOR})
    assert f'<option value="{AuditEntry.OPERATOR}" selected>The operator</option>' in filtered.content.decode()
    AuditEntry.objects.create(cloud_name="demo", action="store.uninstalled", object="north")
    assert "The system" in text_of(client.get("/setup/audit/"))
