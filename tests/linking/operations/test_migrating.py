"""A migration that cannot have its table says who is in the way, and lets everybody else pass."""

import threading
from contextlib import contextmanager

import pytest
from django.db import OperationalError, connection

from linking.operations import migrating

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="SQLite has one lock for everything, and Django waits for it"
    ),
]
ALTER = 'ALTER TABLE "setup_member" ADD COLUMN "tried" integer'


@pytest.fixture
def said():
    return []


@contextmanager
def reading():
    """Somebody who has read the table and left the transaction open."""
    at_it, over = threading.Event(), threading.Event()

    def read():
        with connection.cursor() as cursor:
            cursor.execute("SET application_name = 'a forgotten psql'")
            cursor.execute("BEGIN")
            cursor.execute("SELECT count(*) FROM setup_member")
            at_it.set()
            over.wait(30)
            cursor.execute("ROLLBACK")
        connection.close()

    reader = threading.Thread(target=read)
    reader.start()
    at_it.wait(10)
    try:
        yield over
    finally:
        over.set()
        reader.join(10)


def alter():
    with connection.cursor() as cursor:
        cursor.execute(ALTER)
        cursor.execute('ALTER TABLE "setup_member" DROP COLUMN "tried"')
    return "altered"


def test_who_is_in_the_way_is_named(said):
    line = r"In the way: PID \d+, a forgotten psql.*, idle in transaction for \d+ s, holds setup_member"
    with reading(), pytest.raises(migrating.Held, match=line):
        migrating.patiently(alter, connection, seconds=0.2, tries=2, pause=0, say=said.append)
    assert "1 of 2 tries" in said[0]


def test_it_is_made_as_soon_as_they_have_gone(said):
    with reading() as over:

        def say(text):
            said.append(text)
            over.set()

        assert migrating.patiently(alter, connection, seconds=0.2, tries=50, pause=0.1, say=say) == "altered"
    assert said


def test_the_session_waits_as_before_afterwards(said):
    migrating.patiently(alter, connection, say=said.append)
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("0",)


def test_a_deadlock_is_tried_again(said):
    def deadlocked_once():
        if not said:
            with connection.cursor() as cursor:
                cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '40P01'; END $$")
        return alter()

    assert migrating.patiently(deadlocked_once, connection, tries=2, pause=0, say=said.append) == "altered"
    assert said[0].startswith(
        "A running process and this migration each had a table that the other one needed (1 of 2 tries)."
    )


def test_other_errors_are_the_migrations_own(said):
    def fail():
        raise OperationalError("the disk is full")

    with pytest.raises(OperationalError, match="the disk is full"):
        migrating.patiently(fail, connection, seconds=0.2, tries=2, pause=0, say=said.append)
    assert said == []
