"""The outbox: an event becomes a row for each webhook that gets it, in the transaction in which it happens. So it is neither lost
nor made up; the queue is only notified when that is committed."""

import uuid
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from linking import queue
from linking.domain import stored, webhooks
from linking.models import Rule, StoreSync, Sync, WebhookDelivery, WebhookEndpoint
from linking.models.jobs import JobState
from linking.webhooks.payloads import (
    ChangedData,
    EventsData,
    LinksOfEvents,
    LinksOfRule,
    LinksOfRun,
    LinksOfStore,
    RuleData,
    RunData,
    StoreData,
    StoreOfRun,
    SummaryData,
    TrialData,
)
from setup.models import Environment, Store
from setup.reasons import NONE, Reason

STATES = {
    webhooks.PLANNED: "planned",
    webhooks.FINISHED: "done",
    webhooks.FAILED: "failed",
    webhooks.ABORTED: "aborted",
    webhooks.PLAN_WAITS: "planned",
}
DISABLED = Reason("webhook.disabled")


def run_ended(part: StoreSync) -> None:
    """A store of a run has ended: the event, if it was the last one. Two that end at once take turns at the run's row, so that
    one of them finds nobody at work."""
    if not WebhookEndpoint.objects.filter(environment=part.sync.environment_id).exists():
        return
    with transaction.atomic():
        part.sync.lock()
        if StoreSync.objects.busy().filter(sync=part.sync_id).exists():
            return
        sync = Sync.objects.defer("arrangement").select_related("environment").get(pk=part.sync_id)
        parts = list(sync.parts.select_related("store"))
        type = webhooks.event_of_run([one.state for one in parts])
        # A run ends twice at most: as a plan that is shown, and when that was applied. Each end has one id for ever.
        name = f"{type} {'applied' if sync.as_shown else 'made'}"
        write(sync.environment, type, of_run(sync, parts, type), event_id=f"evt_{uuid.uuid5(sync.key, name).hex}")


def of_run(sync: Sync, parts: list[StoreSync], type: str) -> RunData:
    """Thin: who wants more asks the HTTP API, or opens the page."""
    counts: dict[str, int] = {}
    for part in parts:
        for outcome, n in stored.counts(part.outcome_counts).items():
            counts[outcome] = counts.get(outcome, 0) + n
    return RunData(
        environment=sync.environment.cloud_name,
        run=str(sync.key),
        kind=sync.kind,
        state=STATES[type],
        dry_run=sync.dry_run,
        counts=counts,
        stores=[StoreOfRun(part.store.domain, part.state, part.problem.code) for part in parts],
        links=LinksOfRun(
            self=settings.APP_URL + reverse("api:get_run", args=[sync.key]),
            page=settings.APP_URL + reverse("sync", args=[sync.key]),
        ),
        problems=any(part.troubled or part.state == StoreSync.State.FAILED for part in parts),
    )


def plan_waits(sync: Sync) -> None:
    """Of a rule, within the transaction in which it is noted (linking.notices.noting), as those that follow."""
    data = of_run(sync, list(sync.parts.all()), webhooks.PLAN_WAITS)
    write(sync.environment, webhooks.PLAN_WAITS, data, event_id=f"evt_{uuid.uuid5(sync.key, webhooks.PLAN_WAITS).hex}")


def store_broke_off(store: Store, problem: Reason) -> None:
    """Setup says so, within its transaction (linking.apps)."""
    write(store.environment, webhooks.STORE_BROKEN, _of_store(store, problem))


def store_recovered(store: Store) -> None:
    write(store.environment, webhooks.STORE_RECOVERED, _of_store(store, NONE))


def _of_store(store: Store, problem: Reason) -> StoreData:
    page = settings.APP_URL + reverse("store", args=[store.pk])
    return StoreData(store.environment.cloud_name, store.domain, str(store), problem.code, LinksOfStore(page))


def rule_failed(rule: Rule, problem: Reason) -> None:
    write(rule.environment, webhooks.RULE_FAILED, _of_rule(rule, problem))


def rule_recovered(rule: Rule) -> None:
    write(rule.environment, webhooks.RULE_RECOVERED, _of_rule(rule, NONE))


def _of_rule(rule: Rule, problem: Reason) -> RuleData:
    links = LinksOfRule(
        self=settings.APP_URL + reverse("api:get_rule", args=[rule.key]),
        page=settings.APP_URL + reverse("rule", args=[rule.key]),
    )
    return RuleData(rule.environment.cloud_name, str(rule.key), rule.name, problem.code, links)


def events_silent(environment: Environment) -> None:
    write(environment, webhooks.EVENTS_SILENT, _of_events(environment))


def events_resumed(environment: Environment) -> None:
    write(environment, webhooks.EVENTS_RESUMED, _of_events(environment))


def _of_events(environment: Environment) -> EventsData:
    return EventsData(environment.cloud_name, LinksOfEvents(settings.APP_URL + reverse("setup-events")))


Data = RunData | StoreData | RuleData | EventsData | ChangedData | SummaryData | TrialData


def write(environment: Environment, type: str, data: Data, *, event_id: str = "") -> None:
    """For the webhooks that get events of this type. One that is disabled has it listed: somebody may send it later. None of them
    is removed before this is committed: its deliveries would keep the run from ending."""
    with transaction.atomic():
        endpoints = (
            WebhookEndpoint.objects.filter(environment=environment).order_by("pk").select_for_update(no_key=True)
        )
        to = [endpoint for endpoint in endpoints if type in endpoint.events]
        _write(to, type, data, event_id or f"evt_{uuid.uuid4().hex}", at=timezone.now())


def write_all(environment: Environment, type: str, events: Iterable[tuple[str, ChangedData]], *, at: datetime) -> None:
    """Many events of one type (event id, what it says), within a transaction."""
    endpoints = WebhookEndpoint.objects.filter(environment=environment).order_by("pk").select_for_update(no_key=True)
    if to := [endpoint for endpoint in endpoints if type in endpoint.events]:
        for event_id, data in events:
            _write(to, type, data, event_id, at=at)


def write_summary(endpoint: WebhookEndpoint, data: SummaryData, *, reaches: int, at: datetime) -> None:
    """For the one whose hour it is. `reaches`: the change up to which it tells."""
    _write([endpoint], webhooks.SUMMARY, data, f"evt_{uuid.uuid4().hex}", at=at, reaches=reaches)


def write_test(endpoint: WebhookEndpoint) -> None:
    """An event by which people see whether it arrives."""
    data = TrialData(endpoint.environment.cloud_name)
    _write([endpoint], webhooks.TEST, data, f"evt_{uuid.uuid4().hex}", at=timezone.now())


def _write(
    to: list[WebhookEndpoint], type: str, data: Data, event_id: str, *, at: datetime, reaches: int | None = None
) -> None:
    if not to:
        return
    body = webhooks.body_of(type, asdict(data), at=at)
    rows = [
        WebhookDelivery(
            endpoint=endpoint,
            event_id=event_id,
            type=type,
            body=body,
            reaches=reaches,
            state=JobState.FAILED if endpoint.disabled else JobState.WAITING,
            problem=DISABLED if endpoint.disabled else NONE,
        )
        for endpoint in to
    ]
    WebhookDelivery.objects.bulk_create(rows, ignore_conflicts=True)
    transaction.on_commit(lambda: notify(event_id), robust=True)  # what a notice lacks, the sweeper makes good


def notify(event_id: str) -> None:
    waiting = WebhookDelivery.objects.filter(event_id=event_id, state=JobState.WAITING)
    for pk in waiting.values_list("pk", flat=True):
        queue.enqueue("webhook", pk)
