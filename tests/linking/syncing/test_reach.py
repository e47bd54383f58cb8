"""A variant's picture and a swatch reach all variants of the same colour, or of another option, by choice."""

import pytest

from linking.models import ProductSync
from linking.pages.gallery_strips import gallery_of
from linking.pages.run.pictures import pictures_of
from linking.selection.last_settings import offer_to
from sandbox.catalog.records import Picture, Product
from setup.reasons import decoded
from tests.linking.syncing.test_arranged_runs import arrange
from tests.scenes import Variant, asset, part_of, picture

SIZES = ("S", "M", "L")


def sweater(*shown_by: tuple[int, ...]) -> Product:
    """Fern and Oat in three sizes (fern-s, fern-m, ...); picture number n is shown by the variants in `shown_by[n]`."""
    variants = [
        Variant(f"{color} / {size}", sku=f"{color}-{size}".lower(), options={"Colour": color, "Size": size})
        for color in ("Fern", "Oat")
        for size in SIZES
    ]
    there = [Picture(picture(at), f"old-{at}.jpg", f"Old {at}", list(shown)) for at, shown in enumerate(shown_by)]
    return Product(handle="sweater", title="Sweater", variants=variants, pictures=there)


def chip(name: str, sku: str, shade: int):
    return asset(name, sku, shade, tags=["swatch"])


def name_of(place, file_id: str | None) -> str:
    return place.shop.files[file_id].filename.split("-al")[0].removesuffix(".jpg") if file_id else ""


def shown(place) -> list[str]:
    return [name_of(place, variant.picture) for variant in place.shop.product_with("sweater").variants]


def swatches(place) -> list[str]:
    fields = [variant.metafields.get("cloudinary.swatch") for variant in place.shop.product_with("sweater").variants]
    return [name_of(place, one and one.value) for one in fields]


def test_pictures_and_swatches_reach_every_size_and_undo_takes_all_of_it_back(scene):
    place = scene([sweater((4,))], [asset("f1", "fern-s", 1), asset("o1", "oat-m", 2), chip("fc", "fern-s", 3)])
    chosen = place.select("f1", "o1", "fc", variant_pictures=True)
    sync = place.run(chosen)
    assert shown(place) == ["f1"] * 3 + ["o1"] * 3
    assert swatches(place) == ["fc"] * 3 + [""] * 3
    assert place.assets_in("sweater") == ["old-0", "f1", "o1"]
    row = part_of(sync).products.get()
    said = {change["title"]: str(decoded(change.get("reason", ""))) for change in row.variants}
    assert (said["Fern / S"], said["Oat / M"]) == ("", "")
    assert said["Fern / L"] == "It has the same Colour, Fern, as fern-s."
    lines = row.changes.exclude(owner_id="")
    assert [str(line.reason) for line in lines][1:] == [
        f"For Fern / {size}, which has the same Colour, Fern." for size in ("M", "L")
    ]
    sums = pictures_of(sync)[part_of(sync).pk].sums
    assert (sums.swatches, sums.did_swatch) == (1, 1), "of a product it counts once"
    lines.filter(pk=lines.last().pk).update(outcome="failed")
    assert pictures_of(sync)[part_of(sync).pk].sums.did_swatch == 0, "it is set when all variants have it"
    lines.update(outcome="done")
    written = len(place.mutations())
    again = place.run(chosen)
    assert (part_of(again).products.get().state, len(place.mutations())) == (ProductSync.State.UNCHANGED, written)
    place.undo(sync)
    assert (shown(place), swatches(place)) == (["", "", "", "", "old-0", ""], [""] * 6)


def test_a_swatch_that_is_left_out_now_is_shown_as_staying_as_long_as_the_shop_shows_it(scene):
    place = scene([sweater(())], [asset("o1", "oat-m", 1), chip("fc", "fern-s", 2), chip("oc", "oat-m", 3)])
    chosen = place.select(link_mode="mirror")
    place.run(chosen)
    arrange(chosen, "fern-s", excluded=True)
    sync = place.run(chosen, dry_run=True)
    assert shown_beside(sync) == {"fc": "stays", "oc": ""}
    place.apply(sync)
    assert swatches(place) == ["fc"] * 3 + ["oc"] * 3
    assert shown_beside(place.run(place.select("o1"), dry_run=True)) == {"fc": "stays", "oc": "stays"}, "not selected"


def shown_beside(sync) -> dict[str, str]:
    """What the page says of the swatches of the one gallery."""
    return {tile.name: tile.word for tile in gallery_of(part_of(sync).products.get()).swatches}


@pytest.mark.parametrize(
    ("reach", "pictures"),
    [
        ("matched", ["f1", "", "", "", "", ""]),
        ("option:size", ["f1", "", "", "f1", "", ""]),
        ("option:Fit", ["f1"] + [""] * 5),
    ],
)
@pytest.mark.cases(2)
def test_how_far_is_the_persons_choice(scene, reach, pictures):
    place = scene([sweater(())], [asset("f1", "fern-s", 1), chip("fc", "fern-s", 3)])
    place.run(place.select("f1", "fc", variant_pictures=True, variant_reach=reach))
    assert shown(place) == pictures
    assert swatches(place) == [one and "fc" for one in pictures]


def test_a_variants_own_group_goes_first_then_the_first_group_and_the_plan_says_so(scene):
    assets = [asset("f1", "fern-s", 1), asset("f2", "fern-m", 2), chip("c1", "fern-s", 3), chip("c2", "fern-m", 4)]
    place = scene([sweater(())], assets)
    dry = place.run(place.select("f1", "c1", "f2", "c2", variant_pictures=True), dry_run=True)
    row = part_of(dry).products.get()
    large = next(change for change in row.variants if change["title"] == "Fern / L")
    assert str(decoded(large["reason"])).endswith("fern-s comes before fern-m here.")
    [late] = row.changes.filter(outcome="skipped")
    assert (late.name, str(late.reason)) == (
        "c2",
        "The swatch of fern-s comes first for 1 variant with the same Colour.",
    )
    place.apply(dry)
    assert shown(place)[:3] == ["f1", "f2", "f1"]
    assert swatches(place)[:3] == ["c1", "c2", "c1"]


def test_by_reset_a_colours_picture_takes_over_in_every_size_and_other_colours_lose_theirs(scene):
    place = scene([sweater((0, 1, 2), (3, 4, 5))], [asset("f1", "fern-s", 1)])
    sync = place.run(place.select(link_mode="reset"))
    assert shown(place) == ["f1"] * 3 + [""] * 3
    place.undo(sync)
    assert shown(place) == ["old-0"] * 3 + ["old-1"] * 3


def test_options_are_asked_for_only_where_something_may_reach_further_and_once_for_both(scene):
    place = scene([sweater(())], [asset("f1", "fern-s", 1), chip("fc", "fern-s", 3)])

    def spent(*names, **chosen) -> tuple[int, int]:
        part = part_of(place.run(place.select(*names, **chosen), dry_run=True))
        return part.requests, part.points

    spent("f1")  # it looks at what is there already, once
    pictures_alone = spent("f1")
    assert spent("f1", variant_reach="matched") == pictures_alone
    (few, cheap), (more, dearer) = spent("f1", "fc", variant_reach="matched"), spent("f1", "fc")
    assert (more - few, 0 < dearer - cheap <= 6) == (1, True)
    assert (
        spent("f1", "fc", variant_pictures=True)[0]
        == spent("f1", "fc", variant_pictures=True, variant_reach="matched")[0]
    )


def test_the_choice_is_kept_by_retries_and_offered_to_the_next_selection(scene):
    place = scene([sweater(())], [asset("f1", "fern-s", 1), chip("fc", "fern-s", 3)])
    place.world.faults.add(service="shopify", kind="media_fails", match="fc", code="IMAGE_PROCESSING_FAILURE")
    sync = place.run(place.select("f1", "fc", variant_reach="option:size"))
    assert swatches(place) == [""] * 6
    place.world.faults.clear()
    again = place.retry(sync)
    assert (again.variant_reach, swatches(place)) == ("option:size", ["fc-2", "", "", "fc-2", "", ""])
    assert offer_to(place.member)["settings"]["variant_reach"] == "option:size"
