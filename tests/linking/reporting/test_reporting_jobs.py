"""Writing a report survives whatever happens to workers, and leaves one file."""

import os
import signal
import threading
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import connection
from django.utils import timezone

from linking import jobs
from linking import queue as job_queue
from linking.domain.attempts import LIMITS, Cause
from linking.models import ChangeRow, Report
from linking.models.jobs import JobState
from linking.operations import recovery
from linking.reporting import asking, content, private_folder, rows, writing
from linking.runtime import process
from setup.models import Member
from tests.linking.visits import enter, text_of
from tests.processes import environ, redis, wait_until, worker
from tests.scenes import asset, product

pytestmark = pytest.mark.usefixtures("shelf")
LONG_AGO = timedelta(minutes=1)


@pytest.fixture
def asked(scene):
    place = scene([product("a", pictures=1)], [asset("front", "a", 1)])
    return asking.put(place.run(place.select()), "csv", now=timezone.now())


def now_of(report: Report) -> Report:
    report.refresh_from_db()
    return report


def files(shelf) -> list[str]:
    return sorted(path.name for path in shelf.iterdir()) if shelf.exists() else []


def test_a_bell_that_rings_twice_writes_one_file(asked, shelf):
    jobs.report(asked.pk)
    jobs.report(asked.pk)
    assert files(shelf) == [now_of(asked).file]


def test_one_of_two_workers_gets_it(asked):
    assert Report.take(asked.pk, now=timezone.now())
    assert Report.take(asked.pk, now=timezone.now()) is None
    assert writing.write_report(asked.pk) is False
    assert now_of(asked).state == JobState.RUNNING


def test_what_a_dead_worker_left_behind_is_removed_by_the_next(asked, shelf):
    dead = Report.take(asked.pk, now=timezone.now() - LONG_AGO)
    storages["reports"].save(dead.name_for(dead.owner), ContentFile(b"half of it"))
    jobs.report(asked.pk)
    assert now_of(asked).state == JobState.DONE
    assert files(shelf) == [asked.file]
    assert asked.file != dead.name_for(dead.owner)


def test_a_worker_that_was_given_up_for_lost_keeps_its_hands_off(asked, shelf, monkeypatch):
    def stolen(sync):
        Report.objects.update(heartbeat_at=timezone.now() - LONG_AGO)
        monkeypatch.undo()
        jobs.report(asked.pk)
        yield from lines_of(sync)

    lines_of = content.lines_of
    monkeypatch.setattr(content, "lines_of", stolen)
    assert writing.write_report(asked.pk) is False
    assert now_of(asked).state == JobState.DONE
    assert (asked.tries, files(shelf)) == (0, [asked.file])


def test_a_report_that_another_was_asked_for_meanwhile_is_not_kept(asked, shelf, monkeypatch):
    def overtaken(sync):
        sync.parts.update(finished=timezone.now())
        asking.put(sync, "csv", now=timezone.now())
        yield from lines_of(sync)

    lines_of = content.lines_of
    monkeypatch.setattr(content, "lines_of", overtaken)
    assert writing.write_report(asked.pk) is False
    assert (now_of(asked).state, files(shelf)) == (JobState.WAITING, [])
    monkeypatch.undo()
    jobs.report(asked.pk)
    assert (now_of(asked).state, files(shelf)) == (JobState.DONE, [asked.file])


def test_a_process_that_is_to_end_leaves_it_to_the_next(asked, monkeypatch):
    monkeypatch.setattr(process, "ending", True)
    assert writing.write_report(asked.pk) is True
    assert (now_of(asked).state, asked.tries) == (JobState.WAITING, 0)
    monkeypatch.undo()
    jobs.report(asked.pk)
    assert now_of(asked).state == JobState.DONE


def shown(client, report: Report) -> str:
    enter(client, report.sync.member)
    return text_of(client.get(f"/syncs/{report.sync.key}/report/"))


def test_a_folder_that_cannot_be_written_is_named_at_once_and_once_it_can_the_report_is_there(asked, shelf, client):
    shelf.write_text("a file where a folder should be")
    jobs.report(asked.pk)
    assert (now_of(asked).state, asked.tries) == (JobState.WAITING, 1)
    why = "AssetLink cannot write where it keeps reports (Not a directory). Tell the people who run AssetLink."
    assert why in shown(client, asked)
    shelf.unlink()
    Report.objects.update(not_before=None)
    jobs.report(asked.pk)
    assert (now_of(asked).state, str(asked.problem)) == (JobState.DONE, "")


def test_after_a_day_without_room_it_ends_and_may_be_asked_for_again(asked, shelf):
    shelf.write_text("a file where a folder should be")
    Report.objects.update(tries=LIMITS[Cause.STORAGE].tries - 1)
    jobs.report(asked.pk)
    assert now_of(asked).state == JobState.FAILED
    assert str(asked.problem).endswith("AssetLink tried for about 24 hours. Ask for it again.")
    shelf.unlink()
    again = asking.put(asked.sync, "csv", now=timezone.now())
    jobs.report(again.pk)
    assert (now_of(again).state, str(again.problem)) == (JobState.DONE, "")


def test_a_full_disk_is_named_and_nothing_half_written_is_left(asked, shelf, client, monkeypatch, caplog):
    real = private_folder.create

    def full(path):
        os.close(real(path))
        return os.open("/dev/full", os.O_WRONLY)

    monkeypatch.setattr(private_folder, "create", full)
    jobs.report(asked.pk)
    assert "disk is full. Tell the people who run AssetLink. AssetLink tries it again by itself." in shown(
        client, asked
    )
    assert files(shelf) == []
    assert "No space left on device" in caplog.text


def test_one_that_kills_every_worker_is_given_up(asked):
    for _ in range(3):
        assert Report.take(asked.pk, now=timezone.now())
        Report.objects.update(heartbeat_at=timezone.now() - LONG_AGO)
    jobs.report(asked.pk)
    assert now_of(asked).state == JobState.FAILED
    assert str(asked.problem).startswith("AssetLink lost the worker that did this 3 times. Ask for it again.")


def test_another_storage_is_a_matter_of_settings(asked, settings):
    settings.STORAGES = settings.STORAGES | {"reports": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}
    jobs.report(asked.pk)
    assert storages["reports"].size(now_of(asked).file) == asked.size


def test_only_the_owner_of_the_process_may_read_a_file_also_while_it_is_written(shelf):
    class Slow(ContentFile):
        def chunks(self, chunk_size=None):
            for chunk in (b"half", b"whole"):
                seen.extend(path.stat().st_mode & 0o777 for path in shelf.iterdir())
                yield chunk

    seen: list[int] = []
    before = os.umask(0)
    try:
        name = storages["reports"].save("report.csv", Slow(b""))
    finally:
        os.umask(before)
    assert seen == [0o600, 0o600]
    assert ((shelf / name).read_bytes(), (shelf / name).stat().st_mode & 0o777) == (b"halfwhole", 0o600)
    assert shelf.stat().st_mode & 0o777 == 0o700


@pytest.mark.django_db(transaction=True)
def test_others_may_write_into_the_database_while_a_report_is_written(asked, monkeypatch):
    """SQLite refuses a write to a connection that still reads what was there before another's write."""
    [row] = ChangeRow.objects.filter(part__sync=asked.sync)
    ChangeRow.objects.bulk_create(ChangeRow(**values_of(row), place=at, name=f"p{at}") for at in range(1, 20))
    lines_of = content.lines_of

    def with_others(sync):
        for line in lines_of(sync):
            other = threading.Thread(target=write_elsewhere)
            other.start()
            other.join()
            yield line

    monkeypatch.setattr(content, "lines_of", with_others)
    monkeypatch.setattr(content, "EVERY", 1)
    monkeypatch.setattr(rows, "CHUNK", 5)
    monkeypatch.setattr(writing, "KEEP_EVERY", 0)
    jobs.report(asked.pk)
    assert (now_of(asked).state, asked.written) == (JobState.DONE, 20)


def write_elsewhere() -> None:
    Member.objects.update(last_launch=timezone.now())
    connection.close()


@pytest.mark.workers
@pytest.mark.django_db(transaction=True)
def test_a_report_is_written_to_its_end_although_its_worker_is_killed(scene, tmp_path, settings, shelf):
    place = scene([product("a", pictures=1)], [asset("front", "a", 1)])
    sync = place.run(place.select())
    [row] = ChangeRow.objects.filter(part__sync=sync)
    several = (ChangeRow(**values_of(row), place=at, name=f"picture {at}") for at in range(1, 20_000))
    ChangeRow.objects.bulk_create(several, batch_size=2000)
    with redis(tmp_path) as url:
        settings.REDIS_URL = url
        report = asking.put(sync, "xlsx", now=timezone.now())
        with worker(environ(url), tmp_path, "first") as first:
            job_queue.enqueue("report", report.pk)
            wait_until(lambda: now_of(report).written > 0)
            kill_with_its_job(first.pid)
        assert report.state == JobState.RUNNING
        Report.objects.update(heartbeat_at=timezone.now() - LONG_AGO)
        with worker(environ(url), tmp_path, "second"):
            wait_until(lambda: swept(report))
    assert (report.state, report.total, report.tries) == (JobState.DONE, 20_000, 0)
    assert files(shelf) == [report.file]


def swept(report: Report) -> bool:
    """As the sweeper does it: again and again."""
    recovery.sweep()
    return not now_of(report).busy


def values_of(row: ChangeRow) -> dict:
    left_out = {"id", "place", "name"}
    return {field.attname: getattr(row, field.attname) for field in row._meta.fields if field.name not in left_out}


def kill_with_its_job(pid: int) -> None:
    """RQ's job is a child in a process group of its own: it outlives its parent."""
    children = [int(name) for name in os.listdir("/proc") if name.isdecimal() and parent_of(int(name)) == pid]
    assert children
    for each in (pid, *children):
        os.kill(each, signal.SIGKILL)


def parent_of(pid: int) -> int | None:
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return int(stat.read().rpartition(")")[2].split()[1])
    except OSError:
        return None
