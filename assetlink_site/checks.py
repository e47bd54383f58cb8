"""Is it up, and can it work? For start-up scripts, load balancers and alarms; they reveal nothing about anybody."""

from collections.abc import Callable

from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from assetlink_site import readiness
from linking.operations.queue_health import QueueHealth, read

OLD = 120.0  # seconds that a job may wait before something seems to be wrong
SILENT = 60.0  # seconds without a sweep
View = Callable[[HttpRequest], HttpResponse]


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
    health = read(now=timezone.now())
    needed, reasons = of_launch()
    checks = needed | of_queue(health)
    ready = set(needed.values()) <= {"ok", "partial"}
    status = "unready" if not ready else "ok" if set(checks.values()) == {"ok"} else "degraded"
    known = (
        {"workers": health.workers, "jobs": health.jobs, "oldest_job_seconds": round(health.age)} if health.up else {}
    )
    answer = {"status": status, "checks": checks, "reasons": reasons, "queue": known}
    return JsonResponse(answer, status=200 if ready else 503)


def of_launch() -> tuple[dict[str, str], list[str]]:
    """What coming in needs, each with a word, and a sentence for each that is not well."""
    there = database_answers()
    migrations = migrated() if there else "unknown"
    found = {
        "database": ("ok", "") if there else ("away", "The database does not answer."),
        "migrations": (migrations, "Run `manage.py migrate`." if migrations == "pending" else ""),
        "secret_key": readiness.secret_key(),
        "encryption_keys": readiness.encryption_keys(database=there),
        "static_files": readiness.static_files(),
    }
    return {name: word for name, (word, _) in found.items()}, [text for _, text in found.values() if text]


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return False
    return True


_up_to_date = False


def migrated() -> str:
    """`ok`, `pending` or `unknown`. Once it is well it stays so: other migrations come with another process."""
    global _up_to_date
    if not _up_to_date:
        try:
            loader = MigrationLoader(connection)
            _up_to_date = loader.graph.nodes.keys() <= loader.applied_migrations.keys()
        except Error:
            return "unknown"
    return "ok" if _up_to_date else "pending"


def of_queue(health: QueueHealth) -> dict[str, str]:
    if not health.up:
        return {"redis": "away", "workers": "unknown", "sweeper": "unknown", "queue": "unknown"}
    seen = health.silence is not None and health.silence < SILENT
    return {
        "redis": "ok",
        "workers": "ok" if health.workers else "none",
        "sweeper": "ok" if seen else "silent",
        "queue": "ok" if health.age < OLD else "slow",
    }
