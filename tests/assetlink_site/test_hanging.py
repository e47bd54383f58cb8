"""A database that hangs holds one thread for a moment, not all of them; one that takes no writes is an outage, and no error."""

import os
import signal
import threading
import time
from contextlib import contextmanager

import pytest
from django.db import connection, connections

from assetlink_site import checks
from linking.operations.doctor import database, hanging
from setup.models import Environment
from tests.linking.visits import enter, text_of
from tests.setup.security.launches import post, signed
from tests.setup.security.test_limits import SECRET, member

ON_POSTGRES = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no server that could hang")
AWAY = "AssetLink cannot reach its database"
WRITES = {
    "postgresql": ("SET default_transaction_read_only = on", "RESET default_transaction_read_only"),
    "sqlite": ("PRAGMA query_only = 1", "PRAGMA query_only = 0"),
}


def asked(client) -> tuple[int, str, str]:
    """(status, the database's word, the first reason: these tests do without Redis, too)"""
    answer = client.get("/readyz")
    return answer.status_code, answer.json()["checks"]["database"], answer.json()["reasons"][0]


def execute(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text)


@contextmanager
def read_only():
    no, again = WRITES[connection.vendor]
    execute(no)
    try:
        yield
    finally:
        execute(again)


@pytest.mark.django_db(transaction=True)
def test_a_database_that_takes_no_writes_is_an_outage(client):
    ada = member()
    enter(client, ada)
    client.raise_request_exception = False
    session = client.session
    session["seen"] = session["since"] = time.time() - 120  # so that the next page notes that somebody is there
    session.save()
    assert asked(client)[:2] == (200, "ok")
    with read_only():
        assert asked(client) == (503, "read_only", database.READ_ONLY)
        for page in (post(client, signed(SECRET)), client.get("/setup/")):
            assert (page.status_code, page["Retry-After"]) == (503, "10")
            assert AWAY in text_of(page)
    assert client.get("/setup/").status_code == 200
    assert asked(client)[:2] == (200, "ok")


@ON_POSTGRES
@pytest.mark.django_db(transaction=True)
def test_a_page_that_a_deadlock_ended_comes_back_by_itself(client):
    def ended(execute, sql, params, many, context):
        if '"setup_member"' in sql:
            sql, params = "DO $$ BEGIN RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '40P01'; END $$", None
        return execute(sql, params, many, context)

    enter(client, member())
    client.raise_request_exception = False
    with connection.execute_wrapper(ended):
        page = client.get("/setup/")
    assert (page.status_code, page["Retry-After"]) == (503, "10")
    assert AWAY in text_of(page)


@ON_POSTGRES
@pytest.mark.django_db(transaction=True)
def test_what_waits_for_a_lock_is_cancelled(client, monkeypatch):
    monkeypatch.setattr(checks, "SECONDS", 0.3)
    locked, over = threading.Event(), threading.Event()

    def lock() -> None:
        with connections["default"].cursor() as cursor:
            cursor.execute(f"BEGIN; LOCK TABLE {Environment._meta.db_table}")
            locked.set()
            over.wait(60)
            cursor.execute("ROLLBACK")
        connections.close_all()

    other = threading.Thread(target=lock)
    other.start()
    try:
        assert locked.wait(10)
        assert asked(client) == (503, "hangs", database.HANGS)
        assert other.is_alive(), "it was answered when the lock had been given back"
    finally:
        over.set()
        other.join()
    assert asked(client)[:2] == (200, "ok")


@ON_POSTGRES
@pytest.mark.django_db(transaction=True)
def test_a_server_that_is_stopped_is_left(client, monkeypatch):
    monkeypatch.setattr(checks, "SECONDS", 0.3)
    monkeypatch.setattr(hanging, "GRACE", 0.3)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    os.kill(pid, signal.SIGSTOP)
    try:
        assert asked(client)[:2] == (503, "hangs")
        assert asked(client)[:2] == (200, "ok")  # over another connection
    finally:
        os.kill(pid, signal.SIGCONT)


@pytest.mark.django_db
def test_who_comes_while_another_looks_does_not_wait_for_it(client, monkeypatch):
    monkeypatch.setattr(checks, "BUSY", 0.05)
    monkeypatch.setattr(checks, "_last", None)
    with checks._looking:
        assert asked(client) == (503, "unknown", checks.NOBODY_KNOWS)
    known = client.get("/readyz").json()
    with checks._looking:
        assert client.get("/readyz").json() == known
        monkeypatch.setattr(checks, "FRESH", 0.0)
        assert asked(client)[0] == 503
        assert client.get("/healthz").status_code == 200
