"""Assets that change in Cloudinary between selecting, planning and linking: the id counts, and the report says what changed."""

import pytest

from linking import runs
from linking.models import Link, StoreFile
from linking.reporting.rows import lines_of
from setup.security.actors import Actor
from tests.films import clip
from tests.linking.renaming import (
    calls,
    change,
    colour_of,
    colours,
    delete,
    known,
    later,
    operations,
    overwrite,
    reasons,
    restore,
    results,
)
from tests.linking.syncing.test_uploads import press
from tests.linking.visits import enter, text_of
from tests.scenes import asset, picture, product

RENAMED = "Renamed from shop/front to shop/renamed in Cloudinary."
REPLACED = "Replaced by a new version in Cloudinary."


@pytest.fixture
def place(scene):
    return scene([product("a")], [asset("front", "a", 1), asset("side", "a", 2)])


@pytest.mark.parametrize("minutes", [False, True])
@pytest.mark.cases(1)
def test_a_renamed_asset_is_linked_and_page_and_report_say_so(place, minutes, client):
    """cases/14: at once, and after some minutes; nothing is fetched from where it was."""
    chosen = place.select()
    change(place, "front", public_id="shop/renamed")
    sync = place.run(later(chosen) if minutes else chosen)
    assert results(sync) == {"front": ("done", RENAMED), "side": ("done", "")}
    assert place.assets_in("product-a") == ["front", "side"]
    assert operations(place).count("fileCreate") == 1
    assert {line.asset: line.reason for line in lines_of(sync)} == {"front": RENAMED, "side": ""}
    assert RENAMED in text_of(enter(client, place.member).get(f"/syncs/{sync.key}/"))


def test_another_asset_that_takes_the_old_name_is_never_linked_for_it(place):
    chosen = place.select()
    change(place, "front", public_id="shop/renamed")
    place.world.environments[0].add_asset(content=picture(7), public_id="shop/front", display_name="stranger")
    place.run(later(chosen))
    assert colours(place, "product-a") == [colour_of(picture(1)), colour_of(picture(2))]


def test_a_folder_or_a_display_name_that_changed_is_named_and_changes_nothing(place):
    chosen = place.select()
    change(place, "front", asset_folder="spring")
    change(place, "side", display_name="left")
    sync = place.run(later(chosen))
    assert results(sync) == {
        "front": ("done", "Moved from the root folder to folder spring in Cloudinary."),
        "side": ("done", "Its display name changed from “side” to “left” in Cloudinary."),
    }
    assert place.assets_in("product-a") == ["front", "side"]


def test_a_new_version_since_selecting_takes_the_place_of_the_old_one(place):
    chosen = place.select()
    place.run(chosen)
    overwrite(place, "front", picture(9))
    sync = place.run(later(chosen))
    assert results(sync)["front"] == ("done", REPLACED)
    assert colours(place, "product-a") == [colour_of(picture(9)), colour_of(picture(2))]
    front = known(place, "front")
    row = StoreFile.objects.get(asset_id=front.asset_id, version=front.version)
    assert Link.objects.get(asset_id=front.asset_id).medium_id == row.file_id
    assert set(reasons(place.run(later(chosen))).values()) == {""}  # and it is unchanged from then on


@pytest.mark.parametrize(
    ("now", "reason"),
    [
        ({"access_control": [{"access_type": "token"}]}, "asset.restricted"),
        ({"moderation": [{"kind": "manual", "status": "rejected"}]}, "asset.rejected"),
        ({"type": "private"}, "asset.not_public"),
    ],
)
@pytest.mark.parametrize("shown", [False, True])
@pytest.mark.cases(3)
def test_what_may_not_be_shown_any_more_stays_out_with_its_reason(place, now, reason, shown):
    """Since it was selected, and since a plan was shown."""
    chosen = place.select()
    plan = place.run(chosen, dry_run=True) if shown else None
    change(place, "front", **now)
    sync = place.apply(plan) if plan and later(chosen) else place.run(later(chosen))
    assert reasons(sync) == {"front": reason, "side": ""}
    assert place.assets_in("product-a") == ["side"]
    retyped = "Its delivery type changed from upload to private in Cloudinary."
    assert results(sync)["front"][1] == (retyped if "type" in now and not shown else "")


def test_a_restricted_asset_that_an_admin_allows_is_linked_from_its_new_type(place):
    place.environment.allow_restricted = True
    place.environment.save()
    chosen = place.select()
    change(place, "front", type="authenticated")
    sync = place.run(chosen)
    assert results(sync)["front"] == ("done", "Its delivery type changed from upload to authenticated in Cloudinary.")


@pytest.mark.parametrize("minutes", [False, True])
@pytest.mark.cases(1)
def test_a_deleted_asset_is_named_as_gone_and_works_once_it_is_restored(place, minutes):
    chosen = place.select()
    delete(place, "front")
    sync = place.run(later(chosen) if minutes else chosen)
    assert reasons(sync)["front"] == "asset.gone"
    assert results(sync) == {"front": ("skipped" if minutes else "failed", ""), "side": ("done", "")}
    place.world.forward += 600  # the CDN forgets that it was refused
    restore(place, "front")
    again = place.run(later(chosen))
    assert results(again)["front"] == ("done", "Deleted in Cloudinary, then restored." if minutes else "")
    assert sorted(place.assets_in("product-a")) == ["front", "side"]


def test_an_asset_that_was_gone_when_it_was_selected_is_linked_by_the_run_after_the_next(place):
    front = known(place, "front").asset_id
    chosen = place.select()
    chosen.assets.filter(asset_id=front).update(details={})  # as fetched while it was deleted
    sync = place.run(later(chosen))
    assert reasons(sync) == {"front": "asset.restored_late", "side": ""}
    assert results(place.run(chosen))["front"][0] == "done"


def test_a_plan_that_was_shown_brings_what_was_renamed_from_where_it_is_now(place):
    chosen = place.select()
    sync = place.run(chosen, dry_run=True)
    change(place, "front", public_id="shop/renamed")
    later(chosen)
    sync = place.apply(sync)
    assert results(sync) == {"front": ("done", RENAMED), "side": ("done", "")}
    assert operations(place).count("fileCreate") == 1


@pytest.mark.full
def test_a_plan_that_was_shown_brings_no_other_version_than_that(place):
    chosen = place.select()
    sync = place.run(chosen, dry_run=True)
    overwrite(place, "front", picture(9))
    later(chosen)
    sync = place.apply(sync)
    assert reasons(sync) == {"front": "asset.newer", "side": ""}
    assert colours(place, "product-a") == [colour_of(picture(2))]
    again = place.retry(sync)
    assert results(again)["front"] == ("done", REPLACED)
    assert set(colours(place, "product-a")) == {colour_of(picture(9)), colour_of(picture(2))}


@pytest.mark.full
def test_an_undo_that_brings_back_no_asset_asks_cloudinary_nothing_and_fetches_nothing(scene):
    place = scene([product("a", pictures=2)], [asset("front", "a", 1)])
    sync = place.run(place.select(link_mode="reset"))
    change(place, "front", public_id="shop/renamed")
    before = calls(place), operations(place).count("fileCreate")
    place.undo(sync)
    assert place.assets_in("product-a") == ["product-a-0", "product-a-1"]
    assert (calls(place), operations(place).count("fileCreate")) == before


def test_an_upload_follows_what_was_renamed_and_names_what_is_gone(scene, client):
    place = scene([], [asset("front", shade=1), asset("side", shade=2)])
    place.world.environments[0].add_asset(content=b"1", public_id="list.txt", raw=True, display_name="list")
    chosen = place.select()
    change(place, "front", public_id="shop/renamed")
    change(place, "list", public_id="prices.txt")
    delete(place, "side")
    sync = press(place, chosen)
    assert RENAMED in text_of(enter(client, place.member).get(f"/syncs/{sync.key}/"))
    assert results(sync) == {
        "front": ("done", RENAMED),
        "side": ("failed", ""),
        "list": ("done", "Renamed from list.txt to prices.txt in Cloudinary."),
    }
    assert reasons(sync)["side"] == "asset.gone"


def test_a_content_is_replaced_from_where_its_new_version_is_by_now(scene):
    place = scene([], [asset("front", shade=1)])
    chosen = place.select()
    press(place, chosen)
    overwrite(place, "front", picture(9))
    sync = press(place, later(chosen), new_versions="replace", dry_run=True)
    change(place, "front", public_id="shop/renamed")
    later(chosen)
    sync = place.apply(sync)
    assert results(sync) == {"front": ("done", f"{REPLACED} {RENAMED}")}
    [file] = [one for one in place.shop.files.values() if one.status == "READY"]
    assert colour_of(place.world.blobs.get(file.content.blob)) == colour_of(picture(9))


def test_a_content_is_not_replaced_unasked_by_a_version_that_nobody_knew_of(scene):
    """What the selection knew was nothing to ask about when the button was pressed."""
    place = scene([], [asset("front", shade=1)])
    chosen = place.select()
    press(place, chosen)
    overwrite(place, "front", picture(9))
    sync = runs.upload(Actor(chosen.member), later(chosen), "unasked", dry_run=False, new_versions="replace")
    assert not sync.dry_run
    sync = place.finish(sync)
    assert (sync.dry_run, sync.replaces(), operations(place)) == (True, 1, ["fileCreate"])
    assert results(place.apply(sync)) == {"front": ("done", REPLACED)}


def test_a_renamed_video_is_fetched_from_where_it_is_now(theatre):
    place = theatre([product("a")], [asset("front", "a", content=clip(12))])
    chosen = place.select()
    change(place, "front", public_id="shop/renamed")
    assert results(place.run(chosen)) == {"front": ("done", RENAMED)}


def test_cloudinary_is_asked_about_what_is_fetched_before_and_after_and_else_only_after_some_minutes(scene):
    place = scene([product("a")], [asset(f"n{at}", "a" if at < 3 else None, at) for at in range(120)], stores=2)
    chosen = place.select()
    before = calls(place)
    place.run(chosen)
    assert calls(place) == before + 2 * 2  # each store's files
    place.run(chosen)
    assert calls(place) == before + 4
    place.run(later(chosen))
    assert calls(place) == before + 4 + 2  # all of the selection
