"""A video on its way into the store: what breaks off, hangs, dies or comes late, and what the next worker makes of it."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from linking import queue as job_queue
from linking.domain.limits import MB
from linking.models import StoreFile, StoreLease, StoreSync, Sync
from linking.runtime import process as job_process
from linking.syncing import uploads
from linking.syncing.work import Next, work
from tests import pressing
from tests.films import CHUNK, Cinema, cinema
from tests.linking.syncing.video_runs import State, film, operations, outcomes, reason, shown_by, videos, worked_off
from tests.processes import ROOT, environ, wait_until
from tests.scenes import asset, part_of, product
from tests.tiers import product_of


@contextmanager
def once_playing(house: Cinema, act: Callable[[], object]) -> Iterator[None]:
    """Does it when the first bytes of the video have left, however long a busy machine takes to get there."""

    def wait() -> None:
        wait_until(lambda: house.sent > 0)
        act()
        connection.close()

    waiting = threading.Thread(target=wait)
    waiting.start()
    yield
    waiting.join()


@pytest.fixture
def place(theatre):
    """A product with a picture; a video and a picture for it."""
    return theatre([product("a", pictures=1)], [film("turn", "a"), asset("front", "a", 1)])


@pytest.mark.parametrize("kind", ["reset", "http_503", "lost_answer", "error_after"])
@pytest.mark.cases(2)
def test_an_upload_without_a_good_answer_begins_again_with_another_target(place, kind):
    place.world.faults.add(service="shopify", kind=kind, operation="stagedUpload", times=1)
    assert outcomes(place.run(place.select("turn"))) == {"turn": "done"}
    assert operations(place) == ["stagedUploadsCreate", "stagedUploadsCreate", "fileCreate", "fileUpdate"]
    assert len(videos(place)) == 1


@pytest.mark.parametrize(
    ("operation", "kind"),
    product_of(
        ["stagedUploadsCreate", "fileCreate", "fileUpdate"],
        ["lost_answer", "error_after", "internal_error_after", "http_503", "reset"],
    ),
)
@pytest.mark.cases(2)
def test_an_answer_that_never_came_doubles_no_video(place, kind, operation):
    place.world.faults.add(service="shopify", kind=kind, operation=operation, times=1)
    sync = pressing.link(place.select("turn"), "token", dry_run=False)
    assert worked_off(sync) == {"turn": "done"}
    assert len(videos(place)) == 1
    assert len(place.gallery("product-a")) == 2


def test_what_is_staged_is_not_uploaded_again(place):
    place.world.faults.add(service="shopify", kind="http_503", operation="fileCreate", times=2)
    sync = pressing.link(place.select("turn"), "token", dry_run=False)
    assert worked_off(sync) == {"turn": "done"}
    assert operations(place) == ["stagedUploadsCreate", "fileCreate", "fileUpdate"]


@pytest.mark.parametrize("state", [State.UPLOADING, State.STAGED])
@pytest.mark.cases(1)
def test_what_a_dead_worker_left_half_done_or_too_old_is_uploaded_again(place, state):
    sync = place.run(place.select("turn"), dry_run=True)
    long_ago = timezone.now() - timedelta(hours=2)
    gone = f"{place.url}/staged/shopify-video-production-core-originals/c/o/v/00.mp4?external_video_id=99"
    StoreFile.objects.update(state=state, staged_url=gone, staged_until=long_ago, uploads=1)
    assert outcomes(place.apply(sync)) == {"turn": "done"}
    assert len(videos(place)) == 1


def test_an_upload_that_never_succeeds_fails_alone(place, monkeypatch):
    monkeypatch.setattr(uploads, "TRIES", 2)
    place.world.faults.add(service="shopify", kind="http_503", operation="stagedUpload", times=None)
    sync = place.run(place.select("turn", "front"))
    assert outcomes(sync) == {"turn": "failed", "front": "done"}
    assert "2 tries" in reason(sync)
    assert videos(place) == []
    place.world.faults.clear()
    assert outcomes(place.run(place.select("turn", "front")))["turn"] == "done"


def test_a_delivery_that_breaks_off_is_never_uploaded_as_if_it_were_whole(place, monkeypatch):
    monkeypatch.setattr(uploads, "TRIES", 2)
    with cinema(4 * MB, breaks_at=2 * MB) as house:
        shown_by(place, house)
        assert outcomes(place.run(place.select("turn"))) == {"turn": "failed"}
        assert house.asked == 2
    assert not any(target.content for target in place.shop.staged.values())


def test_a_video_that_shopify_cannot_read_fails_with_what_to_do_and_comes_by_the_next_run(place):
    place.world.faults.add(service="shopify", kind="media_fails", match="turn", code="VIDEO_METADATA_READ_ERROR")
    chosen = place.select("turn")
    sync = place.run(chosen)
    assert outcomes(sync) == {"turn": "failed"}
    assert "could not read the video" in reason(sync)
    assert outcomes(place.run(chosen)) == {"turn": "done"}


def test_an_upload_may_outlast_the_slice_and_keeps_the_lease(place, settings):
    settings.LEASE_SECONDS = 3.0  # a slice is two thirds of it; less, and a busy machine would renew it too late
    with cinema(3 * MB, pace=0.7) as house:
        shown_by(place, house)
        sync = pressing.link(place.select("turn"), "token", dry_run=False)
        while part_of(sync).state == StoreSync.State.PLANNING:
            work(part_of(sync).pk)
        assert house.pace * house.size / CHUNK > 2 * settings.LEASE_SECONDS
        while not house.asked:  # on a busy machine a slice may be over before its first byte
            assert work(part_of(sync).pk) == Next.AGAIN
        assert StoreFile.objects.get().state == State.STAGED  # in that one slice, from the first byte to the last
        assert worked_off(sync) == {"turn": "done"}
    assert house.asked == 1
    assert part_of(sync).setbacks == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("trouble", [{"pace": 0.2}, {"stalls_at": MB}])
@pytest.mark.cases(1)
def test_an_abort_breaks_an_upload_off_also_one_that_hangs(place, trouble):
    with cinema(20 * MB, **trouble) as house:
        shown_by(place, house)
        sync = pressing.link(place.select("turn"), "token", dry_run=False)
        while part_of(sync).state == StoreSync.State.PLANNING:
            work(part_of(sync).pk)

        def abort() -> None:
            wait_until(lambda: StoreSync.objects.filter(doing__startswith="doing.uploading_video").exists())
            Sync.objects.filter(pk=sync.pk).update(abort_requested=timezone.now())
            connection.close()

        aborting = threading.Thread(target=abort)
        aborting.start()
        assert worked_off(sync) == {"turn": "aborted"}
        aborting.join()
        assert house.asked == 1
        assert house.sent < house.size
    assert operations(place) == ["stagedUploadsCreate"]
    assert videos(place) == []
    row = StoreFile.objects.get()
    assert (row.state, row.uploads) == (State.PLANNED, 0)
    assert StoreLease.objects.get().owner == ""


def test_a_worker_that_is_asked_to_end_leaves_the_upload_to_the_next_one(place, monkeypatch):
    with cinema(20 * MB, pace=0.2) as house:
        shown_by(place, house)
        sync = pressing.link(place.select("turn"), "token", dry_run=False)
        assert work(part_of(sync).pk) == Next.AGAIN  # planned
        with once_playing(house, lambda: monkeypatch.setattr(job_process, "ending", True)):
            assert work(part_of(sync).pk) == Next.AGAIN
        row = StoreFile.objects.get()
        assert (house.asked, row.state, row.uploads) == (1, State.PLANNED, 0)


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_lost_its_lease_stops_uploading_without_another_word(place, settings):
    settings.LEASE_SECONDS = 3  # looked at every half second
    with cinema(20 * MB, pace=0.2) as house:
        shown_by(place, house)
        sync = pressing.link(place.select("turn"), "token", dry_run=False)
        work(part_of(sync).pk)
        with once_playing(house, lambda: StoreSync.objects.update(owner="another", fence=99)):
            assert work(part_of(sync).pk) == Next.NOTHING
    assert StoreFile.objects.get().state == State.UPLOADING
    # It may lose its lease before it has a place to upload to.
    assert {*operations(place)} <= {"stagedUploadsCreate"}


def test_only_a_run_that_brings_videos_gets_the_time_for_it(place):
    with_video = place.run(place.select("turn", "front"), dry_run=True)
    without = place.run(place.select("front"), dry_run=True)
    assert job_queue.KINDS["sync"].timeout(part_of(with_video).pk) > 3600
    assert (
        job_queue.KINDS["sync"].timeout(part_of(without).pk) == job_queue.KINDS["match"].timeout(1) == job_queue.TIMEOUT
    )


def test_a_name_that_shopify_refuses_late_is_looked_for_and_no_video_doubled(place):
    place.world.settings.change({"duplicate_name": "later"})
    place.world.faults.add(service="shopify", kind="lost_answer", operation="fileCreate", times=1)
    sync = pressing.link(place.select("turn"), "token", dry_run=False)
    assert worked_off(sync) == {"turn": "done"}
    assert [file.status for file in place.shop.files.values() if file.kind == "Video"].count("READY") == 1


@pytest.mark.django_db(transaction=True)
def test_200_megabytes_pass_through_a_worker_that_never_holds_them(place):
    with cinema(200 * MB) as house:
        shown_by(place, house)
        sync = pressing.link(place.select("turn"), "token", dry_run=False)
        done = subprocess.run(alone(sync), capture_output=True, text=True, timeout=240, **surroundings())
    assert outcomes(sync) == {"turn": "done"}, done.stderr
    assert [target.content.size for target in place.shop.staged.values()] == [200 * MB]
    assert int(done.stdout) < 200 * MB


@pytest.mark.django_db(transaction=True)
def test_an_upload_whose_worker_is_killed_is_begun_again_by_the_next_one(place):
    with cinema(20 * MB, pace=0.05) as house:
        shown_by(place, house)
        sync = pressing.link(place.select("turn"), "token", dry_run=False)
        process = subprocess.Popen(alone(sync), **surroundings())
        try:
            wait_until(lambda: StoreSync.objects.filter(doing__startswith="doing.uploading_video").exists())
        finally:
            process.kill()
            process.wait(10)
        assert StoreFile.objects.get().state == State.UPLOADING
        StoreSync.objects.update(lease_until=timezone.now())  # as the parent of the dead process does
        house.pace = 0.0
        assert worked_off(sync) == {"turn": "done"}
    assert house.asked == 2
    assert operations(place) == ["stagedUploadsCreate", "stagedUploadsCreate", "fileCreate", "fileUpdate"]
    assert len(videos(place)) == 1


def alone(sync) -> list[str]:
    return [sys.executable, "-m", "tests.peak", str(part_of(sync).pk)]


def surroundings() -> dict:
    return {"env": {**os.environ, **environ("redis://127.0.0.1:1/0")}, "cwd": ROOT}


def test_what_a_worker_that_was_asleep_uploaded_changes_nothing_of_what_another_has_done_since(place, monkeypatch):
    patiently = uploads._patiently

    def asleep(run, transfer, *, say):
        """The upload arrives while its worker sleeps; another has taken over and brought the video meanwhile."""
        done = patiently(run, transfer, say=say)
        if "Uploading" in str(say()):
            StoreSync.objects.update(owner="another", fence=99)
            StoreFile.objects.update(state=State.READY, file_id="gid://shopify/Video/1")
        return done

    monkeypatch.setattr(uploads, "_patiently", asleep)
    sync = pressing.link(place.select("turn"), "token", dry_run=False)
    work(part_of(sync).pk)
    assert work(part_of(sync).pk) == Next.NOTHING
    assert StoreFile.objects.get().state == State.READY
