"""Decided alt texts saved to the assets in Cloudinary: only the key `alt`, once, and each failure by name."""

import pytest
from django.utils import timezone

from linking.models import AssetJob
from linking.selection.alt_texts import working
from linking.selection.alt_texts.asking import unsaved, write_back
from tests.films import clip
from tests.scenes import asset, product


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Tries of one call follow each other at once."""
    monkeypatch.setattr("linking.selection.alt_texts.calls.PAUSES", (0.0, 0.0))


@pytest.fixture
def place(scene):
    named = {"front": {"alt": "Old words", "credit": "A. Photographer"}, "side": {}, "top": {}}
    return scene(
        [product("a")], [asset(name, "a", at, context=known) for at, (name, known) in enumerate(named.items())]
    )


def decided(place, **texts):
    chosen = place.select()
    for row in chosen.assets.all():
        if row.asset.name in texts:
            chosen.assets.filter(pk=row.pk).update(alt=texts[row.asset.name], alt_source="typed")
    return chosen


def saved(selection) -> AssetJob | None:
    job, _ = write_back(selection, now=timezone.now())
    while job and working.work_on_assets(job.pk):
        pass
    return job and AssetJob.objects.get(pk=job.pk)


def contexts(place) -> dict[str, dict]:
    return {known.display_name: known.context for known in place.world.environments[0].assets.values()}


def test_a_decided_text_becomes_the_assets_own_and_other_keys_stay(place):
    chosen = decided(place, front="New words", side="A = side | of \\ it")
    job = saved(chosen)
    assert (job.state, job.done, job.failed) == ("done", 2, 0)
    assert contexts(place) == {
        "front": {"alt": "New words", "credit": "A. Photographer"},
        "side": {"alt": "A = side | of \\ it"},
        "top": {},
    }


def test_what_is_saved_is_not_saved_again(place):
    chosen = decided(place, front="New words")
    saved(chosen)
    assert saved(chosen) is None
    assert unsaved(place.select().assets.all()) == []


def test_a_text_that_is_empty_on_purpose_takes_nothing_away(place):
    chosen = decided(place, front="")
    assert saved(chosen) is None
    assert contexts(place)["front"]["alt"] == "Old words"


def test_a_text_longer_than_cloudinary_keeps_is_cut_at_a_word_and_then_counts_as_saved(place):
    chosen = decided(place, side="word " * 60 + "end")
    saved(chosen)
    assert contexts(place)["side"]["alt"].endswith("word…")
    assert len(contexts(place)["side"]["alt"]) <= 255
    assert saved(chosen) is None
    assert chosen.assets.get(place=1).alt.endswith("end")


def test_an_asset_that_is_gone_fails_alone_by_name(place):
    chosen = decided(place, front="One", side="Two", top="Three")
    environment = place.world.environments[0]
    environment.remove(next(known for known in environment.assets.values() if known.display_name == "side"))
    job = saved(chosen)
    assert (job.state, job.done, job.failed) == ("done", 2, 1)
    assert str(job.problem) == "side: The asset is no longer in Cloudinary."


def test_assets_that_share_a_text_share_a_call_images_and_videos_apart(scene):
    place = scene([], [asset("a", "a"), asset("b", "a", 1), asset("film", "a", content=clip(1))])
    place.world.faults.add(service="cloudinary", kind="http_500", operation="context", after=2, times=None)
    job = saved(decided(place, a="Same", b="Same", film="Same"))
    assert (job.done, job.failed) == (3, 0)


def test_while_cloudinary_does_not_answer_the_job_waits_and_goes_on_later(scene):
    place = scene([], [asset(f"a{at}", "a", at) for at in range(6)])
    chosen = decided(place, **{f"a{at}": f"Text {at}" for at in range(6)})
    place.world.faults.add(service="cloudinary", kind="http_502", operation="context", times=None)
    job = saved(chosen)
    assert (job.state, str(job.problem)) == ("waiting", "Cloudinary does not answer.")
    place.world.faults.clear()
    AssetJob.objects.update(not_before=None)
    working.work_on_assets(job.pk)
    job.refresh_from_db()
    assert (job.state, str(job.problem), job.done) == ("done", "", 6)


def test_a_lost_answer_after_the_work_does_no_harm(place):
    place.world.faults.add(service="cloudinary", kind="lost_answer", operation="context")
    job = saved(decided(place, front="New words"))
    assert (job.done, job.failed) == (1, 0)
    assert contexts(place)["front"]["alt"] == "New words"


def test_refused_credentials_end_the_job_with_what_to_do(place):
    place.world.faults.add(service="cloudinary", kind="http_403", operation="context", times=None)
    job = saved(decided(place, front="New words"))
    assert job.state == "failed"
    assert "Ask an admin" in str(job.problem)
