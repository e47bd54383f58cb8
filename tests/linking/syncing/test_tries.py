"""Every kind of job ends: it counts the tries that did not get on, rests between them, and tells the person in the end."""

import re
from datetime import timedelta

import django_rq
import pytest
from django.utils import timezone
from rq.timeouts import JobTimeoutException

from linking import jobs
from linking.domain.attempts import LIMITS, Cause
from linking.links import checking
from linking.matching import asking
from linking.models import Selection
from linking.operations import recovery
from linking.reporting import asking as reporting
from linking.selection.alt_texts import asking as describing
from setup.redis_client import client as redis_of_app
from tests.linking.job_rows import (
    KINDS,
    LONG_AGO,
    begin_and_lose,
    broken,
    chairs,
    cloudinary,
    crash,
    fetching,
    now_of,
    rested,
)
from tests.linking.visits import enter, text_of
from tests.processes import wait_until
from tests.scenes import Scene

every_kind = pytest.mark.parametrize("name", KINDS)
asks_a_service = pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if kind.away])


# Every kind of work has some of these in both tiers.
pytestmark = [pytest.mark.usefixtures("no_pauses"), pytest.mark.cases(1)]


@pytest.fixture
def place(scene) -> Scene:
    return chairs(scene)


@every_kind
def test_an_error_of_ours_ends_the_work_after_three_tries_with_a_reference_to_the_log(name, place, monkeypatch, caplog):
    kind = KINDS[name]
    row = kind.ask(place)
    monkeypatch.setattr(kind.step, broken(ZeroDivisionError("of ours")))
    crash(kind, row, 2)
    assert now_of(row).state == "waiting"
    assert str(now_of(row).problem).startswith("AssetLink met an error of its own (reference ")
    crash(kind, row, 1)
    ended = now_of(row)
    assert (ended.state, ended.crashes, str(row.AGAIN) in str(ended.problem)) == ("failed", 3, True)
    [reference, again] = re.findall(r"reference ([0-9a-f]{8})\b", str(ended.problem))
    assert reference == again
    [reported] = [record for record in caplog.records if reference in record.getMessage()]
    assert reported.exc_info[0] is ZeroDivisionError
    kind.job(row.pk)  # nothing is begun again
    assert now_of(row).crashes == 3


@every_kind
def test_between_two_tries_the_work_rests(name, place, monkeypatch):
    kind = KINDS[name]
    row = kind.ask(place)
    monkeypatch.setattr(kind.step, broken(ZeroDivisionError("of ours")))
    crash(kind, row, 1)
    assert now_of(row).not_before > timezone.now() - timedelta(seconds=1)
    kind.job(row.pk)
    assert now_of(row).tries == 1
    later = timezone.now() + timedelta(seconds=LIMITS[Cause.CRASH].first + 1)
    assert type(row).objects.claim(row.pk, now=later)


@asks_a_service
def test_a_service_that_is_away_is_asked_ten_times_and_then_the_person_learns(name, place):
    kind = KINDS[name]
    row = kind.ask(place)
    place.world.faults.add(**kind.away)
    pauses = []
    for _ in range(9):
        rested(row)
        kind.job(row.pk)
        waiting = now_of(row)
        assert (waiting.state, waiting.crashes) == ("waiting", 0)
        pauses.append(round((waiting.not_before - waiting.heartbeat_at).total_seconds()))
    assert pauses == [5, 10, 20, 40, 80, 160, 320, 600, 600]
    rested(row)
    kind.job(row.pk)
    ended = now_of(row)
    assert (ended.state, ended.tries) == ("failed", 10)
    assert "AssetLink tried for about 31 minutes." in str(ended.problem)
    assert str(row.AGAIN) in str(ended.problem)


@every_kind
def test_work_whose_worker_is_lost_each_time_ends(name, place):
    kind = KINDS[name]
    row = kind.ask(place)
    begin_and_lose(row, 3)
    kind.job(row.pk)
    ended = now_of(row)
    assert ended.state == "failed"
    assert str(ended.problem).startswith("AssetLink lost the worker that did this 3 times.")
    assert str(row.AGAIN) in str(ended.problem)


@every_kind
def test_a_lost_worker_or_two_do_not_keep_the_work_from_being_done(name, place):
    kind = KINDS[name]
    row = kind.ask(place)
    begin_and_lose(row, 2)
    kind.job(row.pk)
    ended = now_of(row)
    assert (ended.state, ended.tries, ended.crashes, str(ended.problem)) == ("done", 0, 0, "")


@every_kind
def test_a_job_that_takes_too_long_is_ended_by_its_queue_and_counted(name, place, monkeypatch):
    kind = KINDS[name]
    row = kind.ask(place)
    monkeypatch.setattr(kind.step, broken(JobTimeoutException("Task exceeded maximum timeout value")))
    for _ in range(3):
        rested(row)
        with pytest.raises(JobTimeoutException):
            kind.job(row.pk)
    assert now_of(row).state == "failed"
    assert "it took too long; reference " in str(now_of(row).problem)


@every_kind
def test_a_process_that_is_ended_leaves_its_row_to_the_next(name, place, monkeypatch):
    kind = KINDS[name]
    row = kind.ask(place)
    monkeypatch.setattr(kind.step, broken(SystemExit(1)))
    with pytest.raises(SystemExit):
        kind.job(row.pk)
    assert (now_of(row).state, now_of(row).tries) == ("running", 0)


@every_kind
def test_what_is_asked_for_again_begins_with_all_its_tries(name, place, monkeypatch, client):
    kind = KINDS[name]
    row = kind.ask(place)
    with monkeypatch.context() as patch:
        patch.setattr(kind.step, broken(ZeroDivisionError("of ours")))
        crash(kind, row, 3)
    again = {
        "match": lambda: asking.put(row.selection, row.store, now=timezone.now(), again=True),
        "captions": lambda: describing.suggest(row.selection, row.selection.assets.all(), now=timezone.now()),
        "alts": lambda: describing.write_back(row.selection, now=timezone.now()),
        "links": lambda: checking.put(place.environment, now=timezone.now()),
        "report": lambda: reporting.put(row.sync, "csv", now=timezone.now()),
    }
    if name not in again:
        return  # a selection is made again
    again[name]()
    fresh = now_of(row)
    assert (fresh.state, fresh.tries, fresh.crashes, fresh.not_before) == ("waiting", 0, 0, None)
    kind.job(row.pk)
    assert now_of(row).state == "done"


@every_kind
def test_a_row_that_is_gone_is_no_failure(name, place):
    kind = KINDS[name]
    row = kind.ask(place)
    type(row).objects.filter(pk=row.pk).delete()
    kind.job(row.pk)


# What no other try helps


@pytest.mark.parametrize("status", ["http_404", "http_401"])
def test_a_refusal_by_cloudinary_ends_the_fetching_with_a_sentence(place, status, client):
    place.world.faults.add(**cloudinary(status))
    row = fetching(place)
    jobs.fetch(row.pk)
    assert now_of(row).state == "failed"
    assert "Ask an admin to check" in str(now_of(row).problem)
    assert str(now_of(row).problem) in text_of(enter(client, place.member).get(f"/selections/{row.key}/"))


def test_a_question_that_cloudinary_does_not_take_ends_the_fetching_with_a_sentence(place):
    place.world.settings.change({"ids_per_call": 1})
    row = fetching(place)
    jobs.fetch(row.pk)
    assert now_of(row).state == "failed"
    assert "Too many asset_ids" in str(now_of(row).problem)


def test_the_hourly_limit_of_cloudinary_is_waited_for_longer_than_an_hour(place):
    place.world.faults.add(**cloudinary("http_420"))
    row = fetching(place)
    jobs.fetch(row.pk)
    waiting = now_of(row)
    assert (waiting.state, str(waiting.problem)) == (
        "waiting",
        "This product environment has used up Cloudinary’s hourly API limit.",
    )
    assert waiting.not_before - waiting.heartbeat_at >= timedelta(minutes=7)


@pytest.mark.parametrize("status", ["http_429", "http_500"])
@pytest.mark.cases(1)
def test_a_person_tries_now_as_often_as_they_like_and_the_work_is_given_up_no_sooner(place, queue, client, status):
    place.world.faults.add(**cloudinary(status))
    row, address = fetching(place), f"/selections/{Selection.objects.get().key}/fetching/"
    jobs.fetch(row.pk)
    page = enter(client, place.member).get(address)
    assert ("AssetLink tries again at" if status == "http_429" else "AssetLink tries again in 5 s.") in text_of(page)
    assert 'id="try-now"' in page.content.decode()
    enqueued = django_rq.get_queue("default", connection=redis_of_app())
    for tries in range(1, 13):
        before = enqueued.count
        for _ in range(2):  # a double click
            assert 'id="try-now"' not in client.post(address).content.decode()
        assert enqueued.count == before + 1
        jobs.fetch(row.pk)
        assert (now_of(row).state, now_of(row).tries) == ("waiting", 1), f"after {tries} times"
    place.world.faults.clear()
    client.post(address)
    jobs.fetch(row.pk)
    assert now_of(row).state == "done"
    assert client.post(address).status_code == 200, "what is done is shown"


@pytest.mark.parametrize("times", [1, 2])
def test_a_server_of_cloudinary_that_fails_is_asked_again_before_anything_waits(place, times):
    place.world.faults.add(**cloudinary("http_503") | {"times": times, "operation": "resources_by_asset_ids"})
    row = fetching(place)
    jobs.fetch(row.pk)
    assert (now_of(row).state, now_of(row).tries) == ("done", 0)


# Sweeper, heartbeat, pages


def test_what_has_rested_goes_on_at_once(place, queue):
    fetching(place)
    now = timezone.now()
    Selection.objects.update(heartbeat_at=now - timedelta(seconds=5), not_before=now - timedelta(seconds=1))
    for _ in range(2):
        recovery.sweep()
    assert django_rq.get_queue("default", connection=redis_of_app()).count == 1, "and once"


def test_the_sweeper_lets_a_row_rest(place, queue):
    row = fetching(place)
    Selection.objects.update(heartbeat_at=timezone.now() - LONG_AGO, not_before=timezone.now() + LONG_AGO)
    waiting = django_rq.get_queue("default", connection=redis_of_app())
    recovery.sweep()
    assert waiting.count == 0
    Selection.objects.update(not_before=timezone.now() - timedelta(seconds=1))
    recovery.sweep()
    assert waiting.get_job_ids()[0].startswith(f"fetch-{row.pk}-")


@pytest.mark.django_db(transaction=True)
def test_work_that_hangs_in_one_call_is_not_taken_for_lost(place, monkeypatch):
    monkeypatch.setattr("linking.attempts.SILENCE", timedelta(seconds=0.3))
    row, seen = fetching(place), []

    def step(client):
        before = now_of(row).heartbeat_at
        wait_until(lambda: now_of(row).heartbeat_at > before)
        seen.append(now_of(row).state)
        return []

    monkeypatch.setattr("linking.selection.fetching.metadata_fields", step)
    jobs.fetch(row.pk)
    assert (seen, now_of(row).state) == (["running"], "done")


def test_a_page_says_why_it_waits_and_how_it_ended(place, client, monkeypatch):
    row = fetching(place)
    enter(client, place.member)
    monkeypatch.setattr("linking.selection.fetching.metadata_fields", broken(ZeroDivisionError("of ours")))
    crash(KINDS["fetch"], row, 1)
    page = text_of(client.get(f"/selections/{row.key}/"))
    assert "AssetLink met an error of its own" in page
    assert re.search(r"AssetLink tries again in [1-5] s\. Try now", page)
    crash(KINDS["fetch"], row, 2)
    page = text_of(client.get(f"/selections/{row.key}/"))
    assert "tell an admin the reference " in page
    assert "Goes on" not in page
    assert "Try now" not in page
