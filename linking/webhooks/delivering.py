"""A try to deliver an event: signed now, sent, and what came of it written down. Broken off anywhere, it is tried once more: the
receiver knows an event that comes twice by its id."""

import logging
import random
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from standardwebhooks import Webhook
from standardwebhooks.webhooks import EmptyWebhookSecretError

from linking import attempts
from linking.attempts import Hopeless
from linking.domain import webhooks
from linking.domain.webhooks import Meaning
from linking.models import WebhookDelivery, WebhookEndpoint
from linking.models.jobs import NO_TRIES, SILENCE, JobState
from linking.webhooks import endpoints
from linking.webhooks.outbox import DISABLED
from linking.webhooks.wire import Answer, send
from setup.reasons import NONE, Reason
from setup.security.secrets import SecretUnreadable
from setup.shopify import failpoints

log = logging.getLogger(__name__)
drawn = random.random
# So many of an environment are sent at once: its slow receivers keep no workers from the runs of others. After TURN
# seconds the next ones look again.
AT_ONCE, TURN = 3, 5.0


def deliver(pk: int) -> None:
    """Safe to call at any time: a claim decides who sends."""
    attempt = attempts.claim(WebhookDelivery.objects.select_related("endpoint__environment"), pk)
    if attempt is None:
        return
    with attempt:
        _deliver(attempt.row)


def _deliver(delivery: WebhookDelivery) -> None:
    """Raises Hopeless."""
    endpoint, now = delivery.endpoint, timezone.now()
    if endpoint.disabled:
        delivery.fail(DISABLED, now=now)
        return
    until = endpoint.rests_until if endpoint.rests(now) else _turn(delivery, now)
    if until:
        delivery.mine().update(state=JobState.WAITING, heartbeat_at=now, not_before=until)
        return
    body = delivery.body
    headers = signed(endpoint, delivery.event_id, body, now=now)
    delivery.mine().update(tried=F("tried") + 1, sent=now)
    delivery.tried += 1
    failpoints.pass_by("before", "Webhook")
    answer = send(endpoint.url, body.encode(), headers)
    failpoints.pass_by("after", "Webhook")
    settle(delivery, answer, now=timezone.now())


def _turn(delivery: WebhookDelivery, now: datetime) -> datetime | None:
    """When to look again, if enough of the environment are being sent; the oldest ones go first."""
    at_work = WebhookDelivery.objects.filter(
        state=JobState.RUNNING, heartbeat_at__gte=now - SILENCE, pk__lt=delivery.pk
    )
    others = at_work.filter(endpoint__environment=delivery.endpoint.environment_id).count()
    return now + timedelta(seconds=TURN) if others >= AT_ONCE else None


def signed(endpoint: WebhookEndpoint, event_id: str, body: str, *, now: datetime) -> dict[str, str]:
    """By each secret that counts. Raises Hopeless."""
    at = now.astimezone(UTC)  # the library takes the clock's face for UTC, whatever its zone
    try:
        signatures = [Webhook(secret).sign(event_id, at, body) for secret in endpoint.secrets(now=now)]
    except (SecretUnreadable, EmptyWebhookSecretError, ValueError):
        raise Hopeless(Reason("webhook.unreadable")) from None
    return {
        "Content-Type": "application/json",
        "webhook-id": event_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def settle(delivery: WebhookDelivery, answer: Answer, *, now: datetime) -> None:
    """What came of a try, and what follows for the endpoint."""
    meant, endpoint = webhooks.meaning(answer.status), delivery.endpoint
    noted = {"last_status": answer.status or 0, "said": answer.said, "heartbeat_at": now, **NO_TRIES}
    with transaction.atomic():
        if meant == Meaning.TAKEN:
            if delivery.mine().update(state=JobState.DONE, problem=NONE, **noted) and delivery.reaches:
                behind = WebhookEndpoint.objects.filter(pk=endpoint.pk, summary_number__lt=delivery.reaches)
                behind.update(summary_number=delivery.reaches)
            return
        asked = webhooks.retry_after(answer.retry_after, now=now)
        left = webhooks.pause(delivery.tried, drawn(), busy=meant == Meaning.BUSY, asked=asked)
        problem = answer.problem or _problem(answer.status or 0)
        if meant == Meaning.GONE or left is None:
            ended = delivery.mine().update(state=JobState.FAILED, problem=problem, **noted)
            why = Reason("webhook.gone") if meant == Meaning.GONE else Reason("webhook.given_up", tries=delivery.tried)
            if ended:
                endpoints.disable(endpoint, why, who=None, now=now)
            return
        until = now + timedelta(seconds=left)
        rests = delivery.mine().update(state=JobState.WAITING, problem=problem, **noted | {"not_before": until})
        if rests and (meant == Meaning.BUSY or answer.status is None):
            # Others for it would wait as long for no answer, and other receivers for them.
            WebhookEndpoint.objects.filter(pk=endpoint.pk).update(rests_until=until)
    log.info("Event %s was not taken by %s: %s", delivery.event_id, endpoint.host, problem)


def _problem(status: int) -> Reason:
    if status == 410:
        return Reason("webhook.gone")
    return Reason("webhook.redirect" if 300 <= status < 400 else "webhook.status", status=status)
