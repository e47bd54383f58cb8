"""The audit log: who did what, readable for admins, and nothing in it can be changed or taken away."""

import html
import re

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import RequestFactory

from linking.models import Sync
from setup.models import AuditEntry, Environment, Member
from setup.models.audit import AppendOnly
from setup.security import append_only, audit, limits
from tests.linking.visits import ask_and_answer, enter, text_of
from tests.scenes import asset, product
from tests.setup.security.launches import post, signed

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> Member:
    known = {"api_key": "k", "api_secret": "s", "launch_issuer": "console", "launch_secret": "y" * 40}
    owner = Environment.objects.create(cloud_name="demo", **known)
    return Member.objects.create(environment=owner, external_id="u1", name="Ada", roles=["master_admin"])


def test_an_entry_says_who_what_where_and_when(ada, settings):
    settings.TRUSTED_PROXIES = 1
    request = RequestFactory().post(
        "/", headers={"X-Forwarded-For": "9.9.9.9, 203.0.113.7", "X-Request-Id": "abc-12345"}
    )
    request.member = ada
    entry = audit.record(request, "store.rename", "North", {"name": "a"}, {"name": "b"})
    assert (entry.cloud_name, entry.person_id, entry.person, entry.object) == ("demo", "u1", "Ada", "North")
    assert (entry.ip, entry.request_id, entry.before, entry.after) == (
        "203.0.113.7",
        "abc-12345",
        {"name": "a"},
        {"name": "b"},
    )


@pytest.mark.parametrize(("proxies", "seen"), [(0, "127.0.0.1"), (1, "203.0.113.7"), (2, "9.9.9.9"), (3, "127.0.0.1")])
def test_an_address_is_believed_only_from_a_proxy_of_ours(ada, settings, proxies, seen):
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().post("/", headers={"X-Forwarded-For": "9.9.9.9, 203.0.113.7"})
    request.member = ada
    assert audit.record(request, "x.y").ip == seen


def test_secrets_are_written_as_hidden_however_deep_they_are(ada):
    before = {
        "access_token": "shpat_1",
        "way": "token",
        "app": {"client_secret": "s", "client_id": "c"},
        "note": "x" * 2000,
    }
    entry = audit.record(ada, "store.connect", "North", before, {"access_token": "", "api_secret": None})
    assert entry.before["access_token"] == "(hidden)"
    assert entry.before["app"] == {"client_secret": "(hidden)", "client_id": "c"}
    assert len(entry.before["note"]) == 1001
    assert entry.after == {"access_token": "", "api_secret": None}


def test_entries_cannot_be_changed_or_deleted_through_the_models(ada):
    entry = audit.record(ada, "x.y")
    entry.action = "other"
    for change in (
        entry.save,
        entry.delete,
        lambda: AuditEntry.objects.update(action="other"),
        lambda: AuditEntry.objects.all().delete(),
        lambda: AuditEntry.objects.bulk_update([entry], ["action"]),
    ):
        with pytest.raises(AppendOnly):
            change()
    assert AuditEntry.objects.get().action == "x.y"


@pytest.mark.parametrize("statement", ["UPDATE setup_auditentry SET action = 'other'", "DELETE FROM setup_auditentry"])
def test_the_database_refuses_it_too(ada, statement):
    append_only.guard(connection)
    audit.record(ada, "x.y")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AuditEntry.objects.get().action == "x.y"


def test_entries_outlive_the_person_and_the_environment(ada):
    audit.record(ada, "x.y", ada)
    ada.environment.delete()
    assert (AuditEntry.objects.get().person, AuditEntry.objects.get().object) == ("Ada", "member Ada")


def test_admins_filter_by_person_and_action_and_see_before_and_after(client, ada):
    bob = Member.objects.create(environment=ada.environment, external_id="u2", name="Bob", roles=[])
    audit.record(
        ada, "setup.matching", ada.environment, {"default_link_mode": "append"}, {"default_link_mode": "prepend"}
    )
    audit.record(bob, "sync.start", "run 7")
    enter(client, ada)
    page = text_of(client.get("/setup/audit/"))
    assert "Link Mode Append → Prepend" in page
    assert "Changed Matching defaults" in page
    assert "Started a run Run 7" in page
    assert "Run 7" not in text_of(client.get("/setup/audit/?person=u1"))
    assert "Append → Prepend" not in text_of(client.get("/setup/audit/?action=sync.start"))
    assert "No entries found." in text_of(client.get("/setup/audit/?person=u1&action=sync.start"))


def test_the_log_comes_in_pages(client, ada):
    for at in range(60):
        audit.record(ada, "x.y", f"thing {at:02}")
    enter(client, ada)
    answer = client.get("/setup/audit/?person=u1")
    first, link = text_of(answer), re.search(r'hx-get="([^"]+before=[^"]+)"', answer.content.decode())[1]
    rest = client.get(html.unescape(link), headers={"HX-Request": "true"})
    assert "thing 59" in first
    assert "thing 10" in first
    assert "thing 09" not in first
    assert "person=u1" in link
    assert "<html" not in rest.content.decode()
    assert ("thing 10" in text_of(rest), "thing 09" in text_of(rest), "thing 00" in text_of(rest)) == (
        False,
        True,
        True,
    )
    assert "Older entries" not in text_of(rest)


def test_another_environments_entries_are_not_shown(client, ada):
    known = {"api_key": "k", "api_secret": "s", "launch_issuer": "i", "launch_secret": "s"}
    other = Environment.objects.create(cloud_name="other", **known)
    audit.record(None, "x.y", "their thing", environment=other)
    assert "their thing" not in text_of(enter(client, ada).get("/setup/audit/"))


def test_the_log_is_for_admins(client, ada):
    ada.roles = ["media_library_user"]
    ada.save()
    assert enter(client, ada).get("/setup/audit/").status_code == 403


def test_hostile_names_are_shown_as_text(client, ada):
    ada.name = "<script>alert(1)</script>"
    ada.save()
    audit.record(ada, "x.y", "<img src=x onerror=alert(1)>", {"<b>": "<i>"}, {"<b>": "</dd><script>"})
    page = enter(client, ada).get("/setup/audit/").content.decode()
    for wrong in ("<script>alert", "<img src=x", "<b>", "<i>", "</dd><script>"):
        assert wrong not in page


def test_every_request_has_an_id_that_log_and_answer_share(client):
    first, second = client.get("/healthz")["X-Request-Id"], client.get("/healthz")["X-Request-Id"]
    assert first != second
    assert len(first) == 32


def test_what_is_done_to_runs_is_written_down(client, scene):
    place = scene([product("a", pictures=1)], [asset("front", "a")])
    selection = place.select()
    ask_and_answer(selection)
    enter(client, place.member, selection)
    client.post(f"/selections/{selection.key}/syncs/", {"token": "1", "dry_run": ""})
    sync = place.finish(Sync.objects.get())
    client.post(f"/syncs/{sync.key}/apply/")
    client.post(f"/syncs/{sync.key}/abort/")
    client.post(f"/syncs/{sync.key}/abort/")
    place.finish(sync)
    place.run(selection)  # by its door, which writes it down, too
    done = Sync.objects.exclude(pk=sync.pk).get()
    client.post(f"/syncs/{done.key}/undo/", {"token": "2"})
    reported = list(AuditEntry.objects.order_by("pk").values_list("action", "person", "object"))
    assert [action for action, _, _ in reported] == [
        "sync.start",
        "sync.apply",
        "sync.abort",
        "sync.start",
        "sync.undo",
    ]
    assert {person for _, person, _ in reported} == {"Ada"}
    assert reported[0][2] == f"run {sync.key}"


def test_a_refused_launch_of_an_environment_of_ours_is_written_down(client, ada):
    post(client, signed("x" * 40))
    post(client, signed("x" * 40, cloud_name="unknown"))
    post(client, "garbage")
    entry = AuditEntry.objects.get()
    assert (entry.cloud_name, entry.action, entry.object, entry.ip) == (
        "demo",
        "launch.refused",
        "signature",
        "127.0.0.1",
    )


def test_very_many_refused_launches_do_not_fill_the_log(client, ada, settings):
    settings.LIMITS = settings.LIMITS | {"refusal": 3}
    limits._here.forget()
    for _ in range(6):
        assert post(client, signed("x" * 40)).status_code == 403
    limits._here.forget()
    assert AuditEntry.objects.count() == 3
