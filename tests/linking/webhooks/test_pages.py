"""Webhooks on Setup: members read, admins add, try, rotate, disable and remove; and what the audit log has of it."""

import logging
import re

import pytest
from django.db import connection
from django.utils import timezone

from linking import jobs
from linking.models import WebhookDelivery, WebhookEndpoint
from linking.webhooks import endpoints, outbox
from setup.models import AuditEntry, Member
from tests.linking.visits import enter, text_of
from tests.peer import Answer

HERE = "/setup/webhooks/"


@pytest.fixture
def ada(environment) -> Member:
    return Member.objects.create(environment=environment, external_id="u1", name="Ada", roles=["master_admin"])


@pytest.fixture
def bob(environment) -> Member:
    return Member.objects.create(environment=environment, external_id="u2", name="Bob", roles=["media_library_user"])


def secret_in(response) -> str:
    return re.search(r'value="(whsec_[^"]+)"', response.content.decode())[1]


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


def test_an_admin_adds_one_sees_its_secret_once_and_tries_it(client, ada, receiver):
    enter(client, ada)
    known = {"url": f"{receiver.url}/in?token=x", "events": ["run.failed", "store.broken"]}
    made = client.post(f"{HERE}add/", known, follow=True)
    endpoint = WebhookEndpoint.objects.get()
    secret = secret_in(made)
    assert (secret, made["Cache-Control"]) == (endpoint.secret, "no-store")
    assert (endpoint.created_by, endpoint.events) == (ada, ["run.failed", "store.broken"])
    assert secret not in client.get(f"{HERE}{endpoint.pk}/").content.decode()
    assert client.post(f"{HERE}{endpoint.pk}/test/")["Location"] == f"{HERE}{endpoint.pk}/"
    jobs.webhook(endpoint.deliveries.get().pk)
    assert receiver.got[0].verified(secret)["type"] == "webhook.test"
    page = text_of(client.get(f"{HERE}{endpoint.pk}/"))
    assert "Delivered" in page
    entry = AuditEntry.objects.get(action="webhook.add")
    assert (entry.person, entry.object) == ("Ada", f"webhook {endpoint.host}")
    assert entry.after == {"events": ["run.failed", "store.broken"]}
    assert actions() == ["webhook.add", "webhook.test"]


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "Write the whole address"),
        ("example.com/hooks", "Write the whole address"),
        ("http://example.com/hooks", "has to begin with https://"),
        ("https://169.254.169.254/latest/meta-data/", "not public"),
        ("https://[::1]/", "not public"),
    ],
)
def test_an_address_that_cannot_do_is_refused_at_once(client, ada, settings, url, said):
    settings.WEBHOOK_NETWORKS = []
    enter(client, ada)
    answer = client.post(f"{HERE}add/", {"url": url, "events": ["run.failed"]})
    assert (answer.status_code, WebhookEndpoint.objects.exists()) == (422, False)
    assert said in text_of(answer)


def test_without_an_event_or_with_one_that_there_is_not_nothing_is_added(client, ada):
    enter(client, ada)
    for events in ([], ["run.finished", "webhook.test"]):
        assert client.post(f"{HERE}add/", {"url": "https://example.com/", "events": events}).status_code == 422
    assert not WebhookEndpoint.objects.exists()


def test_an_admin_chooses_other_events_and_the_audit_log_has_both(client, ada, endpoint):
    enter(client, ada)
    path = f"{HERE}{endpoint.pk}/events/"
    assert client.post(path, {}).status_code == 422
    assert client.post(path, {"events": ["store.broken"]}).status_code == 302
    assert client.post(path, {"events": ["store.broken"]}).status_code == 302
    assert WebhookEndpoint.objects.get().events == ["store.broken"]
    entry = AuditEntry.objects.get(action="webhook.change")
    assert (entry.before, entry.after) == ({"events": endpoint.events}, {"events": ["store.broken"]})


def test_an_environment_has_twenty_at_most(client, ada):
    for at in range(20):
        endpoints.add(ada.environment, f"https://example.com/{at}", ["run.failed"], who=None)
    enter(client, ada)
    answer = client.post(f"{HERE}add/", {"url": "https://example.com/21", "events": ["run.failed"]})
    assert (answer.status_code, WebhookEndpoint.objects.count()) == (422, 20)
    assert "20 webhooks at most" in text_of(answer)


def test_a_rotation_shows_the_new_secret_once_and_says_until_when_the_old_one_signs(client, ada, endpoint):
    enter(client, ada)
    old = endpoint.secret
    new = secret_in(client.post(f"{HERE}{endpoint.pk}/rotate/", follow=True))
    assert new == WebhookEndpoint.objects.get().secret != old
    page = client.get(f"{HERE}{endpoint.pk}/")
    assert "The old secret signs, too, until" in text_of(page)
    assert new not in page.content.decode()


def test_a_member_reads_the_host_and_the_deliveries_and_no_more(client, bob, delivery, endpoint, receiver):
    WebhookEndpoint.objects.update(url=f"{receiver.url}/hooks?token=of-the-receiver")
    receiver.answers(Answer(b"Busy today", 500))
    jobs.webhook(delivery.pk)
    enter(client, bob)
    for path in (HERE, f"{HERE}{endpoint.pk}/"):
        page = client.get(path)
        assert WebhookEndpoint.objects.get().host in text_of(page)
        assert "of-the-receiver" not in page.content.decode()
        assert 'method="post" action="/setup/webhooks' not in page.content.decode()
    assert "The receiver answered 500." in text_of(page)
    assert "Busy today" in text_of(page)


def test_the_list_says_what_became_of_deliveries_and_to_admins_the_path(client, ada, bob, endpoint):
    other = endpoints.add(endpoint.environment, f"{endpoint.url}/erp/in?token=x", ["run.failed"], who=None)[0]
    page = text_of(enter(client, ada).get(HERE))
    assert ("None yet" in page, "All delivered" in page, "/erp/in" in page, "token=x" in page) == (
        True,
        False,
        True,
        False,
    )
    for _event in range(3):
        outbox.write_test(endpoint)
    assert "3 are waiting to be sent" in text_of(client.get(HERE))
    endpoint.deliveries.update(state="done", sent=timezone.now())
    assert "All delivered" in text_of(client.get(HERE))
    assert other.path not in text_of(enter(client, bob).get(HERE))


def test_one_is_disabled_enabled_and_removed_after_a_question(client, ada, endpoint, delivery):
    enter(client, ada)
    client.post(f"{HERE}{endpoint.pk}/disable/")
    assert "An admin disabled it." in text_of(client.get(HERE))
    client.post(f"{HERE}{endpoint.pk}/test/")
    assert endpoint.deliveries.count() == 1, "nothing is sent to a disabled one"
    client.post(f"{HERE}{endpoint.pk}/enable/")
    assert WebhookEndpoint.objects.get().disabled is None
    assert WebhookDelivery.objects.get().state == "failed"
    client.post(f"{HERE}{endpoint.pk}/deliveries/{delivery.pk}/send/")
    assert WebhookDelivery.objects.get().state == "waiting"
    asked = client.get(f"{HERE}{endpoint.pk}/remove/")
    assert "Remove the webhook" in text_of(asked)
    assert WebhookEndpoint.objects.exists()
    client.post(f"{HERE}{endpoint.pk}/remove/")
    assert not WebhookEndpoint.objects.exists()
    assert actions()[1:] == ["webhook.disable", "webhook.enable", "webhook.resend", "webhook.remove"]


def test_all_that_failed_is_sent_again_at_once(client, ada, endpoint, receiver):
    for _event in range(3):
        outbox.write_test(endpoint)
    first, *others = endpoint.deliveries.order_by("pk")
    endpoint.deliveries.exclude(pk=first.pk).update(state="failed", tried=10)
    enter(client, ada)
    answer = client.post(f"{HERE}{endpoint.pk}/deliveries/send/", follow=True)
    assert "2 events are on their way again." in text_of(answer)
    assert set(endpoint.deliveries.values_list("state", "tried")) == {("waiting", 0)}
    for row in others:
        jobs.webhook(row.pk)
    assert receiver.ids == [row.event_id for row in others]
    assert AuditEntry.objects.get(action="webhook.resend").after == {"events": 2}


def test_status_names_to_admins_what_was_disabled_by_itself(client, ada, bob, endpoint, delivery, receiver):
    receiver.answers(Answer(status=410))
    jobs.webhook(delivery.pk)
    wanted = f"The webhook {endpoint.host} is disabled. Its receiver answered 410: it wants no more events."
    assert wanted in text_of(enter(client, ada).get("/status/"))
    assert wanted not in text_of(enter(client, bob).get("/status/"))


def test_no_secret_stands_in_the_database_the_log_or_the_audit_log(client, ada, receiver, caplog):
    caplog.set_level(logging.DEBUG)
    enter(client, ada)
    old = secret_in(client.post(f"{HERE}add/", {"url": receiver.url, "events": ["run.failed"]}, follow=True))
    endpoint = WebhookEndpoint.objects.get()
    new = secret_in(client.post(f"{HERE}{endpoint.pk}/rotate/", follow=True))
    client.post(f"{HERE}{endpoint.pk}/test/")
    jobs.webhook(endpoint.deliveries.get().pk)
    receiver.got[0].verified(old)
    with connection.cursor() as cursor:
        kept = ""
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            kept += repr(cursor.fetchall())
    assert endpoint.deliveries.get().event_id in kept
    for secret in (old, new):
        for shape in (secret, secret.removeprefix("whsec_")):
            assert shape not in kept
            assert shape not in caplog.text
