"""Is it up, and can it work? For start-up scripts, load balancers and alarms; they reveal nothing about anybody."""

import threading
import time
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from linking.operations import queue_health
from linking.operations.doctor import asked, database, hanging, launching, queueing
from linking.operations.doctor.findings import Level
from linking.operations.queue_health import QueueHealth

View = Callable[[HttpRequest], HttpResponse]
SECONDS = 4.0  # for what the database is asked
# How long who comes while another looks waits for it, and how old an answer may be that it gets instead.
BUSY, FRESH = 1.0, 15.0
NOBODY_KNOWS = "Another look is still under way: ask again."
OF_DATABASE = {"away": database.AWAY, "read_only": database.READ_ONLY}
_looking = threading.Lock()
_last: tuple[float, dict[str, Any]] | None = None


def public(view: View) -> View:
    view.access = "public"  # type: ignore[attr-defined]  # tests try every URL by what it says of itself
    return view


@public
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. It asks nobody else, so that no outage of others gets it started again."""
    return JsonResponse({"status": "ok"})


@public
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """503 only if nobody could come in or see a page: without the database, before its migrations, or where the settings or
    static files would break a launch; `reasons` says what to do. While Redis, the workers or the sweeper are away, pages answer
    and work waits: that is reported as `degraded`, with 200."""
    answer = dict(one_at_a_time())
    if asked.is_asked(request):
        answer["seen"] = asked.answer(request)
    return JsonResponse(answer, status=503 if answer["status"] == "unready" else 200)


def one_at_a_time() -> dict[str, Any]:
    """A process has few threads: whatever hangs holds one of them here, and the others go on answering."""
    global _last
    if not _looking.acquire(timeout=BUSY):
        at, answer = _last or (0.0, {})
        if answer and time.monotonic() - at < FRESH:
            return answer
        return {"status": "unready", "checks": {"database": "unknown"}, "reasons": [NOBODY_KNOWS], "queue": {}}
    try:
        answer = look()
        _last = (time.monotonic(), answer)
    finally:
        _looking.release()
    return answer


def look() -> dict[str, Any]:
    health = queue_health.read(now=timezone.now())
    needed, reasons = of_launch()
    checks = needed | of_queue(health)
    ready = set(needed.values()) <= {"ok", "partial"}
    well = set(checks.values()) <= {"ok", "unknown"}
    status = "unready" if not ready else "ok" if well else "degraded"
    known = (
        {"workers": health.workers, "jobs": health.jobs, "oldest_job_seconds": round(health.age)} if health.up else {}
    )
    return {"status": status, "checks": checks, "reasons": [*reasons, *reasons_of_queue(health)], "queue": known}


def of_launch() -> tuple[dict[str, str], list[str]]:
    """What coming in needs, each with a word, and a sentence for each that is not well."""
    with hanging.bounded(SECONDS) as watch:
        word = database.state()
        there = word != "away"
        migrations = database.migrated() if there else "unknown"
        keys = launching.encryption_keys(database=there)
    found = {
        "database": ("hangs", database.HANGS) if watch.hung else (word, OF_DATABASE.get(word, "")),
        "migrations": (migrations, database.PENDING if migrations == "pending" else ""),
        "secret_key": launching.secret_key(),
        "encryption_keys": keys,
        "static_files": launching.static_files(),
    }
    return {name: word for name, (word, _) in found.items()}, [text for _, text in found.values() if text]


def of_queue(health: QueueHealth) -> dict[str, str]:
    if not health.up:
        return {"redis": "away", "workers": "unknown", "sweeper": "unknown", "queue": "unknown"}
    seen = health.silence is not None and health.silence < queue_health.SILENT
    state = health.redis
    return {
        "redis": "ok" if state.writes == "unknown" else state.writes,
        "redis_persistence": state.persistence,
        "redis_eviction": state.eviction,
        "workers": "ok" if health.workers else "none",
        "sweeper": "ok" if seen else "silent",
        "queue": "ok" if health.age < queue_health.OLD else "slow",
    }


def reasons_of_queue(health: QueueHealth) -> list[str]:
    """A sentence for each that is not well, as the doctor has it."""
    if not health.up:
        found = [queueing.away(health.trouble)]
    else:
        found = [queueing.of_workers(health), queueing.of_sweeper(health), queueing.of_queue(health)]
    return [*health.redis.reasons, *(f"{one.text} {one.advice}" for one in found if one.level != Level.OK)]
