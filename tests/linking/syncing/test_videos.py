"""Videos: streamed from Cloudinary into a staged upload of the store, whatever happens on the way."""

from fractions import Fraction

import pytest

from linking.domain.limits import GB, MB
from linking.domain.waiting import Wait
from linking.models import Link, ProductSync, StoreFile
from linking.reporting.rows import lines_of
from tests.films import cinema, clip, stretched
from tests.linking.syncing.video_runs import film, operations, outcomes, reason, shown_by, videos
from tests.scenes import Variant, asset, part_of, product


@pytest.fixture
def place(theatre):
    """A product with a picture; a video and a picture for it."""
    return theatre([product("a", pictures=1)], [film("turn", "a"), asset("front", "a", 1)])


def test_a_video_stands_in_the_gallery_beside_pictures_in_the_chosen_order(place):
    sync = place.run(place.select("turn", "front", link_mode="reset"))
    assert outcomes(sync) == {"turn": "done", "front": "done"}
    first, second = place.gallery("product-a")
    assert (first.endswith(".mp4"), second.endswith(".jpg")) == (True, True)
    assert place.shop.files[place.shop.product_with("product-a").media[0]].kind == "Video"


def test_the_second_run_writes_nothing(place):
    chosen = place.select("turn", "front")
    place.run(chosen)
    before = operations(place)
    assert part_of(place.run(chosen)).products.get().state == ProductSync.State.UNCHANGED
    assert operations(place) == before


def test_the_report_says_of_each_video_that_shopify_takes_no_captions(place):
    sync = place.run(place.select("turn", "front"))
    said = {line.asset: line.reason for line in lines_of(sync)}
    assert said == {"turn": "Shopify takes no captions with a video: they stay in Cloudinary.", "front": ""}


def test_our_videos_are_known_by_their_names_when_the_ledger_is_lost(place):
    place.run(place.select("turn"))
    before = operations(place)
    StoreFile.objects.all().delete()
    Link.objects.all().delete()
    assert part_of(place.run(place.select("turn"))).products.get().state == ProductSync.State.UNCHANGED
    assert operations(place) == before


def test_a_video_of_several_products_is_uploaded_once(theatre):
    place = theatre([product("a", tags=["t"]), product("b", tags=["t"])], [film("turn", tags=["t"])])
    place.run(place.select(cloudinary_field="tags", shopify_field="tag"))
    assert place.assets_in("product-a") == place.assets_in("product-b") == ["turn"]
    assert operations(place) == ["stagedUploadsCreate", "fileCreate", "fileUpdate"]


def test_galleries_without_videos_are_linked_before_any_video_is_uploaded(theatre):
    place = theatre([product("a"), product("b")], [film("turn", "b"), asset("front", "a", 1)])
    sync = place.run(place.select("turn", "front"))
    assert outcomes(sync) == {"turn": "done", "front": "done"}
    done = [name for name in operations(place) if name != "fileCreate"]
    assert done == ["fileUpdate", "stagedUploadsCreate", "fileUpdate"]


def test_every_video_has_a_target_of_its_own(theatre):
    place = theatre([product("a")], [film("turn", "a", 12), film("walk", "a", 13)])
    assert outcomes(place.run(place.select())) == {"turn": "done", "walk": "done"}
    assert operations(place).count("stagedUploadsCreate") == 2
    assert sorted(target.size for target in place.shop.staged.values()) == sorted([len(clip(12)), len(clip(13))])


def test_a_video_is_undone_like_a_picture(place):
    sync = place.run(place.select("turn", link_mode="reset"))
    place.undo(sync)
    assert place.assets_in("product-a") == ["product-a-0"]
    assert len(videos(place)) == 1


def test_a_video_never_becomes_the_picture_of_a_variant(theatre):
    shirts = product("a", pictures=1, variants=(Variant("Red", sku="a"),))
    place = theatre([shirts], [film("turn", "a")])
    found = place.shop.product_with("product-a")
    found.variants[0].picture = found.media[0]
    sync = place.run(place.select("turn", link_mode="in_place", variant_pictures=True))
    assert outcomes(sync) == {"turn": "done"}
    assert part_of(sync).products.get().state == ProductSync.State.DONE
    assert found.variants[0].picture is None


def test_a_video_that_cloudinary_is_still_making_is_waited_for(place):
    place.world.faults.add(service="delivery", kind="http_423", match="video", times=2)
    assert outcomes(place.run(place.select("turn", "front"))) == {"turn": "done", "front": "done"}


def test_a_video_that_cloudinary_never_finishes_fails_alone(place, given_up):
    given_up(Wait.RENDITION)
    place.world.faults.add(service="delivery", kind="http_423", match="video", times=None)
    sync = place.run(place.select("turn", "front"))
    assert outcomes(sync) == {"turn": "failed", "front": "done"}
    assert "still making" in reason(sync)


def test_a_video_deleted_in_cloudinary_meanwhile_fails_alone(place):
    chosen = place.select("turn", "front")
    environment = place.world.environments[0]
    environment.remove(next(known for known in environment.assets.values() if known.display_name == "turn"))
    sync = place.run(chosen)
    assert outcomes(sync) == {"turn": "failed", "front": "done"}
    assert "no longer exists" in reason(sync)
    assert "stagedUploadsCreate" not in operations(place)


def test_a_video_too_long_is_reported_in_the_dry_run_with_what_would_fit(theatre):
    long = asset("turn", "a", content=stretched(clip(11, rate=Fraction(1, 60)), 11 * MB))
    place = theatre([product("a")], [long])
    sync = place.run(place.select(), dry_run=True)
    assert outcomes(sync) == {"turn": "skipped"}
    assert "11:00" in reason(sync)
    assert "du_600" in reason(sync)


def test_a_video_over_a_gigabyte_fails_before_anything_is_uploaded(place):
    with cinema(GB + 8 * MB) as house:
        shown_by(place, house)
        sync = place.run(place.select("turn"))
    assert outcomes(sync) == {"turn": "failed"}
    assert "1,032 MB" in reason(sync)
    assert "c_limit,w_1280,h_720" in reason(sync)
    assert operations(place) == []


def test_a_video_without_a_length_is_uploaded_too(place):
    with cinema(3 * MB, tells_length=False) as house:
        shown_by(place, house)
        assert outcomes(place.run(place.select("turn"))) == {"turn": "done"}
    assert [target.content.size for target in place.shop.staged.values()] == [3 * MB]
