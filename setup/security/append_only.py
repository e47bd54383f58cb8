"""Triggers that keep the audit log as it was written, against everybody who goes round the models.

A later migration of the table on SQLite rebuilds it and drops them: call `guard` at the end of such a one again.
"""

from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "setup_auditentry"
TEXT = "the audit log is append-only"
FUNCTION = f"""CREATE OR REPLACE FUNCTION {TABLE}_refuse() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION '{TEXT}'; END; $$ LANGUAGE plpgsql"""


def guard(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(FUNCTION)
        for verb in ("update", "delete"):
            cursor.execute(_trigger(connection.vendor, verb))


def release(connection: BaseDatabaseWrapper) -> None:
    """For tests that empty all tables, and for a migration back."""
    where = f" ON {TABLE}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        for verb in ("update", "delete"):
            cursor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_no_{verb}{where}")


def _trigger(vendor: str, verb: str) -> str:
    head = f"CREATE TRIGGER {TABLE}_no_{verb} BEFORE {verb.upper()} ON {TABLE} FOR EACH ROW"
    if vendor == "postgresql":
        return f"{head} EXECUTE FUNCTION {TABLE}_refuse()"
    return f"{head} BEGIN SELECT RAISE(ABORT, '{TEXT}'); END"
