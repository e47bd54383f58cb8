"""What may not be shown by the time a plan is written does not get into a gallery, whatever changed since it was shown."""

import pytest

from linking.models import Link
from tests import pressing
from tests.linking.renaming import calls, change, delete, later, reasons, results, states
from tests.linking.syncing.test_uploads import press
from tests.scenes import asset, part_of, product

REJECTED = [{"kind": "manual", "status": "rejected"}]
PENDING = [{"kind": "manual", "status": "pending"}]


@pytest.fixture
def place(scene):
    return scene([product("a"), product("b")], [asset("front", "a", 1), asset("side", "b", 2)])


def allow(place, **settings: bool) -> None:
    for name, value in settings.items():
        setattr(place.environment, name, value)
    place.environment.save()


def reject(place, name: str) -> None:
    change(place, name, moderation=REJECTED)


def unlinked(place):
    """The run that took all links out."""
    return place.apply(place.finish(pressing.unlink(place.member, list(Link.objects.all()), "u1")))


@pytest.mark.parametrize(
    ("setting", "now", "reason"),
    [
        ("allow_restricted", {"type": "private"}, "asset.not_public"),
        ("allow_pending", {"moderation": PENDING}, "asset.pending"),
    ],
)
@pytest.mark.cases(1)
def test_a_setting_that_was_turned_off_counts_at_once_and_costs_no_call(place, setting, now, reason):
    allow(place, **{setting: True})
    change(place, "front", **now)
    sync = place.run(place.select(), dry_run=True)
    allow(place, **{setting: False})
    before = calls(place)
    sync = place.apply(sync)
    assert (reasons(sync), results(sync)["front"][0]) == ({"front": reason, "side": ""}, "skipped")
    assert (place.gallery("product-a"), place.assets_in("product-b")) == ([], ["side"])
    assert (states(sync), calls(place)) == ({"unchanged", "done"}, before + 2)  # of the file that is fetched


def test_a_file_that_is_in_the_store_already_is_not_linked_once_its_asset_is_rejected(place):
    chosen = place.select()
    press(place, chosen)
    sync = place.run(chosen, dry_run=True)
    reject(place, "front")
    later(chosen)
    before = calls(place)
    sync = place.apply(sync)
    assert (reasons(sync), results(sync)["front"][0]) == ({"front": "asset.rejected", "side": ""}, "skipped")
    assert (place.gallery("product-a"), place.assets_in("product-b")) == ([], ["side"])
    assert calls(place) == before + 1


def test_a_file_whose_asset_is_gone_is_not_linked_either(place):
    chosen = place.select()
    press(place, chosen)
    sync = place.run(chosen, dry_run=True)
    delete(place, "front")
    later(chosen)
    assert reasons(place.apply(sync)) == {"front": "asset.gone", "side": ""}
    assert place.gallery("product-a") == []


@pytest.mark.parametrize("mode", ["in_place", "reset"])
@pytest.mark.parametrize("others", [False, True])
@pytest.mark.cases(1)
def test_nothing_leaves_a_gallery_for_what_is_left_out(scene, mode, others):
    """As for a file that failed: what comes comes, and a new plan may take away."""
    known = [asset("front", "a", 1), *([asset("side", "a", 2)] if others else [])]
    place = scene([product("a", pictures=2)], known)
    chosen = place.select(link_mode=mode)
    press(place, chosen)
    sync = place.run(chosen, dry_run=True)
    reject(place, "front")
    later(chosen)
    sync = place.apply(sync)
    assert set(place.assets_in("product-a")) == {"product-a-0", "product-a-1", *(["side"] if others else [])}
    assert states(sync) == {"partial" if others else "refused"}
    assert "unlinked nothing" in str(part_of(sync).products.get().reason)
    assert results(sync)["front"][0] == "skipped"
    if others:
        again = place.apply(place.retry(sync))
        assert reasons(again)["front"] == "asset.rejected"
        assert "side" in place.assets_in("product-a")
        assert states(again) == {"done"}


def test_without_an_answer_of_cloudinary_a_plan_waits_and_writes_nothing(place):
    chosen = place.select()
    press(place, chosen)
    sync = place.run(chosen, dry_run=True)
    reject(place, "front")
    later(chosen)
    place.world.settings.change({"hourly_limit": 1})
    sync, written = place.apply(sync), len(place.mutations())
    assert (part_of(sync).state, part_of(sync).doing.code) == ("applying", "doing.look_again")
    assert len(place.mutations()) == written
    place.world.settings.change({"hourly_limit": 500})
    sync = place.finish(sync)
    assert (part_of(sync).state, reasons(sync)["front"]) == ("done", "asset.rejected")
    assert (place.gallery("product-a"), place.assets_in("product-b")) == ([], ["side"])


def test_a_reading_without_an_answer_counts_as_none_when_its_plan_is_applied(place):
    chosen = place.select()
    press(place, chosen)
    reject(place, "front")
    place.world.settings.change({"hourly_limit": 1})
    sync = place.run(later(chosen), dry_run=True)
    place.world.settings.change({"hourly_limit": 500})
    assert reasons(place.apply(sync)) == {"front": "asset.rejected", "side": ""}
    assert (place.gallery("product-a"), place.assets_in("product-b")) == ([], ["side"])


def test_a_plan_that_cloudinary_says_nothing_about_for_too_long_ends_with_that_reason(place, settings):
    chosen = place.select()
    press(place, chosen)
    sync = place.run(chosen, dry_run=True)
    later(chosen)
    place.world.settings.change({"hourly_limit": 1})
    settings.PATIENCE = 0
    sync = place.apply(sync)
    assert (part_of(sync).state, part_of(sync).problem.code) == ("failed", "run.unread")
    assert (place.gallery("product-a"), place.gallery("product-b")) == ([], [])


def test_an_upload_leaves_out_what_may_not_be_shown_any_more(scene):
    place = scene([], [asset("front", shade=1), asset("side", shade=2)])
    allow(place, allow_pending=True)
    change(place, "front", moderation=PENDING)
    sync = press(place, place.select(), dry_run=True)
    allow(place, allow_pending=False)
    sync = place.apply(sync)
    assert reasons(sync) == {"front": "asset.pending", "side": ""}
    assert results(sync)["front"][0] == "skipped"
    assert [file.filename[:4] for file in place.shop.files.values()] == ["side"]


def test_undo_does_not_bring_back_what_was_rejected_and_shows_so_first(place):
    place.run(place.select())
    taken = unlinked(place)
    reject(place, "front")
    shown = place.finish(pressing.undo(taken, place.member, "undo"))
    assert reasons(shown) == {"front": "asset.rejected", "side": ""}
    place.apply(shown)
    assert (place.gallery("product-a"), place.assets_in("product-b")) == ([], ["side"])


@pytest.mark.full
def test_undo_is_judged_again_when_it_is_applied(place):
    place.run(place.select())
    shown = place.finish(pressing.undo(unlinked(place), place.member, "undo"))
    reject(place, "front")
    sync = place.apply(shown)
    assert (reasons(sync)["front"], results(sync)["front"][0]) == ("asset.rejected", "skipped")
    assert (place.gallery("product-a"), place.assets_in("product-b")) == ([], ["side"])


def test_an_undo_waits_for_an_answer(place):
    place.run(place.select())
    taken = unlinked(place)
    place.world.settings.change({"hourly_limit": 1})
    shown = place.finish(pressing.undo(taken, place.member, "undo"))
    assert (part_of(shown).state, part_of(shown).doing.code) == ("planning", "doing.look_again")
    place.world.settings.change({"hourly_limit": 500})
    shown = place.finish(shown)
    assert part_of(shown).state == "planned"
    place.apply(shown)
    assert place.assets_in("product-a") == ["front"]


@pytest.mark.parametrize("between", [False, True])
@pytest.mark.cases(1)
def test_an_undone_swatch_stays_where_the_one_before_was_rejected(scene, between):
    """`between`: after the plan of the undo was shown."""
    some = [asset("red", "a", 1, tags=["swatch"]), asset("blue", "a", 2, tags=["swatch"])]
    place = scene([product("a")], some)
    place.environment.swatch_field, place.environment.swatch_value = "tags", "swatch"
    place.environment.save()
    place.run(place.select("red"))
    second = place.run(place.select("blue"))
    named = swatch_of(place)
    shown = undoing(place, second, "red", between=between)
    sync = place.apply(shown) if part_of(shown).state == "planned" else shown
    assert (reasons(sync), results(sync)["blue"][0]) == ({"blue": "asset.rejected"}, "skipped")
    assert swatch_of(place) == named


@pytest.mark.parametrize("between", [False, True])
@pytest.mark.cases(1)
def test_a_variant_does_not_get_back_a_picture_that_was_rejected(scene, between):
    """Not even where the gallery still shows it."""
    place = scene([product("a")], [asset("front", "a", 1), asset("side", "a", 2)])
    place.run(place.select("front", variant_pictures=True))
    second = place.run(place.select("side", variant_pictures=True, link_mode="prepend"))
    variant = place.shop.product_with("product-a").variants[0]
    assert place.shop.files[variant.picture].filename.startswith("side")
    sync = place.apply(undoing(place, second, "front", between=between))
    assert place.assets_in("product-a") == ["front"]
    assert place.shop.product_with("product-a").variants[0].picture is None
    assert states(sync) == {"done"}


def undoing(place, sync, rejected: str, *, between: bool):
    """The plan of its undo, with the asset rejected before or after it was made."""
    if not between:
        reject(place, rejected)
    shown = place.finish(pressing.undo(sync, place.member, "undo"))
    if between:
        reject(place, rejected)
    return shown


def swatch_of(place) -> list[str]:
    ids = [place.shop.product_with("product-a").variants[0].id]
    nodes = place.elsewhere_app("OwnerMetafields", ids=ids, namespace="cloudinary", key="swatch")["nodes"]
    return [node["metafield"]["value"] for node in nodes]
