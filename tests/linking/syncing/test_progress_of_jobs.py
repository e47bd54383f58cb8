"""What was done is not counted against what is left: work that gets on has all its tries again."""

from collections import Counter
from contextlib import suppress

import pytest
from django.utils import timezone

from linking import jobs
from linking.links import checking
from linking.matching import answering, asking
from linking.models import AssetJob, Link, Selection, StoreMatch
from tests.linking.job_rows import (
    captions,
    chairs,
    cloudinary,
    fetching,
    links,
    now_of,
    rested,
)
from tests.scenes import Scene, asset, product

pytestmark = pytest.mark.usefixtures("no_pauses")


@pytest.fixture
def place(scene) -> Scene:
    return chairs(scene)


def test_links_that_were_looked_at_are_progress(scene, monkeypatch):
    keys = ("a", "b", "c")
    place = scene([product(key) for key in keys], [asset(f"p{key}", key, at) for at, key in enumerate(keys)])
    monkeypatch.setattr("linking.links.checking.PER_LOOK", 1)
    row, looked, tried = links(place), checking._mark, Counter()

    def at_the_third_try(attempt, found, client):
        tried[found[0].pk] += 1
        if tried[found[0].pk] < 3:
            raise ZeroDivisionError("of ours")
        looked(attempt, found, client)

    monkeypatch.setattr("linking.links.checking._mark", at_the_third_try)
    while now_of(row).busy:
        rested(row)
        with suppress(ZeroDivisionError):
            jobs.links(row.pk)
    assert now_of(row).state == "done"
    assert set(tried.values()) == {3}
    assert len(tried) == Link.objects.count() == 3


def test_assets_that_were_fetched_are_progress_and_are_not_asked_for_again(place, monkeypatch):
    monkeypatch.setattr("linking.cloudinary.assets.CHUNK", 2)
    monkeypatch.setattr("linking.cloudinary.assets.SIDE_BY_SIDE", 1)
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
    row = asking.put(place.select(fold=True), place.stores[0], now=timezone.now())[0]
    monkeypatch.setattr("linking.matching.answering.SLICE", 0.5)
    assert answering.match_store(row.pk) is True  # it was begun
    for tries in range(1, 10):
        rested(row)
        assert answering.match_store(row.pk) is False
        assert (now_of(row).state, now_of(row).tries) == ("waiting", tries)
    StoreMatch.objects.update(bulk_objects=4711)  # as if it had been somewhere else before
    rested(row)
    assert answering.match_store(row.pk) is True
    assert now_of(row).tries == 0
    StoreMatch.objects.update(tries=9)
    assert answering.match_store(row.pk) is False
    assert now_of(row).state == "failed"
    assert str(now_of(row).problem).startswith(str(answering.STANDS_STILL))
