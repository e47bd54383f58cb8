"""AI captions as a job: what is asked, what is kept, what is never asked twice, and what a person reads when it cannot go on."""

import os
import signal
import subprocess
from datetime import timedelta

import pytest
from django.utils import timezone

from linking import queue as job_queue
from linking.models import AssetJob, SelectedAsset
from linking.operations import recovery
from linking.selection.alt_texts import asking, captioning, working
from linking.selection.alt_texts.asking import suggest, suggestible
from linking.selection.alt_texts.calls import AT_ONCE
from tests.films import clip
from tests.processes import environ, redis, wait_until, worker
from tests.scenes import asset, product

REDS = ["r0", "r1", "r2", "r3", "r4", "r5"]


@pytest.fixture
def place(scene):
    own = asset("own", "a", 9, context={"alt": "My own words"})
    built = scene([product("a")], [*(asset(name, "a", at) for at, name in enumerate(REDS)), own])
    built.world.settings.change({"caption_seconds": [0, 0]})
    return built


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Tries of one call follow each other at once."""
    monkeypatch.setattr("linking.selection.alt_texts.calls.PAUSES", (0.0, 0.0))


def ask(selection, *names) -> AssetJob | None:
    rows = [row for row in selection.assets.all() if row.asset.name in names] if names else None
    job, _ = suggest(selection, suggestible(selection.assets.all()) if rows is None else rows, now=timezone.now())
    return job


def worked(job: AssetJob) -> AssetJob:
    while working.work_on_assets(job.pk):
        pass
    return AssetJob.objects.get(pk=job.pk)


def states(selection) -> dict[str, str]:
    return {row.asset.name: row.caption_state for row in selection.assets.all()}


def made(place) -> int:
    return place.world.environments[0].captions["made"]


def test_assets_without_an_alt_text_get_a_proposal_and_no_decision(place):
    chosen = place.select()
    job = worked(ask(chosen))
    assert (job.state, job.total, job.done, job.failed) == ("done", 6, 6, 0)
    assert states(chosen) == dict.fromkeys(REDS, "offered") | {"own": ""}
    assert "picture of r3" in chosen.assets.get(place=3).caption
    assert set(chosen.assets.values_list("alt", flat=True)) == {None}


def test_videos_are_not_asked_about(scene):
    place = scene([], [asset("film", "a", content=clip(1))])
    assert ask(place.select()) is None


def test_only_those_that_were_chosen_are_asked_about_also_if_they_have_a_text(place):
    chosen = place.select()
    worked(ask(chosen, "own", "r1"))
    assert {name for name, state in states(chosen).items() if state == "offered"} == {"own", "r1"}
    assert made(place) == 2


def test_an_asset_that_has_a_caption_is_not_asked_about_again_in_any_selection(place):
    worked(ask(place.select("r0", "r1")))
    chosen = place.select()
    worked(ask(chosen))
    assert states(chosen) == dict.fromkeys(REDS, "offered") | {"own": ""}
    assert made(place) == 6


def test_a_new_version_of_the_asset_is_asked_about_again(place):
    worked(ask(place.select("r0")))
    environment = place.world.environments[0]
    environment.overwrite(next(known for known in environment.assets.values() if known.display_name == "r0"))
    worked(ask(place.select("r0")))
    assert made(place) == 2


def test_captions_of_another_environment_are_never_taken(place):
    stranger = type(place.environment).objects.create(cloud_name="other", api_key="k", api_secret="s")
    chosen = place.select("r0")
    SelectedAsset.objects.update(caption="Strangers' words")
    type(chosen).objects.update(environment=stranger)
    mine = place.select("r0")
    worked(ask(mine))
    assert mine.assets.get().caption != "Strangers' words"


def test_asking_again_while_the_job_goes_on_adds_to_it(place):
    chosen = place.select()
    first, again = ask(chosen, "r0"), ask(chosen, "r0", "r1")
    assert first.pk == again.pk
    assert worked(again).total == 2
    assert made(place) == 2


def test_a_picture_without_words_fails_alone_with_a_reason(place):
    place.world.faults.add(service="cloudinary", kind="caption_fails", match="r2", times=None)
    chosen = place.select()
    job = worked(ask(chosen))
    assert (job.state, job.done, job.failed) == ("done", 5, 1)
    assert "Type the alt text" in str(chosen.assets.get(place=2).caption_problem)


def test_a_picture_that_gets_no_answer_fails_alone_after_three_tries(place):
    place.world.faults.add(service="cloudinary", kind="http_502", operation="explicit", match="shop/r2", times=None)
    chosen = place.select()
    job = worked(ask(chosen))
    assert (job.state, job.done, job.failed) == ("done", 5, 1)
    assert chosen.assets.get(place=2).caption_problem == captioning.NO_ANSWER


def test_a_failed_one_can_be_asked_about_again(place):
    place.world.faults.add(service="cloudinary", kind="caption_fails", match="r2")
    chosen = place.select()
    worked(ask(chosen))
    worked(ask(chosen))
    assert states(chosen)["r2"] == "offered"
    assert made(place) == 7


def test_without_a_subscription_one_learns_who_can_help_and_nothing_waits(place):
    place.world.settings.change({"captions": "absent"})
    chosen = place.select()
    job = worked(ask(chosen))
    assert job.state == "failed"
    assert "admin" in str(job.problem)
    assert "subscription" in str(job.problem)
    assert set(states(chosen).values()) == {""}


def test_a_used_up_quota_keeps_what_came_and_says_when_to_ask_again(place):
    place.world.settings.change({"caption_quota": 2})
    chosen = place.select()
    job = worked(ask(chosen))
    assert (job.state, job.done) == ("failed", 2)
    assert "next month" in str(job.problem)
    assert sorted(states(chosen).values()).count("offered") == 2
    assert "asked" not in states(chosen).values()


def test_while_cloudinary_does_not_answer_the_job_waits_and_loses_nothing(place):
    place.world.faults.add(service="cloudinary", kind="http_502", operation="explicit", times=None)
    chosen = place.select()
    job = worked(ask(chosen))
    assert job.state == "waiting"
    assert str(job.problem) == "Cloudinary does not answer."
    assert list(states(chosen).values()).count("asked") == 6
    place.world.faults.clear()
    AssetJob.objects.update(not_before=None)
    job = worked(job)
    assert (job.state, str(job.problem), job.done) == ("done", "", 6)


def test_a_job_whose_worker_died_goes_on_and_asks_only_for_the_rest(place):
    chosen = place.select()
    job = ask(chosen)
    claimed = AssetJob.objects
    assert claimed.claim(job.pk, now=timezone.now())
    job.refresh_from_db()
    captioning.settle(job, chosen.assets.get(place=0), caption="Said before it died", caption_state="offered")
    assert not working.work_on_assets(job.pk)  # it may still live
    assert made(place) == 0
    AssetJob.objects.update(heartbeat_at="2026-01-01T00:00:00Z")
    assert worked(job).done == 6
    assert made(place) == 5
    assert chosen.assets.get(place=0).caption == "Said before it died"


def test_stopped_it_asks_nothing_more_and_keeps_what_came(place):
    chosen = place.select()
    job = ask(chosen)
    asking.stop(chosen, asking.CAPTIONS)
    job = worked(job)
    assert (job.state, job.problem) == ("done", asking.STOPPED)
    assert made(place) == 0
    assert set(states(chosen).values()) == {""}


def test_stopped_while_it_works_it_offers_nothing_more(place):
    place.world.settings.change({"caption_seconds": [0.7, 0.7]})
    chosen = place.select()
    job = ask(chosen)
    stopped = []

    def after_the_first(*args, **outcome):
        if not stopped:
            stopped.append(asking.stop(chosen, asking.CAPTIONS))
        settle(*args, **outcome)

    settle, captioning.settle = captioning.settle, after_the_first
    try:
        working.work_on_assets(job.pk)
    finally:
        captioning.settle = settle
    assert set(states(chosen).values()) == {""}
    assert (AssetJob.objects.get().state, AssetJob.objects.get().problem) == ("done", asking.STOPPED)


def test_a_job_that_nobody_hears_of_is_swept_up(place, monkeypatch):
    enqueued_at = []
    monkeypatch.setattr(job_queue, "enqueue", lambda name, pk: enqueued_at.append((name, pk)) or True)
    job = ask(place.select())
    AssetJob.objects.update(heartbeat_at="2026-01-01T00:00:00Z")
    recovery.sweep()
    assert ("assets", job.pk) in enqueued_at


@pytest.mark.workers
@pytest.mark.django_db(transaction=True)
def test_a_killed_workers_captions_are_finished_by_another_which_asks_only_for_the_rest(scene, tmp_path, settings):
    place = scene([], [asset(f"r{at}", "a", at) for at in range(16)])
    place.world.settings.change({"caption_seconds": [0.4, 0.4]})
    with redis(tmp_path) as url:
        settings.REDIS_URL = url
        chosen = place.select()
        job = ask(chosen)
        with worker(environ(url), tmp_path, "one") as first:
            job_queue.enqueue("assets", job.pk)
            wait_until(lambda: list(states(chosen).values()).count("offered") >= 4)
            kill_all(first)
        kept = list(states(chosen).values()).count("offered")
        assert kept < 16
        AssetJob.objects.update(heartbeat_at="2026-01-01T00:00:00Z")
        with worker(environ(url), tmp_path, "two"):
            recovery.sweep()
            wait_until(lambda: AssetJob.objects.get().state == "done")
    assert set(states(chosen).values()) == {"offered"}
    assert made(place) <= 16 + AT_ONCE  # what was in hand when it died; an answer that never came cannot be known


def kill_all(process) -> None:
    """The worker and its child, without a chance to say anything."""
    children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(process.pid)], capture_output=True, text=True).stdout
    for pid in [process.pid, *map(int, children.split())]:
        os.kill(pid, signal.SIGKILL)
    process.wait(10)


def add_on(place) -> dict:
    return type(place.environment).objects.get(pk=place.environment.pk).add_on


def test_what_was_made_is_taken_from_what_was_left_and_the_add_on_is_known_to_answer(place):
    now = timezone.now().isoformat()
    kept = {"state": "answers", "left": 48, "limit": 48, "counted": now, "tried": now}
    type(place.environment).objects.update(add_on=kept)
    worked(ask(place.select()))
    assert (add_on(place)["state"], add_on(place)["left"]) == ("answers", 42)


def test_a_count_of_another_day_is_read_again_for_nothing_before_anything_is_spent(place):
    then = (timezone.now() - timedelta(days=40)).isoformat()
    kept = {"state": "answers", "left": 3, "limit": 500, "counted": then, "tried": then}
    type(place.environment).objects.update(add_on=kept)
    worked(ask(place.select("r0")))
    assert add_on(place)["left"] == 499


@pytest.mark.parametrize(("settings", "state"), [({"captions": "absent"}, "absent"), ({"caption_quota": 2}, "used_up")])
def test_a_refusal_while_captions_are_made_takes_the_offer_away(place, settings, state):
    type(place.environment).objects.update(captions="on")
    place.world.settings.change(settings)
    chosen = place.select()
    assert chosen.environment.offers_captions
    worked(ask(chosen))
    assert add_on(place)["state"] == state
    assert not type(place.environment).objects.get().offers_captions
    with pytest.raises(asking.CaptionsOff):
        asking.ask_for_captions(type(chosen).objects.get(), [])
