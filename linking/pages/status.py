"""Status: what works and what does not, for the members of one environment. Of the machine only what all of them have in common.

Nobody outside is asked while the page renders: it says what runs, the queue and the stores' rows know.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import django
import redis.exceptions
from django.conf import settings
from django.db.models import Max

from linking.domain.doings import waits_for_limit
from linking.models import Selection, StoreSync, Sync
from linking.models.jobs import JobState
from linking.operations import queue_health
from linking.operations.doctor import database, queueing
from linking.operations.doctor.findings import Finding, Level
from linking.operations.queue_health import QueueHealth
from linking.pages.history import Row, labels, rows_of
from linking.pages.webhooks import given_up
from setup.models import Environment, Member, Notice, Store
from setup.words import _, gettext_lazy

DAY = timedelta(days=1)
RUNS = 5
OTHER_KEYS = gettext_lazy("A worker has different encryption keys from the web server. It cannot work on your stores.")
# What a finding of the doctor means for who links assets. The others are the operator's alone.
MEANINGS: Mapping[tuple[str, str], Any] = {
    ("redis", "away"): gettext_lazy("The queue is down. What you start is kept and begins when the queue is back."),
    ("redis", "redis"): gettext_lazy(
        "The queue is full. What you start is kept and begins when the queue has room again."
    ),
    ("workers", "none"): gettext_lazy(
        "No worker is running, so AssetLink fetches, matches and links nothing. What you start is kept and begins later."
    ),
    ("sweeper", "silent"): gettext_lazy("The sweeper is not running. Work that loses its worker stops."),
    ("queue", "slow"): gettext_lazy("The workers are busy. What you start begins later."),
    ("keys", "foreign"): OTHER_KEYS,
    ("keys", "lacking"): OTHER_KEYS,
}


@dataclass(frozen=True)
class Trouble:
    """What is wrong, and what to do; without `advice` it is for the people who run AssetLink. `store`: whose page has more."""

    text: str
    advice: str = ""
    store: Store | None = None


@dataclass(frozen=True)
class StoreLine:
    """`word` and `tone`: how it is; `away` and `slowed`: since when it does not answer, or Shopify throttles it; `waited`:
    seconds that were spent waiting for its limit since; `webhook`: when the last one of the shop came."""

    store: Store
    word: str
    tone: str
    at_work: int
    away: datetime | None
    slowed: datetime | None
    waited: int
    synced: datetime | None
    webhook: datetime | None


def context(member: Member, *, now: datetime) -> dict[str, Any]:
    environment = member.environment
    health = queue_health.read(now=now)
    stores = store_lines(environment)
    found = list(queueing.of_machine(health)) if health.up else [queueing.away()]
    return {
        "health": health,
        "sweeping": health.silence is not None and health.silence < queue_health.SILENT,
        "minutes": round(health.age / 60),
        "troubles": [
            *of_findings(found),
            *of_stores(stores, member),
            *of_cloud(environment, member, now=now),
            *of_webhooks(environment, member),
        ],
        "updating": any(one.look == "release" and one.level == Level.WARNING for one in found),
        "stores": stores,
        "launched": environment.members.aggregate(at=Max("last_launch"))["at"],
        "webhook": max((line.webhook for line in stores if line.webhook), default=None),
        "runs": recent(environment),
        "labels": labels(),
        "versions": versions(health),
    }


def of_findings(found: Iterable[Finding]) -> Iterator[Trouble]:
    """Each meaning once, of what is wrong, and of a queue that is slow."""
    texts = dict.fromkeys(
        MEANINGS[one.look, one.code]
        for one in found
        if (one.look, one.code) in MEANINGS and (one.level == Level.WRONG or one.code == "slow")
    )
    yield from (Trouble(str(text)) for text in texts)


def of_stores(stores: Iterable[StoreLine], member: Member) -> Iterator[Trouble]:
    for line in stores:
        if line.store.status == Store.Status.BROKEN:
            ask = _("Ask an admin of {environment}.").format(environment=member.environment)
            advice = _("Open the store’s page to see what helps.") if member.is_admin else ask
            problem = line.store.problem or _("The store refuses AssetLink.")
            yield Trouble(_("{store}: {problem}").format(store=line.store, problem=problem), advice, line.store)
        elif line.away:
            text = _("{store} does not answer. Runs wait 30 minutes for it. Then they end, and you can retry them.")
            yield Trouble(text.format(store=line.store), _("Check shopifystatus.com."), line.store)


def of_cloud(environment: Environment, member: Member, *, now: datetime) -> Iterator[Trouble]:
    """By the last selection: whether Cloudinary answered for its assets."""
    last = Selection.objects.filter(environment=environment, created__gte=now - DAY).only("state", "problem").first()
    if last is None or last.state != JobState.FAILED:
        return
    if any(one.code == "cloudinary.refused" for one in last.problem.within()):
        whom = _("Ask an admin of {environment}. The people who run AssetLink can replace the key.")
        text = _("Cloudinary refused AssetLink’s API key when AssetLink last fetched assets.")
        yield Trouble(text, whom.format(environment=environment))
    elif any(one.code.startswith("cloudinary.") for one in last.problem.within()):
        text = _("AssetLink could not fetch assets last time: {problem}").format(problem=last.problem)
        yield Trouble(text, _("Try again, and check status.cloudinary.com."))


def of_webhooks(environment: Environment, member: Member) -> Iterator[Trouble]:
    """For admins: those that AssetLink disabled by itself."""
    if not member.is_admin:
        return
    for webhook in given_up(environment):
        text = _("The webhook {host} is disabled. {why}").format(host=webhook.host, why=webhook.why)
        yield Trouble(text, _("Mend its receiver, then enable it on Setup › Webhooks."))


def store_lines(environment: Environment) -> list[StoreLine]:
    """Three queries, whatever the number of stores."""
    stores = environment.stores.shown().in_order()
    rows = StoreSync.objects.filter(store__in=stores)
    synced = dict(rows.order_by().values_list("store").annotate(at=Max("finished")))
    notices = Notice.objects.filter(domain__in=[store.domain for store in stores]).order_by()
    came = dict(notices.values_list("domain").annotate(at=Max("received")))
    busy: dict[int, list[StoreSync]] = {}
    for part in rows.busy():
        busy.setdefault(part.store_id, []).append(part)
    return [line_of(store, busy.get(store.pk, []), synced.get(store.pk), came.get(store.domain)) for store in stores]


def line_of(store: Store, busy: Sequence[StoreSync], synced: datetime | None, came: datetime | None) -> StoreLine:
    away = min((part.away_since for part in busy if part.away_since), default=None)
    slowed = [part for part in busy if waits_for_limit(part.doing)]
    since = min((part.started for part in slowed if part.started), default=None)
    word, tone = how(store, away=away is not None, slowed=bool(slowed), busy=bool(busy))
    waited = round(sum(part.waited for part in slowed))
    return StoreLine(store, word, tone, len(busy), away, since, waited, synced, came)


def how(store: Store, *, away: bool, slowed: bool, busy: bool) -> tuple[str, str]:
    if store.status == Store.Status.BROKEN:
        return _("Needs attention"), "bad"
    if store.status == Store.Status.PAUSED:
        return _("Paused"), "warn"
    if away:
        return _("Does not answer"), "bad"
    if slowed:
        return _("Throttled by Shopify"), "warn"
    return (_("At work"), "busy") if busy else (_("Connected"), "good")


def recent(environment: Environment) -> list[Row]:
    rows = Sync.objects.filter(environment=environment).defer("arrangement", "origin__arrangement").order_by("-pk")
    return rows_of(rows.select_related("member", "origin").prefetch_related("parts__store")[:RUNS])


def versions(health: QueueHealth) -> list[tuple[str, str]]:
    """What somebody is asked for who reports a trouble."""
    known = [("AssetLink", settings.RELEASE), ("Django", django.get_version()), (_("Database"), database.version())]
    try:
        known.append((_("Queue"), queueing.version() if health.up else _("Down")))
    except redis.exceptions.RedisError:
        known.append((_("Queue"), _("Unknown")))
    return [*known, (_("Shopify API"), settings.SHOPIFY_API_VERSION)]
