"""A delivery: signed so that the library verifies it, tried by the schedule, and ended by what receivers answer."""

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.db import connection
from django.utils import timezone as clock
from standardwebhooks import Webhook, WebhookVerificationError

from linking import jobs, queue
from linking.domain.webhooks import SCHEDULE
from linking.models import WebhookDelivery, WebhookEndpoint
from linking.models.jobs import SILENCE
from linking.operations import recovery
from linking.webhooks import delivering, endpoints, outbox, wire
from setup.models import AuditEntry
from tests.keys import OTHER
from tests.peer import Answer


@pytest.fixture(autouse=True)
def no_jitter(monkeypatch):
    monkeypatch.setattr(delivering, "drawn", lambda: 0.0)


def deliver(delivery: WebhookDelivery) -> WebhookDelivery:
    """A try, now."""
    WebhookDelivery.objects.filter(pk=delivery.pk).update(not_before=None)
    WebhookEndpoint.objects.filter(pk=delivery.endpoint_id).update(rests_until=None)
    jobs.webhook(delivery.pk)
    return now_of(delivery)


def now_of(row):
    return type(row).objects.get(pk=row.pk)


def pause_of(delivery: WebhookDelivery) -> int:
    return round((delivery.not_before - delivery.heartbeat_at).total_seconds())


def test_what_is_delivered_is_verified_by_the_library(delivery, endpoint, receiver):
    done = deliver(delivery)
    [got] = receiver.got
    event = got.verified(endpoint.secret)
    assert (event["type"], event["data"]) == ("webhook.test", {"environment": "own"})
    assert (got.path, got.id, got.headers["content-type"]) == ("/hooks", delivery.event_id, "application/json")
    assert abs(int(got.headers["webhook-timestamp"]) - clock.now().timestamp()) < 60
    assert (done.state, done.last_status, done.tried, done.problem.code) == ("done", 204, 1, "")
    with pytest.raises(WebhookVerificationError):
        got.verified(endpoints.drawn())


def test_it_is_not_sent_twice_when_it_was_taken(delivery, receiver):
    deliver(delivery)
    deliver(delivery)
    assert len(receiver.got) == 1


@pytest.mark.parametrize("hours", [-11, 0, 9])
def test_the_clocks_zone_makes_no_difference_to_a_signature(endpoint, hours):
    at = datetime(2026, 12, 1, 12, tzinfo=UTC).astimezone(timezone(timedelta(hours=hours)))
    headers = delivering.signed(endpoint, "evt_1", "{}", now=at)
    wanted = Webhook(endpoint.secret).sign("evt_1", datetime(2026, 12, 1, 12, tzinfo=UTC), "{}")
    assert (headers["webhook-signature"], headers["webhook-timestamp"]) == (wanted, "1796126400")


def test_for_a_day_after_a_rotation_both_secrets_verify_and_then_the_new_one_alone(delivery, endpoint, receiver):
    old = endpoint.secret
    new = endpoints.rotate(endpoint, who=None, now=clock.now())
    deliver(delivery)
    assert receiver.got[0].verified(old) == receiver.got[0].verified(new)
    WebhookEndpoint.objects.update(former_until=clock.now() - timedelta(seconds=1))
    endpoints.send_again(delivery, who=None)
    deliver(delivery)
    receiver.got[1].verified(new)
    with pytest.raises(WebhookVerificationError):
        receiver.got[1].verified(old)


@pytest.mark.parametrize(
    ("answer", "status", "code"),
    [
        (Answer(b"Oh no", 500), 500, "webhook.status"),
        (Answer(status=404), 404, "webhook.status"),
        (Answer(status=302, headers={"Location": "/elsewhere"}), 302, "webhook.redirect"),
        (Answer(b"nonsense without a head\r\n\r\n", bare=True), 0, "webhook.no_http"),
        (Answer(b"", bare=True), 0, "webhook.unreachable"),
    ],
)
def test_what_is_no_success_is_tried_again_after_five_seconds(delivery, receiver, answer, status, code):
    receiver.answers(answer)
    waits = deliver(delivery)
    assert (waits.state, waits.last_status, waits.problem.code) == ("waiting", status, code)
    assert pause_of(waits) == 5
    assert [got.path for got in receiver.got] == ["/hooks"]


def test_how_an_answer_begins_is_kept_and_no_more(delivery, receiver):
    receiver.answers(Answer(b"Oh\x00 no,\n " + b"x" * 5000, 500))
    assert deliver(delivery).said == f"Oh no, {'x' * 193}"


def test_after_ten_tries_it_has_failed_and_the_webhook_is_disabled_and_admins_see_it(delivery, endpoint, receiver):
    receiver.answers(Answer(status=500))
    pauses = []
    for _one in range(9):
        pauses.append(pause_of(deliver(delivery)))
        assert now_of(endpoint).disabled is None
    assert pauses == list(SCHEDULE[1:])
    ended = deliver(delivery)
    assert (ended.state, ended.tried, len(receiver.got)) == ("failed", 10, 10)
    assert len(set(receiver.ids)) == 1
    now = now_of(endpoint)
    assert now.disabled
    assert str(now.why) == "Each of 10 tries to deliver an event failed."
    entry = AuditEntry.objects.get(action="webhook.disable")
    assert (entry.person, entry.after) == ("", {"why": "webhook.given_up"})


def test_410_disables_at_once_and_what_waits_for_it_is_not_sent(delivery, endpoint, receiver):
    outbox.write_test(endpoint)
    other = endpoint.deliveries.exclude(pk=delivery.pk).get()
    receiver.answers(Answer(status=410))
    assert (deliver(delivery).state, now_of(endpoint).why.code) == ("failed", "webhook.gone")
    assert (now_of(other).state, now_of(other).problem.code) == ("failed", "webhook.disabled")
    deliver(other)
    outbox.write_test(endpoint)
    assert len(receiver.got) == 1


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_receiver_that_has_too_much_is_left_alone_as_long_as_it_asks(delivery, endpoint, receiver, status):
    receiver.answers(Answer(status=status, headers={"Retry-After": "1234"}))
    waits = deliver(delivery)
    assert (waits.state, pause_of(waits)) == ("waiting", 1234)
    outbox.write_test(endpoint)
    other = endpoint.deliveries.exclude(pk=delivery.pk).get()
    jobs.webhook(other.pk)
    assert (now_of(other).state, now_of(other).tried, now_of(other).not_before) == ("waiting", 0, waits.not_before)
    assert len(receiver.got) == 1
    receiver.answers(Answer(status=200))
    assert (deliver(other).state, deliver(delivery).state) == ("done", "done")


def test_of_one_environment_three_are_sent_at_once_and_the_fourth_waits_without_a_try(endpoint, receiver):
    for _event in range(4):
        outbox.write_test(endpoint)
    *first, last = endpoint.deliveries.order_by("pk")
    endpoint.deliveries.filter(pk__in=[row.pk for row in first]).update(state="running", heartbeat_at=clock.now())
    waits = deliver(last)
    assert (waits.state, waits.tried, pause_of(waits), receiver.got) == ("waiting", 0, 5, [])
    endpoint.deliveries.filter(pk=first[0].pk).update(heartbeat_at=clock.now() - SILENCE - timedelta(seconds=1))
    assert deliver(last).state == "done", "a worker that was lost keeps nobody"


def test_an_answer_that_does_not_come_in_time_is_none(delivery, endpoint, receiver, monkeypatch):
    monkeypatch.setattr(wire, "SECONDS", 0.3)
    receiver.answers(Answer(b"", drip=b"", bare=True))
    waits = deliver(delivery)
    assert (waits.state, waits.last_status, waits.problem.code) == ("waiting", 0, "webhook.slow")
    assert now_of(endpoint).rests_until == waits.not_before


def test_a_head_that_comes_drop_by_drop_is_not_waited_for(delivery, receiver, monkeypatch):
    monkeypatch.setattr(wire, "SECONDS", 0.3)
    receiver.answers(Answer(b"HTTP/1.1 200 OK\r\n", drip=b"X: y\r\n", bare=True))
    assert deliver(delivery).problem.code == "webhook.slow"


def test_a_body_without_end_is_read_to_a_kilobyte_and_its_status_counts(delivery, receiver):
    receiver.answers(Answer(b"", 200, drip=b"x" * 100))
    done = deliver(delivery)
    assert (done.state, done.said) == ("done", "x" * 200)


def test_a_receiver_that_is_not_there_is_tried_again(delivery, endpoint):
    WebhookEndpoint.objects.update(url="http://127.0.0.1:1/hooks")
    waits = deliver(delivery)
    assert (waits.state, waits.problem.code) == ("waiting", "webhook.unreachable")


def test_a_secret_that_cannot_be_read_ends_it_with_what_helps(delivery, receiver, settings):
    settings.ENCRYPTION_KEYS = [OTHER]
    failed = deliver(delivery)
    assert (failed.state, failed.problem.code, receiver.got) == ("failed", "webhook.unreadable", [])


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_between_claim_and_answer_the_next_worker_sends_it(delivery, receiver, monkeypatch, when):
    real = delivering.send

    def send(*known):
        if when == "after":
            real(*known)
        raise Killed

    monkeypatch.setattr(delivering, "send", send)
    with pytest.raises(Killed):
        deliver(delivery)
    monkeypatch.setattr(delivering, "send", real)
    deliver(delivery)
    assert now_of(delivery).state == "running", "the first one may still live"
    WebhookDelivery.objects.update(heartbeat_at=clock.now() - SILENCE - timedelta(seconds=1))
    enqueued = []
    monkeypatch.setattr(queue, "enqueue", lambda name, pk: enqueued.append((name, pk)) or True)
    recovery.sweep()
    assert ("webhook", delivery.pk) in enqueued
    assert deliver(delivery).state == "done"
    assert receiver.ids == [delivery.event_id] * (2 if when == "after" else 1)


@pytest.mark.django_db(transaction=True)
def test_of_workers_that_take_it_at_once_one_sends_it(delivery, receiver):
    at_once = threading.Barrier(3)

    def work():
        try:
            at_once.wait(10)
            jobs.webhook(delivery.pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _worker in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (receiver.ids, now_of(delivery).state) == ([delivery.event_id], "done")


def test_what_the_queue_lost_is_swept_when_its_pause_is_over(delivery, receiver, monkeypatch):
    receiver.answers(Answer(status=500))
    deliver(delivery)
    enqueued = []
    monkeypatch.setattr(queue, "enqueue", lambda name, pk: enqueued.append((name, pk)) or True)
    recovery.sweep()
    assert enqueued == []
    WebhookDelivery.objects.update(
        not_before=clock.now() - timedelta(seconds=1), heartbeat_at=clock.now() - timedelta(seconds=6)
    )
    recovery.sweep()
    assert enqueued == [("webhook", delivery.pk)]


def test_what_failed_is_sent_again_by_hand_with_the_same_id_and_all_its_tries(delivery, endpoint, receiver):
    receiver.answers(Answer(status=410), Answer(status=500), Answer(status=200))
    deliver(delivery)
    with pytest.raises(endpoints.CannotUse, match="disabled"):
        endpoints.send_again(now_of(delivery), who=None)
    assert endpoints.enable(endpoint, who=None)
    assert endpoints.send_again(WebhookDelivery.objects.select_related("endpoint").get(), who=None)
    assert (deliver(delivery).state, now_of(delivery).tried) == ("waiting", 1)
    assert deliver(delivery).state == "done"
    assert receiver.ids == [delivery.event_id] * 3
