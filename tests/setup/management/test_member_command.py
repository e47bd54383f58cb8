"""`manage.py member`: the first admin, and who is there."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from setup.models import AuditEntry, Environment, Member

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo() -> Environment:
    known = {"api_key": "k", "api_secret": "s", "launch_issuer": "console", "launch_secret": "s" * 40}
    return Environment.objects.create(cloud_name="demo", **known)


def run(*words: str) -> str:
    out = StringIO()
    call_command("member", *words, "--environment", "demo", stdout=out)
    return out.getvalue()


def test_the_first_admin_comes_in_by_the_printed_address_once(client, demo):
    said = run("invite", "--role", "admin", "--email", "ada@example.com")
    path = re.search(r"http://localhost:8000(/sign-in/invitation/\S+)", said)[1]
    assert "ada@example.com" in run("list")
    client.post(path)
    assert client.get("/setup/people/").status_code == 200
    assert client.get(path).status_code == 404
    member = Member.objects.get()
    assert (member.is_admin, member.external_id.startswith("person:")) == (True, True)
    assert "sign-in" in run("list")
    assert {entry.action for entry in AuditEntry.objects.all()} == {"member.invite", "member.accept"}


def test_the_last_admin_is_lowered_and_removed_on_purpose_only(client, demo):
    client.post(re.search(r"http://localhost:8000(/\S+)", run("invite", "--role", "admin"))[1])
    number = str(Member.objects.get().pk)
    for words in (["role", number, "--role", "viewer"], ["remove", number]):
        with pytest.raises(CommandError, match=r"is the last admin here who can sign in.*`--yes`"):
            run(*words)
    run("role", number, "--role", "viewer", "--yes")
    assert Member.objects.get().is_viewer
    run("remove", number)
    assert "removed" in run("list")


def test_what_is_not_there_is_named(demo):
    with pytest.raises(CommandError, match=r"demo has no store south\.myshopify\.com"):
        run("invite", "--role", "member", "--store", "south.myshopify.com")
    with pytest.raises(CommandError, match="demo has no member 7"):
        run("remove", "7")
    with pytest.raises(CommandError, match="ada is no e-mail address"):
        run("invite", "--role", "member", "--email", "ada")


def test_a_member_may_be_invited_for_some_stores(client, demo):
    store = demo.stores.create(domain="north.myshopify.com", name="North")
    said = run("invite", "--role", "member", "--store", "north.myshopify.com")
    client.post(re.search(r"http://localhost:8000(/\S+)", said)[1])
    assert Member.objects.get().bounds == {store.pk}
    assert "North" in run("list")
