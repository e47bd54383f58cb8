"""Pictures of variants survive what happens to galleries, and alt texts follow the person's choice."""

import pytest

from linking.models import ProductSync
from sandbox.catalog.records import Picture, Product
from setup.reasons import decoded
from tests.scenes import Variant, asset, part_of, picture


def shirt(*shown_by: tuple[int, ...]) -> Product:
    """Two variants (skus red and blue); picture number n is shown by the variants in `shown_by[n]`."""
    there = [Picture(picture(at), f"old-{at}.jpg", f"Old {at}", list(shown)) for at, shown in enumerate(shown_by)]
    sizes = (Variant("Red", sku="red"), Variant("Blue", sku="blue"))
    return Product(handle="shirt", title="Shirt", variants=sizes, pictures=there)


def shown(place) -> list[str]:
    """The picture's name of each variant, empty without one."""
    shop = place.shop
    ids = [variant.picture for variant in shop.product_with("shirt").variants]
    return [shop.files[id].filename.split("-al")[0].removesuffix(".jpg") if id else "" for id in ids]


def test_a_replaced_picture_keeps_its_variants(scene):
    place = scene([shirt((0, 1), ())], [asset("new", "red", 1)])
    place.run(place.select(link_mode="in_place"))
    assert place.assets_in("shirt") == ["new", "old-1"]
    assert shown(place) == ["new", "new"]


def test_where_a_picture_leaves_the_first_of_its_group_takes_over_or_the_variant_is_named_without_one(scene):
    place = scene([shirt((0,), (1,))], [asset("new", "red", 1), asset("more", "red", 2)])
    sync = place.run(place.select("new", "more", link_mode="reset"))
    assert shown(place) == ["new", ""]
    red, blue = part_of(sync).products.get().variants
    assert (red["title"], str(decoded(red["reason"]))) == (
        "Red",
        "Its picture leaves the gallery; the first one of red takes over.",
    )
    assert (blue["title"], blue["after"], "reason" in blue) == ("Blue", None, False)
    place.undo(sync)
    assert shown(place) == ["old-0", "old-1"]


def test_of_a_product_that_was_found_by_its_title_the_first_picture_takes_over_everywhere(scene):
    place = scene([shirt((0,), (1,), ())], [asset("new", "Shirt", 1)])
    place.run(place.select(link_mode="reset", shopify_field="title"))
    assert shown(place) == ["new", "new"]


def test_the_first_image_of_a_variants_group_becomes_its_picture_if_asked_for(scene):
    place = scene([shirt((0,))], [asset("r1", "red", 1), asset("r2", "red", 2), asset("b1", "blue", 3)])
    place.run(place.select("r1", "r2", "b1", variant_pictures=True))
    assert shown(place) == ["r1", "b1"]


def test_the_second_run_changes_no_variant(scene):
    place = scene([shirt((0,))], [asset("r1", "red", 1), asset("b1", "blue", 3)])
    chosen = place.select(variant_pictures=True)
    place.run(chosen)
    written = len(place.mutations())
    again = place.run(chosen)
    assert len(place.mutations()) == written
    assert part_of(again).products.get().state == ProductSync.State.UNCHANGED


@pytest.mark.parametrize(
    ("policy", "there", "after"),
    [
        ("keep", "", ""),
        ("fill", "", "New"),
        ("fill", "Old", "Old"),
        ("overwrite", "Old", "New"),
        ("keep", "Old", "Old"),
    ],
)
@pytest.mark.cases(1)
def test_alt_texts_of_pictures_that_are_there_follow_the_policy(scene, policy, there, after):
    place = scene([shirt()], [asset("front", "red", 1, context={"alt": "New"})])
    place.run(place.select())
    medium = place.shop.product_with("shirt").media[0]
    place.elsewhere("FileUpdate", files=[{"id": medium, "alt": there}])
    place.run(place.select(alt_policy=policy))
    assert place.shop.files[medium].alt == after
    written = len(place.mutations())
    place.run(place.select(alt_policy=policy))
    assert len(place.mutations()) == written


def test_nothing_leaves_a_gallery_whose_variants_could_not_be_set(scene):
    place = scene([shirt((0,), ())], [asset("new", "red", 1)])
    refused = {"kind": "refused", "operation": "productVariantsBulkUpdate", "code": "INVALID_INPUT", "times": None}
    place.world.faults.add(service="shopify", **refused)
    sync = place.run(place.select(link_mode="reset", variant_pictures=True))
    row = part_of(sync).products.get()
    assert (row.state, "could not set" in str(row.reason)) == (ProductSync.State.PARTIAL, True)
    assert sorted(place.assets_in("shirt")) == ["new", "old-0", "old-1"]
    assert {line.outcome for line in row.changes.filter(change="unlink")} == {"skipped"}
