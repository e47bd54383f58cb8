"""Webhooks of an environment: added, rotated, tried, disabled and removed by admins, and by who runs AssetLink. All of it is in
the audit log, none of it with a secret."""

import base64
import secrets as random_secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from linking import queue
from linking.domain import webhooks
from linking.domain.public_addresses import is_public, is_within
from linking.domain.webhooks import EVENTS, target_of
from linking.models import WebhookDelivery, WebhookEndpoint
from linking.models.jobs import JobState, asked_for
from linking.webhooks import changes, outbox
from setup.models import Environment
from setup.reasons import NONE, Reason
from setup.security import audit, limits
from setup.security.guards import MemberRequest
from setup.security.secrets import readable
from setup.words import _

AT_MOST = 20  # of an environment
HOUR = 6  # of the daily summary, where nobody chose one
FORMER = timedelta(hours=24)  # how long the secret before a rotation signs, too
BY_ADMIN = Reason("webhook.by_admin")


class CannotUse(ValueError):
    """The text says why, for people."""


def add(
    environment: Environment, url: str, events: Collection[str], *, who: MemberRequest | None, hour: int = HOUR
) -> tuple[WebhookEndpoint, str]:
    """And its secret, which is shown this once. `events`: of EVENTS, at least one. Raises CannotUse."""
    check_address(url)
    chosen = _chosen(events)
    with transaction.atomic():
        Environment.objects.select_for_update().only("pk").get(pk=environment.pk)
        if environment.webhooks.count() >= AT_MOST:
            raise CannotUse(_("An environment has 20 webhooks at most. Remove one first."))
        secret = drawn()
        endpoint = WebhookEndpoint(environment=environment, url=url, events=chosen, secret=secret, summary_hour=hour)
        endpoint.created_by = who.member if who else None
        if webhooks.SUMMARY in chosen:
            changes.begins(endpoint, now=timezone.now())
        endpoint.save()
        _record(who, "webhook.add", endpoint, {"events": endpoint.events})
    return endpoint, secret


def _chosen(events: Collection[str]) -> list[str]:
    """In one order. Raises CannotUse."""
    if not events or set(events) - set(EVENTS):
        raise CannotUse(_("Choose at least one event."))
    return [type for type in EVENTS if type in events]


def choose(
    endpoint: WebhookEndpoint, events: Collection[str], *, who: MemberRequest | None, hour: int | None = None
) -> None:
    """Other events from now on, and another hour of the summary. Raises CannotUse."""
    chosen, now = _chosen(events), timezone.now()
    with transaction.atomic():
        row = WebhookEndpoint.objects.select_for_update(of=("self",)).select_related("environment").get(pk=endpoint.pk)
        before: dict[str, Any] = {"events": row.events, "hour": row.summary_hour}
        after: dict[str, Any] = {"events": chosen, "hour": row.summary_hour if hour is None else hour}
        if set(chosen) == set(row.events) and before["hour"] == after["hour"]:
            return
        row.events, row.summary_hour = chosen, after["hour"]
        if webhooks.SUMMARY not in chosen:
            row.summary_at = None
        elif row.summary_at is None:
            changes.begins(row, now=now)
        else:
            row.summary_at = changes.next_of(row, now)
        row.save(update_fields=["events", "summary_hour", "summary_at", "summary_number"])
        news = [name for name in after if after[name] != before[name]]
        _record(
            who,
            "webhook.change",
            row,
            {name: after[name] for name in news},
            before={name: before[name] for name in news},
        )


def check_address(url: str) -> None:
    """What is known without asking anybody; where a name leads is looked at whenever something is sent. Raises CannotUse."""
    try:
        target = target_of(url)
    except ValueError:
        raise CannotUse(_("Write the whole address, as https://example.com/hooks.")) from None
    if not target.secured and not settings.WEBHOOK_NETWORKS:
        raise CannotUse(_("The address has to begin with https://."))
    is_number = all(letter in "0123456789abcdef.:" for letter in target.host) and (
        ":" in target.host or target.host[-1].isdigit()
    )
    if is_number and not is_public(target.host) and not is_within(target.host, settings.WEBHOOK_NETWORKS):
        raise CannotUse(_("This address is not public: AssetLink sends nothing there."))


def drawn() -> str:
    """256 random bits: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md"""
    return f"whsec_{base64.b64encode(random_secrets.token_bytes(32)).decode()}"


def rotate(endpoint: WebhookEndpoint, *, who: MemberRequest | None, now: datetime) -> str:
    """A new secret, which is shown this once; the old one signs, too, for 24 hours."""
    with transaction.atomic():
        row = WebhookEndpoint.objects.select_for_update(of=("self",)).select_related("environment").get(pk=endpoint.pk)
        row.former_secret, row.former_until = readable(row, "secret") or "", now + FORMER
        row.secret = drawn()
        row.save(update_fields=["secret", "former_secret", "former_until"])
        _record(who, "webhook.rotate", row)
    return row.secret


def disable(endpoint: WebhookEndpoint, why: Reason, *, who: MemberRequest | None, now: datetime) -> bool:
    """Nothing is sent to it from now on; what waits has failed, and is listed. False if it was disabled already."""
    with transaction.atomic():
        if not WebhookEndpoint.objects.filter(pk=endpoint.pk, disabled=None).update(disabled=now, why=why):
            return False
        waiting = WebhookDelivery.objects.filter(endpoint=endpoint.pk, state=JobState.WAITING)
        waiting.update(state=JobState.FAILED, problem=outbox.DISABLED, heartbeat_at=now)
        by_itself = why.code != BY_ADMIN.code
        _record(who, "webhook.disable", endpoint, {"why": why.code}, by_itself=by_itself)
    return True


def enable(endpoint: WebhookEndpoint, *, who: MemberRequest | None) -> bool:
    """Events from now on are sent. Those that it missed are sent again one by one."""
    with transaction.atomic():
        rows = WebhookEndpoint.objects.filter(pk=endpoint.pk, disabled__isnull=False)
        if not rows.update(disabled=None, why=NONE, rests_until=None):
            return False
        _record(who, "webhook.enable", endpoint)
    return True


def remove(endpoint: WebhookEndpoint, *, who: MemberRequest | None) -> None:
    """With its deliveries."""
    with transaction.atomic():
        # Who writes an event for it now is waited for: that delivery goes, too.
        WebhookEndpoint.objects.select_for_update().filter(pk=endpoint.pk).first()
        _record(who, "webhook.remove", endpoint, {"events": endpoint.events})
        WebhookEndpoint.objects.filter(pk=endpoint.pk).delete()


def test(endpoint: WebhookEndpoint, *, who: MemberRequest | None) -> None:
    """Send an event for trying it. Raises CannotUse, TooMany."""
    _may_send(endpoint, who)
    with transaction.atomic():
        outbox.write_test(endpoint)
        _record(who, "webhook.test", endpoint)


def send_again(delivery: WebhookDelivery, *, who: MemberRequest | None) -> bool:
    """The same event with the same id, now, and with all tries. False while it is being sent. Raises CannotUse, TooMany."""
    _may_send(delivery.endpoint, who)
    rows = WebhookDelivery.objects.filter(pk=delivery.pk).exclude(state=JobState.RUNNING)
    with transaction.atomic():
        WebhookEndpoint.objects.filter(pk=delivery.endpoint_id).update(rests_until=None)
        if not rows.update(tried=0, **asked_for(now=timezone.now())):
            return False
        _record(who, "webhook.resend", delivery.endpoint, {"event": delivery.event_id})
    transaction.on_commit(lambda: queue.enqueue("webhook", delivery.pk))
    return True


def send_failed(endpoint: WebhookEndpoint, *, who: MemberRequest | None) -> int:
    """The same for all that failed, as after a receiver was mended; how many these are. Raises CannotUse, TooMany."""
    _may_send(endpoint, who)
    with transaction.atomic():
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(rests_until=None)
        failed = WebhookDelivery.objects.select_for_update().filter(endpoint=endpoint.pk, state=JobState.FAILED)
        pks = list(failed.order_by("pk").values_list("pk", flat=True))
        WebhookDelivery.objects.filter(pk__in=pks).update(tried=0, **asked_for(now=timezone.now()))
        if pks:
            _record(who, "webhook.resend", endpoint, {"events": len(pks)})
    transaction.on_commit(lambda: _enqueue(pks))
    return len(pks)


def _enqueue(pks: list[int]) -> None:
    """As many as the queue takes: the sweeper asks for the others."""
    for pk in pks:
        if not queue.enqueue("webhook", pk):
            return


def _may_send(endpoint: WebhookEndpoint, who: MemberRequest | None) -> None:
    if endpoint.disabled:
        raise CannotUse(_("This webhook is disabled. Enable it first."))
    if who is not None:
        limits.spend("deliver", who.member)


def _record(
    who: MemberRequest | None,
    action: str,
    endpoint: WebhookEndpoint,
    after: dict | None = None,
    *,
    before: dict | None = None,
    by_itself: bool = False,
) -> None:
    """By its host: the rest of the address may be a secret of its own. `who`: None is who runs AssetLink."""
    actor = None if by_itself else who or audit.OPERATOR
    audit.record(actor, action, f"webhook {endpoint.host}", before or {}, after or {}, environment=endpoint.environment)
