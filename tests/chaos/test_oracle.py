"""The oracle sees what it is there to see: each of these is a broken promise."""

import pytest

from linking.models import ChangeRow, ProductSync, StoreSync
from tests.chaos.oracle import violations
from tests.scenes import asset, product

pytestmark = pytest.mark.django_db


@pytest.fixture
def played(scene):
    """A run that went well, and its world."""
    place = scene(
        [product("a", pictures=1), product("b")], [asset("fa", "a", 1), asset("ga", "a", 2), asset("fb", "b", 3)]
    )
    sync = place.run(place.select(link_mode="prepend"))
    return place, sync


def told(played) -> str:
    place, sync = played
    return "; ".join(violations(place, [sync]))


def test_a_run_that_went_well_breaks_no_promise(played):
    assert told(played) == ""


def test_a_picture_that_is_in_the_store_twice_is_seen(played):
    place, _ = played
    name = place.gallery("product-a")[0]
    twin = next(file for file in place.shop.files.values() if file.filename == place.gallery("product-b")[0])
    twin.filename = name
    assert f"2 files of {'al' + name.rpartition('-al')[2].removesuffix('.jpg')}" in told(played)


def test_an_asset_that_is_twice_in_a_gallery_is_seen(played):
    place, _ = played
    media = place.shop.product_with("product-a").media
    media.append(media[0])
    assert "product-a: 2 times asset" in told(played)


def test_a_gallery_in_another_order_than_planned_is_seen(played):
    place, _ = played
    place.shop.product_with("product-a").media.reverse()
    assert "product-a (prepend) is done: planned" in told(played)


def test_a_picture_that_was_lost_although_it_is_reported_as_done_is_seen(played):
    place, _ = played
    place.shop.product_with("product-b").media.clear()
    assert "says that fb was linked, and it is not there" in told(played)


def test_a_picture_that_is_there_although_it_is_reported_as_aborted_is_seen(played):
    ChangeRow.objects.filter(name="fb").update(outcome="aborted")
    assert "says that fb was not linked, and it is there" in told(played)


def test_a_line_without_an_outcome_is_seen(played):
    ChangeRow.objects.filter(name="fb").update(outcome="pending")
    assert "1 lines have no outcome" in told(played)


def test_an_asset_without_a_row_in_the_report_is_seen(played):
    ChangeRow.objects.filter(name="fb").delete()
    assert "1 assets have no row in the report" in told(played)


def test_a_product_that_ended_otherwise_than_expected_is_seen(played):
    ProductSync.objects.filter(handle="product-b").update(state="partial", reason="Why not.")
    assert "product-b ended as partial: Why not." in told(played)


def test_a_run_that_never_ended_is_seen(played):
    StoreSync.objects.update(state="applying")
    assert "has not ended: applying" in told(played)


def test_a_write_outside_of_every_run_is_seen(played):
    StoreSync.objects.update(started="2026-01-01T00:00:00Z", finished="2026-01-01T00:00:01Z")
    assert "fileCreate 1 was sent outside of every run" in told(played)


def test_two_runs_at_once_in_one_store_are_seen(played):
    place, first = played
    second = place.run(place.select(link_mode="append"))
    StoreSync.objects.filter(sync=second).update(started=first.parts.get().started)
    assert "had ended" in "; ".join(violations(place, [first, second]))


def test_a_file_that_was_deleted_in_the_store_is_seen(played):
    place, _ = played
    place.delete_file(place.shop.product_with("product-b").media[0])
    assert "fileDelete was sent" in told(played)
