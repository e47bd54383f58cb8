"""`manage.py webhook`: what Setup does, from a shell."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from linking import jobs
from linking.models import WebhookDelivery, WebhookEndpoint
from setup.models import AuditEntry
from tests.peer import Answer


def run(*words: str) -> str:
    out = StringIO()
    call_command("webhook", *words, "--environment", "own", stdout=out, stderr=StringIO())
    return out.getvalue()


def test_one_is_added_listed_tried_and_removed(environment, receiver):
    secret = run("add", receiver.url, "--event", "run.failed").strip()
    endpoint = WebhookEndpoint.objects.get()
    assert (secret, endpoint.created_by) == (endpoint.secret, None)
    assert re.search(rf"{endpoint.pk}  {receiver.url} +enabled +0 +0  run.failed", run("list"))
    run("events", str(endpoint.pk), "--event", "run.failed", "--event", "run.aborted")
    assert WebhookEndpoint.objects.get().events == ["run.failed", "run.aborted"]
    run("test", str(endpoint.pk))
    jobs.webhook(endpoint.deliveries.get().pk)
    receiver.got[0].verified(secret)
    assert re.search(r"webhook.test +done +1 +204  evt_", run("deliveries", str(endpoint.pk)))
    new = run("rotate", str(endpoint.pk)).strip()
    assert new == WebhookEndpoint.objects.get().secret
    run("remove", str(endpoint.pk))
    assert not WebhookEndpoint.objects.exists()
    assert {(entry.person_id, entry.person) for entry in AuditEntry.objects.all()} == {(AuditEntry.OPERATOR, "")}


def test_what_failed_is_sent_again_once_it_is_enabled(endpoint, delivery, receiver):
    receiver.answers(Answer(status=410), Answer(status=200))
    jobs.webhook(delivery.pk)
    assert AuditEntry.objects.get(action="webhook.disable").person_id == ""  # nobody did: it was disabled by itself
    number = str(endpoint.pk)
    with pytest.raises(CommandError, match="Enable it first"):
        run("resend", number, "--failed")
    run("enable", number)
    assert run("resend", number, "--failed") == "On its way again: 1.\n"
    jobs.webhook(delivery.pk)
    assert WebhookDelivery.objects.get().state == "done"
    assert run("resend", number, "--failed") == "On its way again: 0.\n"
    assert run("resend", number, "--event-id", delivery.event_id) == "On its way again: 1.\n"
    assert WebhookDelivery.objects.get().state == "waiting"
    run("disable", number)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["add", "nonsense"], "whole address"),
        (["test", "4711"], "own has no webhook 4711"),
        (["enable", "{pk}"], "is not disabled"),
        (["resend", "{pk}", "--event-id", "evt_x"], "has no event evt_x"),
    ],
)
def test_what_cannot_be_done_is_said(endpoint, words, said):
    with pytest.raises(CommandError, match=said):
        run(*(word.format(pk=endpoint.pk) for word in words))
    assert WebhookEndpoint.objects.count() == 1


def test_an_address_is_as_long_as_on_setup(environment):
    with pytest.raises(CommandError, match="2,000"):
        run("add", "https://example.com/" + "a" * 2000)
    assert not WebhookEndpoint.objects.exists()
