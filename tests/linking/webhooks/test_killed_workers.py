"""A real worker that is killed after the receiver has answered, and before that is written down."""

from datetime import timedelta

import pytest
from django.utils import timezone

from linking.models import WebhookDelivery
from linking.operations import recovery
from linking.webhooks import endpoints
from tests.processes import environ, wait_until, worker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.workers]


def state() -> str:
    return WebhookDelivery.objects.get().state


def test_an_event_whose_worker_is_killed_comes_twice_and_is_not_lost(queue, tmp_path, endpoint, receiver):
    failpoint = tmp_path / "failpoint"
    failpoint.write_text("after:Webhook:1:kill")
    known = environ(queue) | {"FAILPOINT": str(failpoint), "WEBHOOK_NETWORKS": "127.0.0.0/8"}
    with worker(known, tmp_path):
        endpoints.test(endpoint, who=None)
        wait_until(lambda: not failpoint.exists())
        assert state() == "running"
        WebhookDelivery.objects.update(heartbeat_at=timezone.now() - timedelta(minutes=1))
        recovery.sweep()
        wait_until(lambda: state() == "done")
    assert receiver.ids == [WebhookDelivery.objects.get().event_id] * 2
    assert len({got.body for got in receiver.got}) == 1
