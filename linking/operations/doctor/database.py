"""The database: does it answer, does it take writes, does it have the migrations of this release, what time is it there?"""

import time
import uuid
from collections.abc import Iterator
from datetime import timedelta

from django.db import Error, NotSupportedError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from linking.operations.doctor import clocks
from linking.operations.doctor.findings import Finding, ok, warning, wrong
from setup.models import UsedLaunch

LOOK = "database"
SUPPORTED = 15  # of Postgres, as docs/operator.md says
AWAY = "The database does not answer."
START_IT = "Start it, or correct DATABASE_URL (percent-encode a password with @, / or #)."
HANGS = "The database hangs: look what holds its locks, and whether its machine is running."
READ_ONLY = "The database takes no writes: make it writable (default_transaction_read_only), or name the primary in DATABASE_URL."
PENDING = "Run `manage.py migrate`."
AGAIN = 60.0  # seconds after which migrations that were there are looked for again: a backup may have been restored
_up_to_date_until = 0.0


def answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return False
    return True


def state() -> str:
    """`ok`, `away`, or `read_only`: set so, or a standby, as after a failover."""
    ours = "SHOW transaction_read_only" if connection.vendor == "postgresql" else "PRAGMA query_only"
    try:
        with connection.cursor() as cursor:
            cursor.execute(ours)
            row = cursor.fetchone()
    except Error:
        return "away"
    return "read_only" if row and row[0] in ("on", 1) else "ok"


def refuses_writes(error: BaseException) -> bool:
    """Whether this is how it refuses them. https://www.postgresql.org/docs/15/errcodes-appendix.html,
    https://www.sqlite.org/rescode.html#readonly"""
    cause = error.__cause__
    readonly = str(getattr(cause, "sqlite_errorname", "")).startswith("SQLITE_READONLY")
    return readonly or getattr(cause, "sqlstate", "") == "25006"


def deadlocked(error: BaseException) -> bool:
    """Whether it ended what waited for somebody who waited for it, as a migration may. The next try comes through."""
    return getattr(error.__cause__, "sqlstate", "") == "40P01"


def migrated() -> str:
    """`ok`, `pending` or `unknown`; what was well is looked at again after a minute."""
    global _up_to_date_until
    if time.monotonic() < _up_to_date_until:
        return "ok"
    try:
        loader = MigrationLoader(connection)
    except Error:
        return "unknown"
    if not loader.graph.nodes.keys() <= loader.applied_migrations.keys():
        return "pending"
    _up_to_date_until = time.monotonic() + AGAIN
    return "ok"


def version() -> str:
    """Its name and version, as people know it. Raises django.db.Error."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version" if connection.vendor == "postgresql" else "SELECT sqlite_version()")
        row = cursor.fetchone()
    return f"{connection.display_name} {str(row[0]).split()[0] if row else '?'}"


def look() -> Iterator[Finding]:
    try:
        known = version()
    except Error as error:
        yield wrong(LOOK, "away", f"{AWAY} It says: {first_line(error)}", START_IT)
        return
    except NotSupportedError as error:
        yield wrong(LOOK, "old", f"{first_line(error)}.", f"Move to Postgres {SUPPORTED} or newer.")
        return
    yield _age(known)
    if (pending := _migrations()) is not None:
        yield pending
        if pending.code == "pending":
            return
    yield _written(known)
    if connection.vendor != "sqlite":  # which has the clock of this machine
        yield clocks.compared("the database", _offset())


def _age(known: str) -> Finding:
    number = getattr(connection, "pg_version", 0) // 10000 if connection.vendor == "postgresql" else SUPPORTED
    if number < SUPPORTED:
        text = f"{known} answers; AssetLink is tested with {SUPPORTED} and newer."
        return warning(LOOK, "old", text, f"Move to Postgres {SUPPORTED} or newer.")
    return ok(LOOK, f"{known} answers.")


def _migrations() -> Finding | None:
    loader = MigrationLoader(connection)
    missing = loader.graph.nodes.keys() - loader.applied_migrations.keys()
    later = loader.applied_migrations.keys() - loader.disk_migrations.keys() - set(loader.replacements)
    if missing:
        names = ", ".join(f"{app}.{name}" for app, name in sorted(missing)[:3])
        text = f"{len(missing)} migration{'s are' if len(missing) > 1 else ' is'} pending ({names})."
        return wrong("migrations", "pending", text, PENDING)
    ours = {app for app, _ in loader.graph.nodes}
    if newer := sorted(f"{app}.{name}" for app, name in later if app in ours and not _was_squashed(loader, app, name)):
        text = f"The database has migrations that this release does not know ({', '.join(newer[:3])})."
        return warning(
            "migrations", "newer", text, "After a rollback this is right. Otherwise start the newer release."
        )
    return ok("migrations", "All migrations of this release are there.")


def _was_squashed(loader: MigrationLoader, app: str, name: str) -> bool:
    """Migrations that a squashed one stands for stay recorded in databases of earlier releases."""
    return any((app, name) in known.replaces for known in loader.disk_migrations.values())


def _written(known: str) -> Finding:
    """A row of a launch that nobody made, taken back at once."""
    row = UsedLaunch(issuer="doctor", token_id=uuid.uuid4().hex, expires=timezone.now())
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            transaction.set_rollback(True)
    except Error as error:
        advice = "Check its disk, its permissions, and whether DATABASE_URL leads to a read-only replica."
        return wrong(LOOK, "read_only", f"{known} takes no writes. It says: {first_line(error)}", advice)
    return ok(LOOK, "It takes writes.", code="written")


def _offset() -> timedelta:
    """How far its clock is ahead of ours."""
    before = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        row = cursor.fetchone()
    return row[0] - (before + (timezone.now() - before) / 2) if row else timedelta()


def first_line(error: Exception) -> str:
    """Of a driver's words, which may go on for many; none of ours puts a password there, and libpq names none."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
