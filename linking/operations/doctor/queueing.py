"""Redis, and who works: workers and sweepers, of which release and with which keys."""

from collections.abc import Iterator, Mapping, Sequence

import redis.exceptions
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from linking.operations import queue_health, redis_trouble
from linking.operations.doctor.findings import Finding, Level, ok, unknown, warning, wrong
from linking.operations.queue_health import QueueHealth
from linking.runtime import presence
from linking.runtime.presence import TENANT, Presence
from setup.redis_client import client
from setup.security.secrets import SecretUnreadable, keys, unseal

SAME_KEYS = "Give all processes the same ENCRYPTION_KEYS, in the same order, and restart them (docs/operator.md, Keys)."
LOADING = "A new one takes some seconds."


def look() -> Iterator[Finding]:
    health = queue_health.read(now=timezone.now())
    if not health.up:
        yield away(health.trouble)
        return
    yield from of_machine(health)


def of_machine(health: QueueHealth) -> Iterator[Finding]:
    """Of a Redis that answers, and of all that it knows to live."""
    try:
        there = presence.alive()
    except redis.exceptions.RedisError:
        there = []
    yield from of_redis(health)
    sweeper = of_sweeper(health)
    yield from (of_workers(health), sweeper, of_queue(health))
    sweepers = int(sweeper.level == Level.OK)
    yield from of_processes(there, workers=health.workers, sweepers=sweepers, release=settings.RELEASE)


def away(error: Exception | None = None) -> Finding:
    return wrong("redis", "away", *redis_trouble.explained(error, settings.REDIS_URL))


def version() -> str:
    """Raises RedisError."""
    known = client(text=True).info("server")
    name = "Valkey" if known.get("server_name") == "valkey" else "Redis"
    return f"{name} {known.get('valkey_version') or known.get('redis_version', '?')}"


def of_redis(health: QueueHealth) -> Iterator[Finding]:
    state = health.redis
    for reason in state.reasons:
        found, _, advice = reason.partition(": ")
        level = wrong if state.writes not in ("ok", "unknown") else warning
        yield level("redis", "redis", f"{found}.", advice[:1].upper() + advice[1:])
    if "unknown" in state.words.values():
        yield unknown(
            "redis", "Redis does not say how it keeps its data.", "It needs `appendonly yes` and `noeviction`."
        )
    elif not state.reasons:
        room = f" of {state.limit >> 20:,} MB" if state.limit else ""
        text = f"{version()} answers, keeps an append-only file, evicts nothing; {state.used >> 20:,} MB{room} used."
        yield ok("redis", text)


def of_workers(health: QueueHealth) -> Finding:
    if not health.workers:
        advice = f"Start some: `python -m assetlink_site worker`. Waiting work begins then. {LOADING}"
        return wrong("workers", "none", "No worker is alive.", advice)
    return ok("workers", f"{counted(health.workers, 'worker')} alive, {health.busy} busy.")


def of_sweeper(health: QueueHealth) -> Finding:
    if health.silence is None or health.silence >= queue_health.SILENT:
        text = (
            "No sweeper is alive." if health.silence is None else f"No sweeper has looked for {health.silence:.0f} s."
        )
        advice = f"Start one: `python -m assetlink_site sweeper`. Without it, lost work stays where it is. {LOADING}"
        return wrong("sweeper", "silent", text, advice)
    return ok("sweeper", f"A sweeper looked {health.silence:.0f} s ago.")


def of_queue(health: QueueHealth) -> Finding:
    text = f"{counted(health.jobs, 'job')} in the queue"
    if health.age >= queue_health.OLD:
        advice = "Start more workers. If all of them are idle, look at their log."
        return warning("queue", "slow", f"{text}; the first has waited for {health.age:.0f} s.", advice)
    return ok("queue", f"{text}; none has waited for long." if health.jobs else f"{text}.")


def of_processes(there: Sequence[Presence], *, workers: int, sweepers: int, release: str) -> Iterator[Finding]:
    """Of all that say who they are; of the `workers` and `sweepers` there are, the others are of an earlier release."""
    older = False
    for role, n in (("worker", workers), ("sweeper", sweepers)):
        if (silent := n - sum(one.role == role for one in there)) > 0:
            older = True
            text = f"{counted(silent, role)} of an earlier release, which does not name itself."
            yield warning("release", "older", text, "End it: it starts again as this release.")
    for one in there:
        yield from of_process(one, release=release)
    if there and not older and {one.release for one in there} == {release}:
        yield ok("release", f"Workers and sweepers are of this release, {release}.")


def of_process(one: Presence, *, release: str) -> Iterator[Finding]:
    who = f"{one.role} {one.name}"
    if one.release != release:
        text = f"It is of release {one.release}; this is {release}."
        yield warning("release", "other", text, "End it: it starts again as this release.", about=who)
    if (trouble := of_keys(one)) is not None:
        yield trouble
    if differing := differing_settings(one.marks, settings.SETTINGS_MARKS):
        text = f"It runs with other settings than the doctor: {', '.join(differing)}."
        advice = "Restart it with the present ones, or run the doctor with the same settings."
        yield warning("settings", "other", text, advice, about=who)


def differing_settings(theirs: Mapping[str, str], ours: Mapping[str, str]) -> list[str]:
    """Names; another release may have others. Under another SECRET_KEY no mark is like ours."""
    found = sorted(name for name in theirs.keys() & ours.keys() if theirs[name] != ours[name])
    return ["SECRET_KEY"] if "SECRET_KEY" in found else found


def of_keys(one: Presence) -> Finding | None:
    """What that process seals, we open; what we seal, it opens."""
    who = f"{one.role} {one.name}"
    try:
        first = next(iter(keys()))
        unseal(one.probe, TENANT)
    except (SecretUnreadable, ImproperlyConfigured):
        return wrong("keys", "foreign", "This process cannot read what that one encrypts.", SAME_KEYS, about=who)
    if first not in one.keys:
        text = "It lacks this process's first key, which encrypts secrets."
        return wrong("keys", "lacking", text, SAME_KEYS, about=who)
    return None


def counted(n: int, what: str) -> str:
    """`No job`, `1 worker is`… without a verb that would have to follow the number."""
    return f"{n or 'No'} {what}{'' if n == 1 else 's'}"
