"""A file is one thing, wherever it is shown: its alt text, its address and its state are those of every gallery."""

import pytest

from linking.models import ProductSync, StoreFile
from linking.shopify import files
from linking.syncing import products
from tests.scenes import asset, part_of, product

State = ProductSync.State


def states(sync) -> dict[str, str]:
    return {row.handle: row.state for row in part_of(sync).products.all()}


def test_an_alt_text_written_for_one_gallery_does_not_make_another_look_changed(scene, monkeypatch):
    """The second gallery waits for a picture that takes its time; the first is done meanwhile."""
    monkeypatch.setattr(products, "LONG", 0.0)
    assets = [asset("both", "x", 1, tags=("a", "b"), context={"alt": "New"}), asset("slow", "b", 2, tags=("b",))]
    place = scene([product("a"), product("b")], assets)
    known = {"cloudinary_field": "tags"}
    place.run(place.select("both", **known))
    for file in place.shop.files.values():
        file.alt = "By hand"
    place.world.settings.change({"media_seconds": [3, 3]})
    sync = place.run(place.select("both", "slow", alt_policy="overwrite", **known))
    assert states(sync) == {"product-a": State.DONE, "product-b": State.DONE}
    assert [file.alt for file in place.shop.files.values()] == ["New", ""]
    back = place.undo(sync)
    assert states(back) == {"product-a": State.DONE, "product-b": State.DONE}
    assert place.assets_in("product-b") == ["both"]
    assert place.shop.files[place.shop.product_with("product-a").media[0]].alt == "By hand"


@pytest.mark.full
def test_a_file_deleted_right_before_alt_texts_are_written_keeps_no_other_from_its_own(scene, monkeypatch):
    place = scene(
        [product("a"), product("b")],
        [asset("fa", "a", 1, context={"alt": "New a"}), asset("fb", "b", 2, context={"alt": "New b"})],
    )
    place.run(place.select())
    for file in place.shop.files.values():
        file.alt = "By hand"
    describe, gone = files.describe, place.shop.product_with("product-a").media[0]

    def too_late(client, alts):
        if gone in place.shop.files:
            place.delete_file(gone)
        return describe(client, alts)

    monkeypatch.setattr(files, "describe", too_late)
    place.run(place.select(alt_policy="overwrite"))
    assert [file.alt for file in place.shop.files.values()] == ["New b"]


def test_what_failed_for_its_address_is_asked_for_at_the_new_one_with_the_alt_text_of_now(scene):
    place = scene([product("a")], [asset("front", "a", 1)])
    good = place.environment.delivery_base
    place.environment.delivery_base = f"{place.url}/nowhere"
    place.environment.save()
    failed = place.run(place.select())
    assert states(failed) == {"product-a": State.FAILED}
    place.environment.delivery_base = good
    place.environment.save()
    known = next(iter(place.world.environments[0].assets.values()))
    known.context["alt"] = "Better words"
    sync = place.run(place.select())
    assert states(sync) == {"product-a": State.DONE}
    assert place.shop.files[place.shop.product_with("product-a").media[0]].alt == "Better words"
    assert StoreFile.objects.get().alt == "Better words"


def test_a_file_of_the_store_gets_the_alt_text_of_now_where_it_comes_in_and_undo_brings_the_old_one_back(scene):
    place = scene([product("a"), product("b")], [asset("both", "x", 1, tags=("a",), context={"alt": "Old words"})])
    known = {"cloudinary_field": "tags"}
    place.run(place.select(**known))
    row = next(iter(place.world.environments[0].assets.values()))
    row.tags, row.context = ["b"], {"alt": "New words"}
    [file] = place.shop.files.values()
    kept = place.run(place.select(**known))
    assert file.alt == "Old words"  # pictures that are there keep theirs unless asked otherwise
    place.undo(kept)
    sync = place.run(place.select(**known, alt_policy="overwrite"))
    assert file.alt == "New words"
    assert list(part_of(sync).changes.values_list("alt_before", "alt_after")) == [("Old words", "New words")]
    place.undo(sync)
    assert file.alt == "Old words"
