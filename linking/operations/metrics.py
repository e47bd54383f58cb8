"""What Prometheus reads. Gauges are counted from rows and from Redis at that moment, and counters too, so that they are right
whatever process did the work, and the same whichever web process answers.

Counters start again at midnight UTC: rows are removed when they are old (linking.operations.retention), so that a sum over all of
them would fall now and then, while what is counted of one day only grows. Prometheus takes that for a restart.
Rows come in one query for each paragraph of `of_rows`; they are those of one day, or of what is under way.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import product

import redis.exceptions
from django.db import DatabaseError
from django.db.models import Count, F, Min, Q, QuerySet, Sum, Value
from django.utils import timezone
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from linking.domain.plan import Change
from linking.models import ChangeRow, StoreSync
from linking.models.jobs import JobRow, JobState
from linking.models.syncs import KINDS
from linking.operations import queue_health
from linking.operations.redis_state import OK, UNKNOWN, RedisState
from linking.queue import KINDS as KINDS_OF_JOBS
from linking.runtime import counters
from setup.models import Store

State = StoreSync.State
# They stay so, while a dry run that is planned may be applied.
ENDED = (State.DONE, State.ABORTED, State.FAILED)
SETTLED = [outcome for outcome in ChangeRow.Outcome.values if outcome != ChangeRow.Outcome.PENDING]
Counts = GaugeMetricFamily | CounterMetricFamily
# Kind of job -> its rows; a store sync has states of its own.
JOBS = {kind.name: kind.model for kind in KINDS_OF_JOBS.values() if issubclass(kind.model, JobRow)}
SPENT = {
    "points": "Points of Shopify's API limit that were spent",
    "requests": "Requests to Shopify",
    "mutations": "Requests to Shopify that write",
    "throttled": "Requests that Shopify refused because its limit was used up; they were repeated",
    "waited": "Seconds spent waiting for Shopify's limit, or before another try",
    "setbacks": "Slices of work that broke off: lost workers, stores that did not answer, errors",
}


class Operating(Collector):
    def describe(self) -> Iterable[Metric]:
        """Nothing: registering asks neither database nor Redis."""
        return ()

    def collect(self) -> Iterator[Metric]:
        now, up = timezone.now(), gauge("up", "Whether it answers: 1 or 0", ["part"])
        try:
            yield from list(of_rows(now))
            up.add_metric(["database"], 1)
        except DatabaseError:
            up.add_metric(["database"], 0)
        health = queue_health.read(now=now)
        up.add_metric(["redis"], health.up)
        yield up
        if health.up:
            yield from of_queue(health)
            yield from of_counters()


def page(accept: str) -> tuple[bytes, str]:
    """In the format that the reader prefers, and its type."""
    try:
        encode, content_type = choose_encoder(accept)
    except (TypeError, ValueError):  # the library compares versions that it could not read
        encode, content_type = choose_encoder("")
    return encode(registry()), content_type


def registry() -> CollectorRegistry:
    known = CollectorRegistry()
    known.register(Operating())
    return known


def of_rows(now: datetime) -> Iterator[Metric]:
    """Raises DatabaseError."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    yield from work_under_way(now)
    help_text = "Store syncs by state, as far as they are kept"
    yield counted(GaugeMetricFamily, "store_syncs", help_text, StoreSync.objects.all(), state=State.values)
    ended = StoreSync.objects.filter(finished__gte=midnight, state__in=ENDED).annotate(kind=F("sync__kind"))
    help_text = "Store syncs that ended today, by how they ended"
    yield counted(CounterMetricFamily, "store_syncs_ended", help_text, ended, kind=dict(KINDS), state=ENDED)
    yield from spent(StoreSync.objects.filter(taken__gte=midnight))
    lines = ChangeRow.objects.filter(part__in=ended.values("pk")).exclude(outcome=ChangeRow.Outcome.PENDING)
    help_text = "Changes in galleries of store syncs that ended today, by what they are and what came of them"
    yield counted(CounterMetricFamily, "changes", help_text, lines, change=list(Change), outcome=SETTLED)
    help_text = "Stores by the state of their connection"
    yield counted(GaugeMetricFamily, "stores", help_text, Store.objects.all(), status=Store.Status.values)


def counted(family: type[Counts], name: str, help_text: str, rows: QuerySet, **fields: Iterable[str]) -> Metric:
    """How many rows there are of each combination of these fields' values. Those that may be are reported as 0 until there are
    some, because Prometheus sees no increase in a series that has just begun."""
    metric = family(f"assetlink_{name}", help_text, labels=list(fields))
    counts = dict.fromkeys(product(*fields.values()), 0)
    for *labels, n in rows.values_list(*fields).annotate(n=Count("pk")).order_by():
        counts[tuple(labels)] = n
    for labels, n in counts.items():
        metric.add_metric(list(map(str, labels)), n)
    return metric


def work_under_way(now: datetime) -> Iterator[Metric]:
    """What is to be done by the rows: right also when Redis has lost its queue."""
    rows = gauge("work", "Rows whose work waits for a worker, or is under way", ["job", "state"])
    age = gauge("work_age_seconds", "How long the oldest store sync has waited for its first worker", [])
    for job, state, n in jobs_by_state():
        rows.add_metric([job, state], n)
    first = Q(started=None, owner="", sync__as_shown=False)
    busy = StoreSync.objects.busy().aggregate(
        waiting=Count("pk", filter=Q(owner="")),
        running=Count("pk", filter=~Q(owner="")),
        oldest=Min("sync__created", filter=first),
    )
    for state in (JobState.WAITING, JobState.RUNNING):
        rows.add_metric(["sync", state], busy[state])
    age.add_metric([], (now - busy["oldest"]).total_seconds() if busy["oldest"] else 0)
    yield from (rows, age)


def jobs_by_state() -> QuerySet:
    parts = [
        model.objects.filter(state__in=[JobState.WAITING, JobState.RUNNING])
        .order_by()
        .values_list(Value(job), "state")
        .annotate(n=Count("pk"))
        for job, model in JOBS.items()
    ]
    return parts[0].union(*parts[1:], all=True)


def spent(parts: QuerySet) -> Iterator[Metric]:
    """By store. What a store sync spent yesterday counts today if it goes on today."""
    nothing = [0.0] * len(SPENT)
    rows = dict.fromkeys(Store.objects.values_list("environment__cloud_name", "domain"), nothing)
    found = parts.values_list("store__environment__cloud_name", "store__domain")
    for environment, store, *sums in found.annotate(*(Sum(name) for name in SPENT)).order_by():
        rows[environment, store] = sums
    for at, (name, help_text) in enumerate(SPENT.items()):
        unit = "shopify_wait_seconds" if name == "waited" else "setbacks" if name == "setbacks" else f"shopify_{name}"
        metric = counter(unit, f"{help_text}, today", ["environment", "store"])
        for labels, sums in rows.items():
            metric.add_metric(labels, sums[at])
        yield metric


def of_queue(health: queue_health.QueueHealth) -> Iterator[Metric]:
    yield GaugeMetricFamily("assetlink_queue_jobs", "Jobs that wait in the queue", health.jobs)
    yield GaugeMetricFamily("assetlink_queue_age_seconds", "How long the oldest of them has waited", health.age)
    workers = gauge("workers", "Workers that live", ["state"])
    workers.add_metric(["busy"], health.busy)
    workers.add_metric(["idle"], health.idle)
    yield workers
    yield from of_redis(health.redis)
    if health.silence is not None:
        help_text = "Seconds since a sweeper last looked for work that nobody does"
        yield GaugeMetricFamily("assetlink_sweeper_silence_seconds", help_text, health.silence)


def of_redis(state: RedisState) -> Iterator[Metric]:
    well = gauge("redis_ok", "Whether Redis takes writes, keeps a log of them and evicts nothing: 1 or 0", ["part"])
    for part, word in state.words.items():
        if word != UNKNOWN:
            well.add_metric([part], word == OK)
    yield well
    yield GaugeMetricFamily("assetlink_redis_memory_bytes", "Memory that Redis uses", state.used)
    yield GaugeMetricFamily(
        "assetlink_redis_memory_limit_bytes", "What it may use (maxmemory); 0: no limit", state.limit
    )


def of_counters() -> Iterator[Metric]:
    """Since Redis was last emptied."""
    try:
        known = counters.read()
    except redis.exceptions.RedisError:
        return
    help_text = "Store syncs that were taken over from a worker that was lost"
    yield CounterMetricFamily("assetlink_lease_takeovers", help_text, known.get(counters.TAKEOVERS, 0))
    seconds = HistogramMetricFamily("assetlink_job_seconds", "How long jobs took", labels=["job", "outcome"])
    names = {tuple(name.split("|")[1:3]) for name in known if name.startswith("job|")}
    for job, outcome in sorted(names):
        buckets, total = [], 0.0
        for bound in (*map(str, counters.BUCKETS), "+Inf"):
            total += known.get(f"job|{job}|{outcome}|{bound}", 0)
            buckets.append((bound, total))
        seconds.add_metric([job, outcome], buckets, known.get(f"job|{job}|{outcome}|sum", 0))
    yield seconds


def gauge(name: str, help_text: str, labels: Sequence[str]) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"assetlink_{name}", help_text, labels=labels)


def counter(name: str, help_text: str, labels: Sequence[str]) -> CounterMetricFamily:
    return CounterMetricFamily(f"assetlink_{name}", help_text, labels=labels)
