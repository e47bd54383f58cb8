"""Every kind of job ends: it counts the tries that did not get on, rests between them, and tells the person in the end."""

import re
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

import django_rq
import pytest
from django.utils import timezone
from rq.timeouts import JobTimeoutException

from linking import jobs
from linking.domain.attempts import LIMITS, Cause
from linking.links import checking
from linking.matching import asking
from linking.models import AssetJob, Link, LinkCheck, Report, SelectedAsset, Selection, StoreMatch
from linking.models.jobs import JobRow
from linking.operations import recovery
from linking.reporting import asking as reporting
from linking.selection.alt_texts import asking as describing
from setup.redis_client import client as redis_of_app
from tests.linking.visits import enter, text_of
from tests.processes import wait_until
from tests.scenes import Scene, asset, product

LONG_AGO = timedelta(minutes=1)


@dataclass
class Kind:
    """A kind of job. `ask` makes a row of it that waits; `step` is something that its work does early."""

    job: Callable[[int], None]
    ask: Callable[[Scene], JobRow]
    step: str
    away: dict | None = None  # the fault under which its service does not answer


def fetching(place: Scene) -> Selection:
    made = Selection.objects.create(environment=place.environment, member=place.member)
    ids = list(place.world.environments[0].assets)
    SelectedAsset.objects.bulk_create(SelectedAsset(selection=made, place=at, asset_id=id) for at, id in enumerate(ids))
    return made


def question(place: Scene) -> StoreMatch:
    return asking.ask(place.select(), place.stores[0], now=timezone.now())[0]


def captions(place: Scene) -> AssetJob:
    chosen = place.select()
    return describing.suggest(chosen, chosen.assets.all(), now=timezone.now())[0]


def alts(place: Scene) -> AssetJob:
    chosen = place.select()
    for row in chosen.assets.all():  # a call for each: Cloudinary is away when several get no answer
        chosen.assets.filter(pk=row.pk).update(alt=f"Chair {row.place}", alt_source="typed")
    return describing.write_back(chosen, now=timezone.now())[0]


def links(place: Scene) -> LinkCheck:
    place.run(place.select())
    return checking.ask(place.environment, now=timezone.now())[0]


def report(place: Scene) -> Report:
    return reporting.ask(place.run(place.select()), "csv", now=timezone.now())


def shopify(kind: str) -> dict:
    return {"service": "shopify", "kind": kind, "times": None}


def cloudinary(kind: str) -> dict:
    return {"service": "cloudinary", "kind": kind, "times": None}


KINDS = {
    "fetch": Kind(jobs.fetch, fetching, "linking.selection.fetching.metadata_fields", cloudinary("http_502")),
    "match": Kind(jobs.match, question, "linking.matching.asking.keys_of", shopify("http_503")),
    "captions": Kind(jobs.assets, captions, "linking.selection.alt_texts.captioning.remember", cloudinary("http_502")),
    "alts": Kind(jobs.assets, alts, "linking.selection.alt_texts.saving.batches", cloudinary("http_502")),
    "links": Kind(jobs.links, links, "linking.links.checking._mark", shopify("http_503")),
    "report": Kind(jobs.report, report, "linking.reporting.writing.forget"),
}
every_kind = pytest.mark.parametrize("name", KINDS)
asks_a_service = pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if kind.away])


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Repeats of one call follow each other at once."""
    monkeypatch.setattr("linking.selection.alt_texts.calls.PAUSES", (0.0, 0.0))
    monkeypatch.setattr("setup.shopify.client.ATTEMPTS", 1)


@pytest.fixture
def place(scene) -> Scene:
    built = scene([product("a"), product("b")], [asset(f"p{at}", "a", at) for at in range(5)])
    built.world.settings.change({"caption_seconds": [0, 0]})
    return built


def now_of(row: JobRow) -> JobRow:
    return type(row).objects.get(pk=row.pk)


def rested(row: JobRow) -> None:
    """The pause is over."""
    type(row).objects.filter(pk=row.pk).update(not_before=None)


def broken(error: BaseException) -> Callable:
    def step(*args, **kwargs):
        raise error

    return step


def begin_and_lose(row: JobRow, times: int) -> None:
    """Workers claim the row and die, one after another."""
    for _ in range(times):
        assert type(row).objects.claim(row.pk, now=timezone.now())
        assert not type(row).objects.claim(row.pk, now=timezone.now()), "it may still live"
        type(row).objects.filter(pk=row.pk).update(heard=timezone.now() - LONG_AGO)


def crash(kind: Kind, row: JobRow, times: int) -> None:
    for _ in range(times):
        rested(row)
        with pytest.raises(ZeroDivisionError):
            kind.job(row.pk)


@every_kind
def test_an_error_of_ours_ends_the_work_after_three_tries_with_a_reference_to_the_log(name, place, monkeypatch, caplog):
    kind = KINDS[name]
    row = kind.ask(place)
    monkeypatch.setattr(kind.step, broken(ZeroDivisionError("of ours")))
    crash(kind, row, 2)
    assert now_of(row).state == "waiting"
    assert now_of(row).problem.startswith("AssetLink met an error of its own (reference ")
    crash(kind, row, 1)
    ended = now_of(row)
    assert (ended.state, ended.crashes, row.AGAIN in ended.problem) == ("failed", 3, True)
    [reference, again] = re.findall(r"reference ([0-9a-f]{8})\b", ended.problem)
    assert reference == again
    [told] = [record for record in caplog.records if reference in record.getMessage()]
    assert told.exc_info[0] is ZeroDivisionError
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
def test_a_service_that_is_away_is_asked_ten_times_and_then_the_person_is_told(name, place):
    kind = KINDS[name]
    row = kind.ask(place)
    place.world.faults.add(**kind.away)
    pauses = []
    for _ in range(9):
        rested(row)
        kind.job(row.pk)
        waiting = now_of(row)
        assert (waiting.state, waiting.crashes) == ("waiting", 0)
        pauses.append(round((waiting.not_before - waiting.heard).total_seconds()))
    assert pauses == [5, 10, 20, 40, 80, 160, 320, 600, 600]
    rested(row)
    kind.job(row.pk)
    ended = now_of(row)
    assert (ended.state, ended.tries) == ("failed", 10)
    assert "It was tried for about 31 minutes." in ended.problem
    assert row.AGAIN in ended.problem


@every_kind
def test_work_whose_worker_is_lost_each_time_ends(name, place):
    kind = KINDS[name]
    row = kind.ask(place)
    begin_and_lose(row, 3)
    kind.job(row.pk)
    ended = now_of(row)
    assert ended.state == "failed"
    assert ended.problem.startswith("The worker that did this was lost 3 times.")
    assert row.AGAIN in ended.problem


@every_kind
def test_a_lost_worker_or_two_do_not_keep_the_work_from_being_done(name, place):
    kind = KINDS[name]
    row = kind.ask(place)
    begin_and_lose(row, 2)
    kind.job(row.pk)
    ended = now_of(row)
    assert (ended.state, ended.tries, ended.crashes, ended.problem) == ("done", 0, 0, "")


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
    assert "it took too long; reference " in now_of(row).problem


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
        "match": lambda: asking.ask(row.selection, row.store, now=timezone.now(), afresh=True),
        "captions": lambda: describing.suggest(row.selection, row.selection.assets.all(), now=timezone.now()),
        "alts": lambda: describing.write_back(row.selection, now=timezone.now()),
        "links": lambda: checking.ask(place.environment, now=timezone.now()),
        "report": lambda: reporting.ask(row.sync, "csv", now=timezone.now()),
    }
    if name not in again:
        return  # a selection is made anew
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


# What was done is not counted against what is left


def test_links_that_were_looked_at_are_progress(place, monkeypatch):
    monkeypatch.setattr("linking.links.checking.PER_LOOK", 1)
    row, looked, tried = links(place), checking._mark, Counter()

    def at_the_third_try(attempt, found):
        tried[found[0].pk] += 1
        if tried[found[0].pk] < 3:
            raise ZeroDivisionError("of ours")
        looked(attempt, found)

    monkeypatch.setattr("linking.links.checking._mark", at_the_third_try)
    while now_of(row).busy:
        rested(row)
        with suppress(ZeroDivisionError):
            jobs.links(row.pk)
    assert now_of(row).state == "done"
    assert set(tried.values()) == {3}
    assert len(tried) == Link.objects.count() == 5


def test_assets_that_were_fetched_are_progress_and_are_not_asked_for_again(place, monkeypatch):
    monkeypatch.setattr("linking.cloudinary.assets.CHUNK", 2)
    row, known = fetching(place), []
    Selection.objects.update(tries=8)
    while now_of(row).busy:
        place.world.faults.clear()
        place.world.faults.add(**cloudinary("http_502"), operation="resources_by_asset_ids", after=1)
        rested(row)
        jobs.fetch(row.pk)
        known.append((row.assets.exclude(details={}).count(), now_of(row).tries))
    assert known == [(2, 1), (4, 1), (5, 0)]
    assert {field["code"]: field["filled"] for field in now_of(row).offered_fields}["metadata:sku"] == 5


def test_captions_that_came_are_progress(place, monkeypatch):
    monkeypatch.setattr("linking.selection.alt_texts.calls.AT_ONCE", 1)
    row = captions(place)
    AssetJob.objects.update(tries=8)
    place.world.faults.add(**cloudinary("http_502"), operation="explicit", after=1)
    jobs.assets(row.pk)
    assert (now_of(row).done, now_of(row).tries, now_of(row).state) == (1, 1, "waiting")


def test_a_catalog_that_is_read_further_is_progress_and_one_that_stands_still_is_none(place, monkeypatch):
    place.world.settings.change({"bulk_seconds": [3600, 3600]})
    row = asking.ask(place.select(fold=True), place.stores[0], now=timezone.now())[0]
    monkeypatch.setattr("linking.matching.asking.SLICE", 0.5)
    assert asking.match_store(row.pk) is True  # it was begun
    for tries in range(1, 10):
        rested(row)
        assert asking.match_store(row.pk) is False
        assert (now_of(row).state, now_of(row).tries) == ("waiting", tries)
    StoreMatch.objects.update(bulk_objects=4711)  # as if it had been somewhere else before
    rested(row)
    assert asking.match_store(row.pk) is True
    assert now_of(row).tries == 0
    StoreMatch.objects.update(tries=9)
    assert asking.match_store(row.pk) is False
    assert now_of(row).state == "failed"
    assert now_of(row).problem.startswith(asking.STANDS_STILL)


# What no other try helps


@pytest.mark.parametrize("status", ["http_404", "http_401"])
def test_a_refusal_by_cloudinary_ends_the_fetching_with_a_sentence(place, status, client):
    place.world.faults.add(**cloudinary(status))
    row = fetching(place)
    jobs.fetch(row.pk)
    assert now_of(row).state == "failed"
    assert "Ask an admin to check" in now_of(row).problem
    assert now_of(row).problem in text_of(enter(client, place.member).get(f"/selections/{row.key}/"))


def test_a_question_that_cloudinary_does_not_take_ends_the_fetching_with_a_sentence(place):
    place.world.settings.change({"ids_per_call": 1})
    row = fetching(place)
    jobs.fetch(row.pk)
    assert now_of(row).state == "failed"
    assert "Too many asset_ids" in now_of(row).problem


def test_the_hourly_limit_of_cloudinary_is_waited_for_longer_than_an_hour(place):
    place.world.faults.add(**cloudinary("http_420"))
    row = fetching(place)
    jobs.fetch(row.pk)
    waiting = now_of(row)
    assert (waiting.state, waiting.problem) == ("waiting", "Cloudinary's hourly API limit is used up.")
    assert waiting.not_before - waiting.heard >= timedelta(minutes=7)


# Sweeper, heartbeat, pages


def test_the_sweeper_lets_a_row_rest(place, queue):
    row = fetching(place)
    Selection.objects.update(heard=timezone.now() - LONG_AGO, not_before=timezone.now() + LONG_AGO)
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
        before = now_of(row).heard
        wait_until(lambda: now_of(row).heard > before)
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
    assert "It is tried again." in page
    crash(KINDS["fetch"], row, 2)
    page = text_of(client.get(f"/selections/{row.key}/"))
    assert "tell an admin the reference " in page
    assert "It is tried again." not in page
